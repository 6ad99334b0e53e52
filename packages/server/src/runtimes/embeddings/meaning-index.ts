import { isThreadBase, type KnowledgeHit, type KnowledgeIndex, type VectorIndex } from '../../ports/index.ts';
import { type Pace, REAL_PACE } from '../code/pace.ts';
import { type Embedder, EmbeddingFailure } from './embedder.ts';
import { fillBase } from './fill.ts';

/** What happened, for whoever runs this server. */
export interface EmbeddingTrouble {
  readonly knowledgeBase?: string;
  readonly model: string;
  readonly status?: number;
  /** Without secrets. */
  readonly message: string;
}

export interface MeaningOptions {
  readonly index: VectorIndex;
  /** What embeds a knowledge base; undefined: nothing does, and it is searched by words alone. */
  readonly embedderFor: (knowledgeBase: string) => Embedder | undefined;
  /** Told of passages that were embedded. */
  readonly onFilled: (about: {
    readonly knowledgeBase: string;
    readonly model: string;
    readonly passages: number;
  }) => void;
  /** Told when meanings cannot be searched or made for now; words are searched all the same. */
  readonly onTrouble: (trouble: EmbeddingTrouble) => void;
  /** Default: real time. */
  readonly pace?: Pace;
}

/** A knowledge index that searches by words and by meaning. */
export interface MeaningIndex extends KnowledgeIndex {
  /** Embeds what has no vector yet, in the background: calls that fail are made again, later and later. */
  fill(knowledgeBases: readonly string[]): void;
  /** Resolves when nothing is embedded any more. For tests, and for whoever closes. */
  idle(): Promise<void>;
  /** Breaks off what is being embedded; the next start goes on. */
  close(): Promise<void>;
}

/** A question waits no longer than this for its vector; after a failure, others do not ask for a while. */
const QUESTION_MS = 5_000;
const REST_MS = 30_000;
/** Files of a conversation are embedded before they are asked about, but nobody waits longer for it. */
const FILES_MS = 20_000;
/** What is only as near as passages usually are has nothing to do with the question. */
const LEAST = 0.2;
const LATER_MS = [15_000, 60_000, 600_000] as const;
/** Vectors of questions that are kept: a question is often searched for in several knowledge bases. */
const MOST_QUESTIONS = 200;

/**
 * Puts search by meaning before an index: what is near to the question joins what has its words, and each says how near it is. Words are searched all the same when the
 * model of a knowledge base cannot be reached. Passages are embedded when they have come into the index: those of files of a conversation at once, others in the
 * background.
 */
