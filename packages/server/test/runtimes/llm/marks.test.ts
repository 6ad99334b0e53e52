import { expect, test } from 'vitest';
import { MarkReader } from '../../../src/runtimes/llm/marks.ts';

/** The text with marks in angle brackets, read in pieces of a length. */
function read(text: string, length: number): string {
  const reader = new MarkReader((number) => number <= 2);
  const pieces = text.match(new RegExp(`[^]{1,${length}}`, 'g')) ?? [];
  const found = [...pieces.flatMap((piece) => reader.read(piece)), ...reader.end()];
  return found.map((one) => (typeof one === 'string' ? one : `<${one.sources.join()}>`)).join('');
}

const CASES: readonly (readonly [written: string, read: string])[] = [
  ['It is so. [1]', 'It is so.<1>'],
  ['It is so [1], and so [2].', 'It is so<1>, and so<2>.'],
  ['So [1][2] and so [1, 2].', 'So<1><2> and so<1,2>.'],
  ['Not a source [3], nor [1, 3].', 'Not a source [3], nor [1, 3].'],
  ['A [link](a) and [1](b) and [x] and [', 'A [link](a) and [1](b) and [x] and ['],
  ['In `list[1]` and ``a[1]`` but [1].', 'In `list[1]` and ``a[1]`` but<1>.'],
  ['```\na[1] [2]\n```\nThen [2]', '```\na[1] [2]\n```\nThen<2>'],
  ['Spaces   stay, tabs\t too [1]  ', 'Spaces   stay, tabs\t too<1>  '],
  ['\u{1F600}[1]\u{1F600} [1', '\u{1F600}<1>\u{1F600} [1'],
];

test.each(CASES)('%j', (written, expected) => {
  for (const length of [1, 2, 3, 5, 100]) expect(read(written, length)).toBe(expected);
});
