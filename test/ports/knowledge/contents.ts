import { describe, expect, test } from 'vitest';
import { document, found, type InTest } from './kit.ts';

/** Cases of the contract of `KnowledgeIndex`: what it holds, how it is changed, and what can be asked of it beside a search. */
export function contentCases({ index }: InTest): void {
  describe('update', () => {
    test('replaces, removes, and knows what it has', async () => {
      await index().update('docs', [document('a.md', { One: 'apple' }), document('b.md', { Two: 'pear' })], []);
      await index().update('docs', [document('a.md', { Three: 'plum' }, { hash: 'new' })], ['b.md', 'never.md']);
      expect(await index().known('docs')).toEqual(new Map([['a.md', 'new']]));
      expect(await found(index(), 'apple', 'pear', 'plum')).toEqual(['Three']);
      expect(await index().frequency(['docs'], 'plum')).toEqual({ matching: 1, total: 1 });
      await index().update('docs', [], ['a.md']);
      expect(await index().list()).toEqual([]);
      expect(await index().frequency(['docs'], 'plum')).toEqual({ matching: 0, total: 0 });
      expect(await found(index(), 'plum')).toEqual([]);
    });

    test('is all or nothing', async () => {
      await index().update('docs', [document('a.md', { One: 'apple' })], []);
      const broken = {
        ...document('b.md', {}),
        passages: [{ headings: ['X'], text: null, start: 0, end: 0, anchor: null }],
      } as never;
      await expect(index().update('docs', [document('a.md', { Two: 'pear' }), broken], [])).rejects.toThrow();
      expect(await found(index(), 'apple', 'pear')).toEqual(['One']);
      await index().update('docs', [document('a.md', { Two: 'pear' })], []);
      expect(await found(index(), 'apple', 'pear')).toEqual(['Two']);
    });
  });

  test('frequency counts passages, in other forms of the word too', async () => {
    await index().update(
      'docs',
      [document('a.md', { One: 'embed', Two: 'embedding it', Embedded: 'x', Four: 'y' })],
      [],
    );
    expect(await index().frequency(['docs'], 'embed')).toEqual({ matching: 3, total: 4 });
    expect(await index().frequency(['docs'], 'absent')).toEqual({ matching: 0, total: 4 });
    expect(await index().frequency(['none'], 'embed')).toEqual({ matching: 0, total: 0 });
  });

  test('the outline has each document with its headings, those without passages too', async () => {
    await index().update(
      'docs',
      [document('b.md', {}), document('a.md', { One: 'x', Two: 'y' }, { title: 'First' })],
      [],
    );
    expect(await index().outline(['docs'])).toEqual([
      { title: 'First', path: 'a.md', headings: ['One', 'Two'] },
      { title: 'Manual', path: 'b.md', headings: [] },
    ]);
  });
}
