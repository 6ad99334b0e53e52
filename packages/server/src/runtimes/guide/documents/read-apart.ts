import { Worker } from 'node:worker_threads';
import type { KnowledgeDocument } from '../../../ports/index.ts';
import { UnreadableDocument } from './bytes.ts';
import type { Told } from './document.worker.ts';
import type { ReadFile } from './format.ts';

/** What reading one file may cost. */
export interface ReadingLimits {
  /** From when it is begun. Default 30,000 ms. */
  readonly mostMs?: number;
  /** Of the thread that reads, what it unpacks included. Default 512 MiB. */
  readonly mostBytes?: number;
}

/** So many are read at once, the rest waits: what they may cost is this many times the limits. */
const MOST_AT_ONCE = 2;
/** How often the memory is looked at. It grows by doubling, so that one look in between may come late by that much. */
const LOOK_MS = 50;
const TOO_MUCH = 'The file takes too much to read: it unpacks to far more than it is. Give a smaller one.';
const TOO_SLOW = 'The file takes too long to read. Give a smaller or simpler one.';

let reading = 0;
const waiting: (() => void)[] = [];

/**
 * Reads a document from outside, as `readDocument` does, in a thread of its own: what a stranger made may unpack to a thousand times its size, or keep a parser
 * busy for minutes (measured: a PDF of 1 MB took 2 GB and stopped everything else for 40 s), and the thread can be ended. It gets no environment. Rejected:
 * to look at the streams of a PDF beforehand, which knows one kind of bomb.
 * Rejects with `UnreadableDocument`, also beyond the limits, and with the reason of `signal`.
 */
export async function readApart(
  file: ReadFile,
  signal: AbortSignal,
  limits: ReadingLimits = {},
): Promise<KnowledgeDocument> {
  if (reading >= MOST_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else reading += 1;
  try {
    signal.throwIfAborted();
    return await read(file, signal, limits);
  } finally {
    const next = waiting.shift();
    if (next) next();
    else reading -= 1;
  }
}

function read(
  file: ReadFile,
  signal: AbortSignal,
  { mostMs = 30_000, mostBytes = 512 * 1024 * 1024 }: ReadingLimits,
): Promise<KnowledgeDocument> {
  const name = import.meta.url.endsWith('.ts') ? './document.worker.ts' : './document.worker.js';
  const worker = new Worker(new URL(name, import.meta.url), {
    workerData: file,
    env: {},
    // What it says would go to the log.
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: Math.ceil(mostBytes / 1_048_576) },
  });
  const { promise, resolve, reject } = Promise.withResolvers<KnowledgeDocument>();
  const refuse = (message: string) => reject(new UnreadableDocument(message));
  const late = setTimeout(() => refuse(TOO_SLOW), mostMs);
  const look = setInterval(async () => {
    const used = await worker.getHeapStatistics().catch(() => undefined);
    if (used && used.used_heap_size + used.external_memory > mostBytes) refuse(TOO_MUCH);
  }, LOOK_MS);
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  worker
    .on('message', (told: Told) => ('document' in told ? resolve(told.document) : refuse(told.unreadable)))
    .on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? refuse(TOO_MUCH) : reject(error),
    )
    .on('exit', (code) => reject(new Error(`The thread that reads a document ended with ${code}.`)));
  return promise.finally(async () => {
    clearTimeout(late);
    clearInterval(look);
    signal.removeEventListener('abort', onAbort);
    await worker.terminate();
  });
}
