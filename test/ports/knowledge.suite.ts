import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KnowledgeDocument, VectorIndex } from '../../packages/server/src/ports/index.ts';

/** An adapter under test. `open` gives an empty index each time. */
export interface KnowledgeIndexUnderTest {
  readonly name: string;
  open(): Promise<{ index: VectorIndex; close(): Promise<void> }>;
}

/** A document with one passage for each `heading: text`. */
export function document(
  path: string,
  passages: Readonly<Record<string, string>>,
  more: Partial<KnowledgeDocument> = {},
): KnowledgeDocument {
  return {
    path,
    title: 'Manual',
    url: null,
    hash: `hash of ${path}`,
    passages: Object.entries(passages).map(([heading, text], at) => ({
      headings: ['Manual', heading],
      text,
      start: at * 100,
      end: at * 100 + text.length,
      anchor: heading.toLowerCase(),
    })),
    ...more,
  };
}

/** The contract of `KnowledgeIndex`, run on every adapter. */
export function knowledgeSuite({ name, open }: KnowledgeIndexUnderTest): void {
  describe(`KnowledgeIndex on ${name}`, () => {
    let index: VectorIndex;
    let close: () => Promise<void>;
    beforeEach(async () => {
      ({ index, close } = await open());
    });
    afterEach(() => close());

    async function found(...words: string[]): Promise<string[]> {
      return (await index.search(['docs'], words, 10)).map(({ passage }) => passage.headings.at(-1)!);
    }

    describe('search', () => {
      test('gives the passage as it was put in, with the words that it has', async () => {
        const doc = document('a.md', { Embedding: 'Put the **script** on a page.' }, { url: 'https://example.com/a' });
        await index.update('docs', [doc], []);
        expect(await index.search(['docs'], ['embed', 'script', 'nothing'], 5)).toEqual([
          {
            knowledgeBase: 'docs',
            path: 'a.md',
            title: 'Manual',
            url: 'https://example.com/a',
            passage: doc.passages[0],
            score: expect.any(Number),
            words: ['embed', 'script'],
            headingWords: ['embed'],
          },
        ]);
      });

      test('a heading weighs more than the text, rare words more than common ones, more words more than one', async () => {
        const filler = Object.fromEntries(
          Array.from({ length: 20 }, (_, at) => [`Part ${at}`, 'The server does this and that.']),
        );
        await index.update(
          'docs',
          [
            document('a.md', { Tokens: 'They expire after a day.', Other: 'Tokens, tokens, tokens.' }),
            document('b.md', { Lease: 'The server holds a lease.', Both: 'The server and the widget.' }),
            document('c.md', filler),
          ],
          [],
        );
        expect((await found('tokens'))[0]).toBe('Tokens');
        expect((await found('server', 'lease'))[0]).toBe('Lease');
        expect((await found('server', 'widget'))[0]).toBe('Both');
      });

      test.each([
        ['embed', 'embedding'],
        ['embedding', 'embed'],
        ['embedded', 'embeds'],
        ['configuring', 'configured'],
        ['cafe', 'Café'],
        ['größe', 'GROSSE Größe'],
        ['server.port', 'Set `server.port` to 80'],
        ['max tokens', 'max_tokens'],
        ['聊天', '如何嵌入聊天窗口'],
        ['チャット', 'ページにチャットを置く'],
        ['config', 'Configuration of the server'],
      ])('%s finds %s', async (word, text) => {
        await index.update('docs', [document('a.md', { Passage: text, Other: 'Nothing to see.' })], []);
        expect(await found(word)).toEqual(['Passage']);
      });

      test('a beginning counts only when nothing has the word itself', async () => {
        await index.update('docs', [document('a.md', { Chat: 'chat', Chatter: 'chatterbox', Car: 'carriage' })], []);
        expect(await found('chat')).toEqual(['Chat']);
        expect(await found('car')).toEqual(['Car']);
        expect(await found('carr')).toEqual(['Car']);
      });

      test('only the knowledge bases asked for are searched', async () => {
        await index.update('docs', [document('a.md', { One: 'apple' })], []);
        await index.update('other', [document('a.md', { Two: 'apple' })], []);
        expect(await found('apple')).toEqual(['One']);
        expect(await index.search([], ['apple'], 10)).toEqual([]);
        expect(await index.search(['docs', 'other', 'missing'], ['apple'], 10)).toHaveLength(2);
      });

      test('equal passages come in the order of their documents', async () => {
        await index.update(
          'docs',
          [document('b.md', { B: 'same words' }), document('a.md', { A: 'same words', C: 'same words' })],
          [],
        );
        expect(await found('same')).toEqual(['A', 'C', 'B']);
      });

      test('no input is an operator or breaks the query', async () => {
        await index.update('docs', [document('a.md', { Passage: 'apple AND pear OR "plum" NOT NEAR' })], []);
        const nasty = [
          ...[
            '"',
            '""',
            '"apple',
            'apple"',
            'a"b',
            "'",
            '\\',
            '*',
            'apple*',
            '^apple',
            'text:apple',
            'heading : apple',
            '-apple',
            '(apple',
            ')',
          ],
          ...[
            'AND',
            'OR',
            'NOT',
            'NEAR(',
            'NEAR(apple pear, 2)',
            '{heading text}: apple',
            '+',
            'apple + pear',
            '\0',
            'app\0le',
            '\0"\0',
            '\ud800',
          ],
          ...[
            'apple\ud800',
            '',
            ' ',
            '...',
            '\u2028',
            '%',
            '_',
            ';',
            '-- ',
            "'; DROP TABLE knowledge_words; --",
            '💥',
            'x'.repeat(100_000),
          ],
        ];
        for (const word of nasty) {
          await expect(index.search(['docs'], [word], 10), JSON.stringify(word)).resolves.toBeInstanceOf(Array);
          await expect(index.search(['docs'], [word, 'plum'], 10), JSON.stringify(word)).resolves.toHaveLength(1);
          await expect(index.frequency(['docs'], word), JSON.stringify(word)).resolves.toMatchObject({ total: 1 });
        }
        await expect(index.search(['docs'], nasty, 10)).resolves.toHaveLength(1);
        await expect(index.search(['docs'], [], 10)).resolves.toEqual([]);
        await expect(index.search(["do'cs", '"docs"', 'docs'], ['plum'], 10)).resolves.toHaveLength(1);
      });

      test('a document may hold anything', async () => {
        const text = `lone \ud800 surrogate, NUL \0 and ${'long '.repeat(50_000)}`;
        await index.update('docs', [document('a\0.md', { 'H\0 \udfff': text })], []);
        const [hit] = await index.search(['docs'], ['surrogate'], 1);
        expect(hit?.passage.text).toMatch(/^lone \ufffd surrogate, NUL \ufffd and long/);
        expect(await found('long')).toHaveLength(1);
      });
    });

    describe('update', () => {
      test('replaces, removes, and knows what it has', async () => {
        await index.update('docs', [document('a.md', { One: 'apple' }), document('b.md', { Two: 'pear' })], []);
        await index.update('docs', [document('a.md', { Three: 'plum' }, { hash: 'new' })], ['b.md', 'never.md']);
        expect(await index.known('docs')).toEqual(new Map([['a.md', 'new']]));
        expect(await found('apple', 'pear', 'plum')).toEqual(['Three']);
        expect(await index.frequency(['docs'], 'plum')).toEqual({ matching: 1, total: 1 });
        await index.update('docs', [], ['a.md']);
        expect(await index.list()).toEqual([]);
        expect(await index.frequency(['docs'], 'plum')).toEqual({ matching: 0, total: 0 });
        expect(await found('plum')).toEqual([]);
      });

      test('is all or nothing', async () => {
        await index.update('docs', [document('a.md', { One: 'apple' })], []);
        const broken = {
          ...document('b.md', {}),
          passages: [{ headings: ['X'], text: null, start: 0, end: 0, anchor: null }],
        } as never;
        await expect(index.update('docs', [document('a.md', { Two: 'pear' }), broken], [])).rejects.toThrow();
        expect(await found('apple', 'pear')).toEqual(['One']);
        await index.update('docs', [document('a.md', { Two: 'pear' })], []);
        expect(await found('apple', 'pear')).toEqual(['Two']);
      });
    });

    test('frequency counts passages, in other forms of the word too', async () => {
      await index.update(
        'docs',
        [document('a.md', { One: 'embed', Two: 'embedding it', Embedded: 'x', Four: 'y' })],
        [],
      );
      expect(await index.frequency(['docs'], 'embed')).toEqual({ matching: 3, total: 4 });
      expect(await index.frequency(['docs'], 'absent')).toEqual({ matching: 0, total: 4 });
      expect(await index.frequency(['none'], 'embed')).toEqual({ matching: 0, total: 0 });
    });

    describe('vectors', () => {
      const model = 'house/small';
      const missing = async (base = 'docs', of = model) =>
        (await index.withoutVector(base, of, 100)).map(({ text }) => text);
      /** Keeps the vectors of texts, whichever passages have them. */
      const keep = async (vectors: Readonly<Record<string, readonly number[]>>, base = 'docs') => {
        const passages = await index.withoutVector(base, model, 100);
        const found = passages.flatMap((one) => (vectors[one.text] ? [{ ...one, vector: vectors[one.text]! }] : []));
        await index.keepVectors(base, model, found);
      };
      const nearest = async (vector: readonly number[], bases = ['docs']) =>
        (await index.nearest(bases, { model, vector }, 10)).map(({ passage }) => passage.text);

      test('are asked for passage by passage, and kept', async () => {
        await index.update(
          'docs',
          [document('b.md', { Two: 'pear' }), document('a.md', { One: 'apple', More: 'plum' })],
          [],
        );
        expect(await index.withoutVector('docs', model, 2)).toEqual([
          { path: 'a.md', hash: 'hash of a.md', title: 'Manual', place: 0, headings: ['Manual', 'One'], text: 'apple' },
          { path: 'a.md', hash: 'hash of a.md', title: 'Manual', place: 1, headings: ['Manual', 'More'], text: 'plum' },
        ]);
        await keep({ apple: [1, 0], pear: [0, 2] });
        expect(await missing()).toEqual(['plum']);
        expect(await index.countVectors(['docs', 'other'], model)).toBe(2);
        expect(await index.countVectors(['docs'], 'house/large')).toBe(0);
      });

      test('give the nearest passages, the nearest first, whatever their length', async () => {
        await index.update(
          'docs',
          [document('a.md', { One: 'apple', Two: 'pear', Three: 'plum' }, { url: 'https://example.com/a' })],
          [],
        );
        await keep({ apple: [9, 1, 0], pear: [0.1, 0.1, 0], plum: [-1, 0, 0] });
        const hits = await index.nearest(['docs'], { model, vector: [5, 0, 0] }, 2);
        expect(hits).toEqual([
          {
            knowledgeBase: 'docs',
            path: 'a.md',
            title: 'Manual',
            url: 'https://example.com/a',
            passage: { headings: ['Manual', 'One'], text: 'apple', start: 0, end: 5, anchor: 'one' },
            score: expect.closeTo(9 / Math.hypot(9, 1), 5),
            closeness: expect.any(Number),
            words: [],
            headingWords: [],
          },
          expect.objectContaining({ score: expect.closeTo(Math.SQRT1_2, 5) }),
        ]);
        expect(hits[0]!.closeness).toBeGreaterThan(hits[1]!.closeness!);
        expect(hits[0]!.closeness).toBeLessThanOrEqual(1);
        expect(await nearest([0, 0, 0])).toEqual([]);
        expect(await nearest([1, 0])).toEqual([]);
      });

      test('are searched over the knowledge bases asked for, and no others', async () => {
        await index.update('docs', [document('a.md', { One: 'apple' })], []);
        await index.update('other', [document('a.md', { Two: 'pear' })], []);
        await keep({ apple: [1, 0] });
        await keep({ pear: [1, 1] }, 'other');
        expect(await nearest([1, 0])).toEqual(['apple']);
        expect(await nearest([1, 0], ['docs', 'other', 'missing'])).toEqual(['apple', 'pear']);
        expect(await nearest([1, 0], [])).toEqual([]);
      });

      test('stay with passages that an update leaves as they were, and go with the others', async () => {
        await index.update(
          'docs',
          [document('a.md', { One: 'apple', Two: 'pear' }), document('b.md', { B: 'fig' })],
          [],
        );
        await keep({ apple: [1, 0], pear: [0, 1], fig: [1, 1] });
        expect(await nearest([1, 0])).toEqual(['apple', 'fig', 'pear']);
        await index.update(
          'docs',
          [document('a.md', { Zero: 'new', Two: 'pear', One: 'apple!' }, { hash: 'next' })],
          [],
        );
        expect(await missing()).toEqual(['new', 'apple!']);
        expect(await nearest([0, 1])).toEqual(['pear', 'fig']);
        await index.update('docs', [], ['b.md']);
        expect(await nearest([0, 1])).toEqual(['pear']);
        expect(await index.countVectors(['docs'], model)).toBe(1);
      });

      test('of passages that changed meanwhile are passed over', async () => {
        await index.update('docs', [document('a.md', { One: 'apple' })], []);
        const [asked] = await index.withoutVector('docs', model, 1);
        await index.update('docs', [document('a.md', { One: 'pear' }, { hash: 'next' })], []);
        await index.keepVectors('docs', model, [{ ...asked!, vector: [1, 0] }]);
        expect(await missing()).toEqual(['pear']);
      });

      test('of another model take the place of the first; none at all is not asked for again', async () => {
        await index.update('docs', [document('a.md', { One: 'apple', Two: 'pear' })], []);
        await keep({ apple: [1, 0], pear: [] });
        expect(await missing()).toEqual([]);
        expect(await nearest([1, 0])).toEqual(['apple']);
        expect(await missing('docs', 'house/large')).toEqual(['apple', 'pear']);
        const passages = await index.withoutVector('docs', 'house/large', 10);
        await index.keepVectors(
          'docs',
          'house/large',
          passages.map((one) => ({ ...one, vector: [0, 0, 1] })),
        );
        expect(await nearest([1, 0])).toEqual([]);
        expect(await missing()).toEqual(['apple', 'pear']);
      });
    });

    test('the outline has each document with its headings, those without passages too', async () => {
      await index.update(
        'docs',
        [document('b.md', {}), document('a.md', { One: 'x', Two: 'y' }, { title: 'First' })],
        [],
      );
      expect(await index.outline(['docs'])).toEqual([
        { title: 'First', path: 'a.md', headings: ['One', 'Two'] },
        { title: 'Manual', path: 'b.md', headings: [] },
      ]);
    });
  });
}
