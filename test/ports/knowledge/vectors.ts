import { describe, expect, test } from 'vitest';
import { document, type InTest } from './kit.ts';

/** Cases of the contract of `VectorIndex`: what is found by meaning. */
export function vectorCases({ index }: InTest): void {
  describe('vectors', () => {
    const model = 'house/small';
    const missing = async (base = 'docs', of = model) =>
      (await index().withoutVector(base, of, 100)).map(({ text }) => text);
    /** Keeps the vectors of texts, whichever passages have them. */
    const keep = async (vectors: Readonly<Record<string, readonly number[]>>, base = 'docs') => {
      const passages = await index().withoutVector(base, model, 100);
      const found = passages.flatMap((one) => (vectors[one.text] ? [{ ...one, vector: vectors[one.text]! }] : []));
      await index().keepVectors(base, model, found);
    };
    const nearest = async (vector: readonly number[], bases = ['docs']) =>
      (await index().nearest(bases, { model, vector }, 10)).map(({ passage }) => passage.text);

    test('are asked for passage by passage, and kept', async () => {
      await index().update(
        'docs',
        [document('b.md', { Two: 'pear' }), document('a.md', { One: 'apple', More: 'plum' })],
        [],
      );
      expect(await index().withoutVector('docs', model, 2)).toEqual([
        { path: 'a.md', hash: 'hash of a.md', title: 'Manual', place: 0, headings: ['Manual', 'One'], text: 'apple' },
        { path: 'a.md', hash: 'hash of a.md', title: 'Manual', place: 1, headings: ['Manual', 'More'], text: 'plum' },
      ]);
      await keep({ apple: [1, 0], pear: [0, 2] });
      expect(await missing()).toEqual(['plum']);
      expect(await index().countVectors(['docs', 'other'], model)).toBe(2);
      expect(await index().countVectors(['docs'], 'house/large')).toBe(0);
    });

    test('give the nearest passages, the nearest first, whatever their length', async () => {
      await index().update(
        'docs',
        [document('a.md', { One: 'apple', Two: 'pear', Three: 'plum' }, { url: 'https://example.com/a' })],
        [],
      );
      await keep({ apple: [9, 1, 0], pear: [0.1, 0.1, 0], plum: [-1, 0, 0] });
      const hits = await index().nearest(['docs'], { model, vector: [5, 0, 0] }, 2);
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
      await index().update('docs', [document('a.md', { One: 'apple' })], []);
      await index().update('other', [document('a.md', { Two: 'pear' })], []);
      await keep({ apple: [1, 0] });
      await keep({ pear: [1, 1] }, 'other');
      expect(await nearest([1, 0])).toEqual(['apple']);
      expect(await nearest([1, 0], ['docs', 'other', 'missing'])).toEqual(['apple', 'pear']);
      expect(await nearest([1, 0], [])).toEqual([]);
    });

    test('stay with passages that an update leaves as they were, and go with the others', async () => {
      await index().update(
        'docs',
        [document('a.md', { One: 'apple', Two: 'pear' }), document('b.md', { B: 'fig' })],
        [],
      );
      await keep({ apple: [1, 0], pear: [0, 1], fig: [1, 1] });
      expect(await nearest([1, 0])).toEqual(['apple', 'fig', 'pear']);
      await index().update(
        'docs',
        [document('a.md', { Zero: 'new', Two: 'pear', One: 'apple!' }, { hash: 'next' })],
        [],
      );
      expect(await missing()).toEqual(['new', 'apple!']);
      expect(await nearest([0, 1])).toEqual(['pear', 'fig']);
      await index().update('docs', [], ['b.md']);
      expect(await nearest([0, 1])).toEqual(['pear']);
      expect(await index().countVectors(['docs'], model)).toBe(1);
    });

    test('of passages that changed meanwhile are passed over', async () => {
      await index().update('docs', [document('a.md', { One: 'apple' })], []);
      const [asked] = await index().withoutVector('docs', model, 1);
      await index().update('docs', [document('a.md', { One: 'pear' }, { hash: 'next' })], []);
      await index().keepVectors('docs', model, [{ ...asked!, vector: [1, 0] }]);
      expect(await missing()).toEqual(['pear']);
    });

    test('of another model take the place of the first; none at all is not asked for again', async () => {
      await index().update('docs', [document('a.md', { One: 'apple', Two: 'pear' })], []);
      await keep({ apple: [1, 0], pear: [] });
      expect(await missing()).toEqual([]);
      expect(await nearest([1, 0])).toEqual(['apple']);
      expect(await missing('docs', 'house/large')).toEqual(['apple', 'pear']);
      const passages = await index().withoutVector('docs', 'house/large', 10);
      await index().keepVectors(
        'docs',
        'house/large',
        passages.map((one) => ({ ...one, vector: [0, 0, 1] })),
      );
      expect(await nearest([1, 0])).toEqual([]);
      expect(await missing()).toEqual(['apple', 'pear']);
    });
  });
}
