import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ModelRequest, type ModelServer, startModelServer } from '../../../../test/kit/model-server.ts';
import { document } from '../../../../test/ports/knowledge/kit.ts';
import { threadBase, type VectorIndex } from '../../src/ports/index.ts';
import { find } from '../../src/runtimes/guide/find.ts';
import { understand } from '../../src/runtimes/guide/question.ts';
import {
  createEmbedder,
  createMeaningIndex,
  type EmbeddingTrouble,
  findModel,
  isUsable,
  type MeaningIndex,
} from '../../src/runtimes/index.ts';
import { createKnowledgeIndex } from '../../src/storage/sqlite/knowledge.ts';

/** A model that knows three topics, and the words for them. */
const TOPICS = [/refund|money|pay|cost/i, /dog|pet|animal|hound/i, /train|coach|rail|travel/i];
const vectorOf = (text: string) => [...TOPICS.map((topic) => (topic.test(text) ? 1 : 0)), 0.1];
const FILLER = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`Part ${at}`, `Clouds and stars ${at}.`]));

let server: ModelServer;
let db: DatabaseSync;
let index: VectorIndex;
let meaning: MeaningIndex;
let troubles: EmbeddingTrouble[];
let sleeps: number[];
let now: number;
let failing:
  | ((request: ModelRequest) => { status: number; headers?: Record<string, string>; body?: unknown } | undefined)
  | undefined;

beforeEach(async () => {
  server = await startModelServer();
  failing = undefined;
  server.embed(vectorOf, (request) => failing?.(request));
  db = new DatabaseSync(':memory:');
  index = createKnowledgeIndex(db);
  troubles = [];
  sleeps = [];
  now = 0;
  const provider = {
    ...{ baseUrl: server.baseUrl, headers: { Authorization: 'Bearer sk-canary-key' }, query: { v: '1' } },
    ...{ defaults: {}, prices: {}, firstTokenMs: 1_000, nextTokenMs: 1_000, missing: null },
  };
  const access = findModel('house/small', { house: provider });
  if (!access || !isUsable(access)) throw new Error('unusable');
  const embedder = createEmbedder(access);
  meaning = createMeaningIndex({
    index,
    embedderFor: (base) => (base === 'plain' ? undefined : embedder),
    onFilled: () => {},
    onTrouble: (trouble) => troubles.push(trouble),
    pace: {
      now: () => now,
      sleep: async (ms, signal) => {
        sleeps.push(ms);
        // What is tried again much later is not what is tested here.
        if (ms === 15_000) await new Promise((_, reject) => signal.addEventListener('abort', reject));
      },
    },
  });
});
afterEach(async () => {
  await meaning.close();
  await server.close();
  db.close();
});

const texts = () => server.requests.flatMap(({ body }) => body.input as string[]);
const found = async (question: string, bases = ['docs']) =>
  (await find(meaning, bases, understand(question, []))).passages.map(({ headings }) => headings.at(-1));

async function fillDocs(): Promise<void> {
  await meaning.update(
    'docs',
    [
      document('a.md', { Refunds: 'You get a refund within a week.', Animals: 'A dog rides for half the fare.' }),
      document('b.md', { Rails: 'The coach at the front is quiet.', ...FILLER }),
    ],
    [],
  );
  await meaning.idle();
}

describe('search by meaning', () => {
  test('finds what has none of the words, and says how near it is', async () => {
    await fillDocs();
    expect(await found('What does my hound need?')).toEqual(['Animals']);
    const { passages } = await find(meaning, ['docs'], understand('What does my hound need?', []));
    expect(passages[0]).toMatchObject({ words: [], coverage: 0, closeness: expect.any(Number) });
    expect(passages[0]!.closeness).toBeGreaterThan(0.8);
    expect(passages[0]!.score).toBe(passages[0]!.closeness);
  });

  test('joins words and meaning by rank: what has both comes first', async () => {
    await meaning.update(
      'docs',
      [
        document('a.md', {
          Words: 'The fare for a bicycle is in the table of the machine.',
          Both: 'The fare is money that you pay at the machine.',
          Meaning: 'It costs ten.',
          ...FILLER,
        }),
      ],
      [],
    );
    await meaning.idle();
    const all = await found('Which money is the fare at the machine?');
    expect(all[0]).toBe('Both');
    expect(all).toEqual(expect.arrayContaining(['Words', 'Meaning']));
  });

  test('a knowledge base without a model is searched by words, and asks nobody', async () => {
    await meaning.update('plain', [document('a.md', { Animals: 'A dog rides for half the fare.' })], []);
    await meaning.idle();
    expect(await found('dog', ['plain'])).toEqual(['Animals']);
    expect(await found('hound', ['plain'])).toEqual([]);
    expect(server.requests).toEqual([]);
  });

  test('asks once for a question, in the provider’s way', async () => {
    await fillDocs();
    const before = server.requests.length;
    await found('my hound');
    await found('my hound');
    expect(server.requests.slice(before)).toMatchObject([
      {
        url: '/v1/embeddings?v=1',
        headers: { authorization: 'Bearer sk-canary-key' },
        body: { model: 'small', input: ['my hound'], encoding_format: 'float' },
      },
    ]);
  });
});