export function createMeaningIndex(options: MeaningOptions): MeaningIndex {
  const { index, embedderFor, onFilled, onTrouble, pace = REAL_PACE } = options;
  const closing = new AbortController();
  const waiting = new Map<string, number>();
  const filling = new Map<string, Promise<void>>();
  const questions = new Map<string, readonly number[]>();
  const restUntil = new Map<string, number>();
  let working: Promise<void> | undefined;

  function tell({ model }: Embedder, error: unknown, knowledgeBase?: string): void {
    const status = error instanceof EmbeddingFailure ? error.failure.status : undefined;
    onTrouble({
      model,
      ...(knowledgeBase === undefined ? {} : { knowledgeBase }),
      ...(status === undefined ? {} : { status }),
      message: error instanceof Error ? error.message : String(error),
    });
  }

  /** Embeds what a knowledge base lacks: one at a time, so that nothing is paid for twice. */
  function fillOne(knowledgeBase: string, embedder: Embedder, signal: AbortSignal): Promise<void> {
    const before = filling.get(knowledgeBase) ?? Promise.resolve();
    const work = before
      .catch(() => {})
      .then(() => fillBase(knowledgeBase, { index, embedder, signal, pace }))
      .then((passages) => {
        if (passages > 0) onFilled({ knowledgeBase, model: embedder.model, passages });
      })
      .finally(() => {
        if (filling.get(knowledgeBase) === work) filling.delete(knowledgeBase);
      });
    filling.set(knowledgeBase, work);
    return work;
  }

  function fill(knowledgeBases: readonly string[], failed = 0): void {
    for (const base of knowledgeBases) if (embedderFor(base) && !waiting.has(base)) waiting.set(base, failed);
    if (closing.signal.aborted || waiting.size === 0) return;
    working ??= work().finally(() => {
      working = undefined;
      if (waiting.size > 0) fill([]);
    });
  }

  async function work(): Promise<void> {
    for (const [base, failed] of waiting) {
      waiting.delete(base);
      const embedder = embedderFor(base);
      if (!embedder || closing.signal.aborted) continue;
      try {
        await fillOne(base, embedder, closing.signal);
      } catch (error) {
        if (closing.signal.aborted) return;
        tell(embedder, error, base);
        const wait = LATER_MS[Math.min(failed, LATER_MS.length - 1)]!;
        const isHopeless = error instanceof EmbeddingFailure && !error.failure.retryable;
        if (!isHopeless)
          void pace.sleep(wait, closing.signal).then(
            () => fill([base], failed + 1),
            () => {},
          );
      }
    }
  }

  async function vectorOf(question: string, embedder: Embedder): Promise<readonly number[] | undefined> {
    const key = `${embedder.model}\n${question}`;
    const known = questions.get(key);
    if (known) return known;
    if (pace.now() < (restUntil.get(embedder.model) ?? 0)) return undefined;
    try {
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(QUESTION_MS)]);
      const [vector] = await embedder.embed([question], signal);
      if (questions.size >= MOST_QUESTIONS) questions.delete(questions.keys().next().value as string);
      questions.set(key, vector!);
      return vector;
    } catch (error) {
      if (closing.signal.aborted) return undefined;
      restUntil.set(embedder.model, pace.now() + REST_MS);
      tell(embedder, error);
      return undefined;
    }
  }

  async function near(knowledgeBases: readonly string[], question: string, limit: number): Promise<KnowledgeHit[]> {
    const byModel = new Map<string, { embedder: Embedder; bases: string[] }>();
    for (const base of knowledgeBases) {
      const embedder = embedderFor(base);
      if (!embedder) continue;
      const group = byModel.get(embedder.model) ?? { embedder, bases: [] };
      group.bases.push(base);
      byModel.set(embedder.model, group);
      // Files that came while the model could not be reached, or before there was one.
      if (isThreadBase(base) && (await index.withoutVector(base, embedder.model, 1)).length > 0) fill([base]);
    }
    const found: KnowledgeHit[] = [];
    for (const [model, { embedder, bases }] of byModel) {
      if ((await index.countVectors(bases, model)) === 0) continue;
      const vector = await vectorOf(question, embedder);
      if (vector) found.push(...(await index.nearest(bases, { model, vector }, limit)));
    }
    return found.sort((a, b) => (b.closeness ?? 0) - (a.closeness ?? 0)).slice(0, limit);
  }

  const { list, known, frequency, outline } = index;
  return {
    ...{ list, known, frequency, outline },
    fill,
    async update(knowledgeBase, documents, gone) {
      await index.update(knowledgeBase, documents, gone);
      const embedder = documents.length > 0 ? embedderFor(knowledgeBase) : undefined;
      if (!embedder) return;
      if (!isThreadBase(knowledgeBase)) return fill([knowledgeBase]);
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(FILES_MS)]);
      await fillOne(knowledgeBase, embedder, signal).catch((error: unknown) => {
        tell(embedder, error, knowledgeBase);
      });
    },
    async search(knowledgeBases, words, limit, question = '') {
      const [found, meant] = await Promise.all([
        index.search(knowledgeBases, words, limit),
        question.trim() === '' ? [] : near(knowledgeBases, question, limit),
      ]);
      return joined(found, meant);
    },
    async idle() {
      while (working || filling.size > 0) await Promise.allSettled([working, ...filling.values()]);
    },
    async close() {
      closing.abort();
      waiting.clear();
      await Promise.allSettled([working, ...filling.values()]);
    },
  };
}

/** What has the words, with how near it is where that is known, and behind it what is near without them. */
function joined(found: readonly KnowledgeHit[], meant: readonly KnowledgeHit[]): KnowledgeHit[] {
  const keyOf = ({ knowledgeBase, path, passage }: KnowledgeHit) =>
    JSON.stringify([knowledgeBase, path, passage.start, passage.end]);
  const closeness = new Map(meant.map((hit) => [keyOf(hit), hit.closeness]));
  const withWords = new Set(found.map(keyOf));
  return [
    ...found.map((hit) => {
      const near = closeness.get(keyOf(hit));
      return near === undefined ? hit : { ...hit, closeness: near };
    }),
    ...meant
      .filter((hit) => !withWords.has(keyOf(hit)) && (hit.closeness ?? 0) >= LEAST)
      .map((hit) => ({ ...hit, score: 0 })),
  ];
}
