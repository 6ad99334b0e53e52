import { expect, test } from 'vitest';
import { insertMarks } from '../src/answers/insert-marks.ts';
import { safeAddress } from '../src/markdown/address.ts';
import { decodeEntities } from '../src/markdown/entities.ts';
import { splitMarks, stripMarks } from '../src/markdown/marks.ts';

const place = (text: string, marks: readonly (readonly [number, number])[]) =>
  splitMarks(
    insertMarks(
      text,
      marks.map(([from, at]) => ({ from, at })),
    ),
  );

test('marks stand around their ranges and come out again', () => {
  const text = 'One.\n\nTwo.\n';
  const marks = [
    { from: 0, at: 4 },
    { from: 4, at: 11 },
  ];
  const marked = insertMarks(text, marks);
  expect(splitMarks(marked)).toEqual([-1, 'One.', 1, '\n\n', -2, 'Two.', 2, '\n']);
  expect(stripMarks(marked)).toBe(text);
});

test.each([
  ['out of range', 'ab', [[-5, 99]], [-1, 'ab', 1]],
  ['nowhere', 'ab', [[1, 1]], ['a', 1, 'b']],
  ['behind the sign of a heading', '# Head\n', [[0, 7]], ['# ', -1, 'Head', 1, '\n']],
  ['behind the sign of an item', '- item', [[0, 6]], ['- ', -1, 'item', 1]],
  ['within the last cell of a row', '| a | b |', [[0, 9]], ['| ', -1, 'a | b', 1, ' |']],
  ['not at a fence', '```\ncode\n```', [[0, 12]], ['```\ncode\n```']],
  ['not at a rule', 'a\n\n---\n', [[3, 6]], ['a\n\n---\n']],
] as const)('a mark stands %s', (_, text, marks, expected) => {
  expect(place(text, marks)).toEqual(expected);
});

test('nobody forges a mark', () => {
  expect(splitMarks(insertMarks('a\u2e287\u2e29', []))).toEqual(['a(7)']);
});

test.each([
  ['https://example.org/a', 'https://example.org/a'],
  ['mailto:ana@example.org', 'mailto:ana@example.org'],
  ['/docs', 'http://localhost/docs'],
  ['javascript:alert(1)', undefined],
  [' JaVaScRiPt:alert(1)', undefined],
  ['java\nscript:alert(1)', undefined],
  ['data:text/html,x', undefined],
  ['vbscript:x', undefined],
  ['blob:https://example.org/x', undefined],
  ['http://', undefined],
])('the address %j', (address, expected) => {
  expect(safeAddress(address)).toBe(expected);
});

test.each([
  ['a &amp; b', 'a & b'],
  ['&#169; &#xA9; &copy;', '© © ©'],
  ['&nope; &constructor; &', '&nope; &constructor; &'],
  ['&#0; &#x110000; &#xD800;', '\ufffd \ufffd \ufffd'],
  ['&amp;lt;', '&lt;'],
])('the entities of %j', (text, expected) => {
  expect(decodeEntities(text)).toBe(expected);
});
