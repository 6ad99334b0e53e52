import { describe, expect, it } from 'vitest';
import { type Relation, Repetition } from '../../src/engine/replay.ts';
import type { Part } from '../../src/model/index.ts';

const text = (words: string): Part => ({ type: 'text', text: words });
const cite = (title = 'a'): Part => ({ type: 'citation', title });
const html: Part = { type: 'text', text: '<b>', contentType: 'text/html' };

/** Says pieces (texts join, parts begin) along what is logged; the last relation. */
function say(logged: readonly Part[], said: readonly (string | Part)[]): { last: Relation; complete: boolean } {
  const repetition = new Repetition(logged);
  let last: Relation = 'behind';
  let joins = false;
  for (const piece of said) {
    last = typeof piece === 'string' ? repetition.text(piece, { begins: !joins }) : repetition.part(piece);
    joins = typeof piece === 'string' || (piece.type === 'text' && piece.contentType === undefined);
    if (last !== 'behind') break;
  }
  return { last, complete: repetition.complete };
}

describe('a repetition', () => {
  it.each<[string, Part[], (string | Part)[], Relation]>([
    ['a beginning', [text('abc')], ['a', 'b'], 'behind'],
    ['all of it', [text('abc')], ['ab', 'c'], 'behind'],
    ['going on', [text('abc')], ['ab', 'cd'], { ahead: 'd' }],
    ['going on from its end', [text('abc')], ['abc', 'd'], { ahead: 'd' }],
    ['going on with another part', [text('abc')], ['abc', cite()], { ahead: '' }],
    ['going on from nothing', [], ['a'], { ahead: 'a' }],
    ['other words', [text('abc')], ['ab', 'x'], 'different'],
    ['longer where another part followed', [text('abc'), cite()], ['abc', 'd'], 'different'],
    ['shorter where we go on', [text('abc')], ['ab', cite()], 'different'],
    ['another part', [text('abc'), cite('b')], ['abc', cite()], 'different'],
    ['a part where text stood', [text('abc')], [cite()], 'different'],
    ['text where a part stood', [cite()], ['abc'], 'different'],
    ['a beginning with parts', [text('abc'), cite(), text('def')], ['abc', cite(), 'd'], 'behind'],
    ['two texts that did not join', [text('a'), text('b')], [text('a'), text('b')], 'behind'],
    ['two texts that did', [text('ab')], [text('a'), 'b'], 'behind'],
    ['text of another type', [html, text('x')], [html, 'x'], 'behind'],
  ])('knows %s', (_name, logged, said, relation) => {
    expect(say(logged, said).last).toEqual(relation);
  });

  it('knows when everything has been said again', () => {
    const logged = [text('abc'), cite()];
    expect(say(logged, ['abc']).complete).toBe(false);
    expect(say(logged, ['abc', cite()]).complete).toBe(true);
    expect(say([text('abc')], ['ab']).complete).toBe(false);
    expect(say([text('abc')], ['ab', 'c']).complete).toBe(true);
    expect(say([], []).complete).toBe(true);
  });

  it('looks at nothing twice: a long message is followed in time proportional to its length', () => {
    // A hundred thousand pieces; comparing from the start each time would be ten billion characters.
    const pieces = Array.from({ length: 100_000 }, (_, n) => `${n} `);
    expect(say([text(pieces.join(''))], pieces)).toEqual({ last: 'behind', complete: true });
  });
});
