import { describe, expect, it } from 'vitest';
import { equal, relate } from '../../src/engine/replay.ts';
import type { Part } from '../../src/model/index.ts';

const text = (words: string): Part => ({ type: 'text', text: words });
const cite: Part = { type: 'citation', title: 'a' };

describe('relate', () => {
  it.each<[string, Part[], Part[], string]>([
    ['nothing yet', [], [text('abc')], 'behind'],
    ['a beginning', [text('ab')], [text('abc')], 'behind'],
    ['all of it', [text('abc')], [text('abc')], 'behind'],
    ['going on', [text('abcd')], [text('abc')], 'ahead'],
    ['going on with another part', [text('abc'), cite], [text('abc')], 'ahead'],
    ['going on from nothing', [text('a')], [], 'ahead'],
    ['other words', [text('abx')], [text('abc')], 'different'],
    ['longer where another part followed', [text('abcd')], [text('abc'), cite], 'different'],
    ['shorter where we go on', [text('ab'), cite], [text('abc')], 'different'],
    ['another part', [text('abc'), cite], [text('abc'), { type: 'citation', title: 'b' }], 'different'],
    ['a beginning with parts', [text('abc'), cite, text('d')], [text('abc'), cite, text('def')], 'behind'],
  ])('%s', (_name, now, logged, relation) => {
    expect(relate(now, logged)).toBe(relation);
  });

  it('knows when both are the same', () => {
    expect(equal([text('a'), cite], [text('a'), cite])).toBe(true);
    expect(equal([text('a')], [text('a'), cite])).toBe(false);
  });
});
