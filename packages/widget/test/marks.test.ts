import { expect, test } from 'vitest';
import { safeAddress } from '../src/markdown/address.ts';
import { insertMarks, splitMarks, stripMarks } from '../src/markdown/marks.ts';

test('marks stand where they belong and come out again', () => {
  const text = 'One.\n\nTwo.\n';
  const marked = insertMarks(text, [
    { at: 11, source: 2 },
    { at: 4, source: 1 },
    { at: 4, source: 3 },
  ]);
  expect(splitMarks(marked)).toEqual(['One.', 1, 3, '\n\nTwo.', 2, '\n']);
  expect(stripMarks(marked)).toBe(text);
});

test('marks out of range stand at the ends, and nobody forges one', () => {
  expect(splitMarks(insertMarks('ab', [{ at: 99, source: 1 }]))).toEqual(['ab', 1]);
  expect(splitMarks(insertMarks('ab', [{ at: -1, source: 1 }]))).toEqual([1, 'ab']);
  expect(splitMarks(insertMarks('a\ue0007\ue001', []))).toEqual(['a\ufffd7\ufffd']);
});

test.each([
  ['https://example.org/a', 'https://example.org/a'],
  ['mailto:ana@example.org', 'mailto:ana@example.org'],
  ['/docs', 'http://localhost/docs'],
  ['javascript:alert(1)', undefined],
  [' JaVaScRiPt:alert(1)', undefined],
  ['data:text/html,x', undefined],
  ['http://', undefined],
])('the address %j', (address, expected) => {
  expect(safeAddress(address)).toBe(expected);
});