describe('passages', () => {
  test('are embedded with their headings, and only those that changed', async () => {
    await fillDocs();
    expect(texts()).toHaveLength(11);
    expect(texts()[0]).toBe('Manual › Refunds\n\nYou get a refund within a week.');
    const changed = { Refunds: 'You get a refund within a day.', Animals: 'A dog rides for half the fare.' };
    await meaning.update('docs', [document('a.md', changed, { hash: 'next' })], []);
    await meaning.idle();
    expect(texts().slice(11)).toEqual(['Manual › Refunds\n\nYou get a refund within a day.']);
    expect(await index.countVectors(['docs'], 'house/small')).toBe(11);
  });

  test('come in batches, and what is done stays done when a start breaks off', async () => {
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`Part ${at}`, `Text ${at}`]));
    failing = () => (server.requests.length > 1 ? { status: 401 } : undefined);
    await meaning.update('docs', [document('a.md', many)], []);
    await meaning.idle();
    expect(await index.countVectors(['docs'], 'house/small')).toBe(64);
    failing = undefined;
    meaning.fill(['docs']);
    await meaning.idle();
    expect(server.requests.map(({ body }) => body.input.length)).toEqual([64, 64, 64, 22]);
  });

  test('of files of a conversation are embedded before they are asked about', async () => {
    const base = threadBase('t1');
    await meaning.update(base, [document('notes.txt', { Animals: 'A dog rides for half the fare.' })], []);
    expect(await index.countVectors([base], 'house/small')).toBe(1);
    expect(await found('hound', [base])).toEqual(['Animals']);
  });

  test('that the provider refuses are cut, or go without, and take no others along', async () => {
    failing = ({ body }) =>
      (body.input as string[]).some((text) => /poison/.test(text) || text.length > 500) ? { status: 400 } : undefined;
    await meaning.update(
      'docs',
      [document('a.md', { Long: `A dog. ${'and so on '.repeat(100)}`, Bad: 'poison', Good: 'A refund.' })],
      [],
    );
    await meaning.idle();
    expect(troubles).toEqual([]);
    expect(await index.withoutVector('docs', 'house/small', 10)).toEqual([]);
    expect(await found('hound')).toEqual(['Long']);
    expect(await found('money')).toEqual(['Good']);
  });
});

describe('a model that cannot be worked with', () => {
  test('is asked again, as late as it says; words are searched all the while', async () => {
    let refusals = 2;
    failing = () => (refusals-- > 0 ? { status: 429, headers: { 'retry-after': '7' } } : undefined);
    await fillDocs();
    expect(sleeps).toEqual([7_000, 7_000]);
    expect(await index.countVectors(['docs'], 'house/small')).toBe(11);
    expect(troubles).toEqual([]);
  });

  test('is told of without its key; its knowledge base is tried again later, but not with a wrong key', async () => {
    failing = () => ({ status: 503, body: { error: { message: 'overloaded, dear sk-canary-key' } } });
    await fillDocs();
    expect(troubles).toEqual([
      { knowledgeBase: 'docs', model: 'house/small', status: 503, message: expect.stringContaining('overloaded') },
    ]);
    expect(JSON.stringify(troubles)).not.toContain('canary');
    expect(sleeps).toEqual([1_000, 4_000, 16_000, 15_000]);
    expect(await found('dog')).toEqual(['Animals']);
    failing = () => ({ status: 401 });
    const before = sleeps.length;
    meaning.fill(['docs']);
    await meaning.idle();
    expect(troubles.at(-1)).toMatchObject({ status: 401 });
    expect(sleeps).toHaveLength(before);
  });

  test('leaves questions to the words, and is not asked for each of them', async () => {
    await fillDocs();
    failing = () => ({ status: 500 });
    const before = server.requests.length;
    expect(await found('What of a dog?')).toEqual(['Animals']);
    expect(await found('What of a refund?')).toEqual(['Refunds']);
    expect(server.requests.length - before).toBe(1);
    expect(troubles).toEqual([{ model: 'house/small', status: 500, message: expect.any(String) }]);
    failing = undefined;
    now += 30_000;
    expect(await found('And a hound?')).toEqual(['Animals']);
  });

  test('that gives something else than vectors is told of', async () => {
    server.embed(() => 'nonsense' as never);
    await fillDocs();
    expect(troubles).toHaveLength(1);
    expect(await found('dog')).toEqual(['Animals']);
  });
});
