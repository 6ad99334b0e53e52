import type { VectorIndex } from '../../ports/index.ts';
import type { Pace } from '../code/pace.ts';
import { type Embedder, EmbeddingFailure } from './embedder.ts';

/** What one call embeds: so many passages, and no more characters than this. */
const BATCH = 64;
const BATCH_CHARACTERS = 100_000;
/** A text that is refused alone is cut in half until it is shorter than this; then it has no vector. */
const SHORTEST = 400;
/** A call may take this long, and is made so often. */
const CALL_MS = 60_000;
const TRIES = 4;
const FIRST_WAIT_MS = 1_000;

export interface Filling {
  readonly index: VectorIndex;
  readonly embedder: Embedder;
  readonly signal: AbortSignal;
  readonly pace: Pace;
}

/**
 * Embeds the passages of a knowledge base that have no vector yet, batch by batch; what is done stays done. How many they were. Rejects with `EmbeddingFailure`, or
 * with the reason of the signal.
 */
export async function fillBase(knowledgeBase: string, { index, embedder, signal, pace }: Filling): Promise<number> {
  for (let done = 0; ; ) {
    const passages = firstOf(await index.withoutVector(knowledgeBase, embedder.model, BATCH));
    if (passages.length === 0) return done;
    const texts = passages.map(({ title, headings, text }) => textFor(title, headings, text));
    const vectors = await embedAll(texts);
    await index.keepVectors(
      knowledgeBase,
      embedder.model,
      passages.map((passage, at) => ({ ...passage, vector: vectors[at]! })),
    );
    done += passages.length;
  }

  /** A provider that refuses a batch may refuse one of its texts (too long, for instance): the others shall have their vectors. */
  async function embedAll(texts: readonly string[]): Promise<readonly (readonly number[])[]> {
    try {
      return await patiently(texts);
    } catch (error) {
      const status = error instanceof EmbeddingFailure ? error.failure.status : undefined;
      if (status !== 400 && status !== 413 && status !== 422) throw error;
      const middle = Math.ceil(texts.length / 2);
      if (texts.length > 1)
        return [...(await embedAll(texts.slice(0, middle))), ...(await embedAll(texts.slice(middle)))];
      const [text = ''] = texts;
      return text.length < SHORTEST ? [[]] : embedAll([text.slice(0, text.length / 2).toWellFormed()]);
    }
  }

  async function patiently(texts: readonly string[]): Promise<readonly (readonly number[])[]> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await embedder.embed(texts, AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]));
      } catch (error) {
        signal.throwIfAborted();
        const failure = error instanceof EmbeddingFailure ? error.failure : { retryable: true };
        if (!failure.retryable || tried === TRIES) throw error;
        await pace.sleep(failure.retryAfterMs ?? FIRST_WAIT_MS * 4 ** (tried - 1), signal);
      }
    }
  }
}

/** A passage alone may not say what it is about: its headings do. */
function textFor(title: string, headings: readonly string[], text: string): string {
  return `${[...new Set([title, ...headings])].join(' › ')}\n\n${text}`;
}

function firstOf<T extends { readonly text: string }>(passages: readonly T[]): readonly T[] {
  let characters = 0;
  const end = passages.findIndex(({ text }, at) => {
    characters += text.length;
    return at > 0 && characters > BATCH_CHARACTERS;
  });
  return end === -1 ? passages : passages.slice(0, end);
}
