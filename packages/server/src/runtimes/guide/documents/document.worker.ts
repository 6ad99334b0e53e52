import { parentPort, workerData } from 'node:worker_threads';
import type { KnowledgeDocument } from '../../../ports/index.ts';
import { UnreadableDocument } from './bytes.ts';
import type { ReadFile } from './format.ts';
import { readDocument } from './read.ts';

/** What this thread says once. `unreadable` is for the person who sent the file, anything else is a defect. */
export type Told = { readonly document: KnowledgeDocument } | { readonly unreadable: string };

/** To index more would hold everything else up for longer than a second (measured: 20 million took four). A thick book has two million. */
const MOST_CHARACTERS = 4_000_000;

/** Reads the document that it was started with, and ends. */
try {
  const document = await readDocument(workerData as ReadFile);
  const characters = document.passages.reduce((sum, { text }) => sum + text.length, 0);
  if (characters > MOST_CHARACTERS) {
    throw new UnreadableDocument(
      'The file holds more text than can be searched (4 million characters). Send it in parts.',
    );
  }
  parentPort?.postMessage({ document } satisfies Told);
} catch (error) {
  // Nested deeper than the stack: broken, or made for this.
  const message = error instanceof RangeError ? 'The file is nested too deeply to be read.' : undefined;
  if (message === undefined && !(error instanceof UnreadableDocument)) throw error;
  parentPort?.postMessage({ unreadable: message ?? (error as Error).message } satisfies Told);
}
