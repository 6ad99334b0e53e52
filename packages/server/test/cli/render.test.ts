import { describe, expect, test } from 'vitest';
import { printTable } from '../../src/cli/render/table.ts';
import { oneLine, widthOf } from '../../src/cli/render/text.ts';
import { ago, took } from '../../src/cli/render/time.ts';
import { testConsole } from './console.ts';

describe('text on a terminal', () => {
  test.each([
    ['abc', 3],
    ['Zoë', 3],
    ['Zoe\u0308', 3],
    ['世界', 4],
    ['\u001b[31mred\u001b[39m', 3],
  ])('%j is %i columns wide', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  test('fits on one line', () => {
    expect(oneLine(' a\n b\t\u001b[2Jc ')).toBe('a b c');
    expect(oneLine('abcdef', 6)).toBe('abcdef');
    expect(oneLine('abcdefg', 6)).toBe('abcde…');
    expect(oneLine('世界世界', 6)).toBe('世界…');
  });
});

describe('a table', () => {
  const columns = [{ title: 'ID' }, { title: 'ABOUT', shrink: true }];
  const rows = [
    ['1', 'A text that is rather long for a narrow place'],
    ['22', '世界'],
  ];

  test('keeps everything in a pipe', () => {
    const console = testConsole({ columns: 20 });
    printTable(console.io, columns, rows);
    expect(console.stdout()).toBe('ID  ABOUT\n1   A text that is rather long for a narrow place\n22  世界\n');
  });

  test('is cut to a terminal', () => {
    const console = testConsole({ columns: 20, terminal: true });
    printTable(console.io, columns, rows);
    expect(console.stdout()).toBe('ID  ABOUT\n1   A text that is…\n22  世界\n');
  });
});

describe('times', () => {
  const now = Date.parse('2026-02-06T17:00:00Z');

  test.each([
    ['2026-02-06T16:59:48.195386Z', '11 s ago'],
    ['2026-02-06T16:55:00Z', '5 min ago'],
    ['2026-02-06T14:00:00Z', '3 h ago'],
    ['2026-02-04T14:00:00Z', '2 d ago'],
    ['2026-01-04T14:00:00Z', '2026-01-04'],
    ['2026-02-06T17:00:05Z', '0 s ago'],
    ['nonsense', ''],
  ])('%s is %j', (timestamp, text) => {
    expect(ago(timestamp, now)).toBe(text);
  });

  test.each([
    ['2026-02-06T17:00:00Z', '2026-02-06T17:00:00.420Z', '0.4 s'],
    ['2026-02-06T17:00:00Z', '2026-02-06T17:00:42Z', '42 s'],
    ['2026-02-06T17:00:00Z', '2026-02-06T17:03:05Z', '3 min 5 s'],
    ['2026-02-06T17:00:00Z', null, ''],
    [null, '2026-02-06T17:00:00Z', ''],
  ])('from %s to %s is %j', (from, to, text) => {
    expect(took(from, to)).toBe(text);
  });
});
