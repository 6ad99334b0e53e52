import { html, nothing, render } from 'lit/html.js';
import { ENGLISH } from '../locale/words.ts';

export type Answers = typeof import('../answers/index.ts');

const loadHistory = () => import('../history/index.ts');
const loadHighlight = () => import('../highlight/index.ts');

let loading: Promise<Answers> | undefined;
let loaded: Answers | undefined;

/** The chunk that shows answers, if it is there. */
export function answersNow(): Answers | undefined {
  return loaded;
}

/** Fetches the chunk that shows answers; one that could not be fetched is asked for again the next time. */
export function loadAnswers(): Promise<Answers> {
  loading ??= import('../answers/index.ts').then(
    (answers) => {
      answers.useKit({ html, nothing, render, loadHistory, loadHighlight });
      loaded = answers;
      return answers;
    },
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

/** One of each kind of block. */
const SAMPLE = ['a **b** `c` [d](https://example.com)', '# e', '- f', '| g |\n|---|\n| h |', '```\ni\n```', '> j'];

/**
 * Does what a browser does once with code that is new to it, a piece at a time when nothing else is to do: it would hold up the first answer. Not before the
 * reader writes something, for it takes a megabyte.
 */
export async function warmAnswers(): Promise<void> {
  const answers = await loadAnswers().catch(() => undefined);
  for (const text of answers ? SAMPLE : []) {
    await new Promise((resolve) => (globalThis.requestIdleCallback ?? setTimeout)(resolve));
    answers?.createProse(ENGLISH).update(text, true);
  }
}

/** One line of Markdown, or of plain text while the chunk is not there. */
export function lineOf(text: string): (Node | string)[] {
  return loaded?.renderLine(text) ?? [text];
}
