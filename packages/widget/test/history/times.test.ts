import { expect, test } from 'vitest';
import { groupOf, timeText } from '../../src/history/times.ts';

const now = new Date(2026, 10, 21, 13, 30).getTime();
const at = (...[month, day, hour = 12, minute = 0]: number[]) =>
  new Date(2026, month as number, day, hour, minute).getTime();
const plain = (text: string) => text.replace(/\s/g, ' ');

test.each([
  [now, 'today', 'now'],
  [now + 60_000, 'today', 'now'],
  [at(10, 21, 13, 25), 'today', '5 minutes ago'],
  [at(10, 21, 0, 0), 'today', '13 hours ago'],
  [at(10, 20, 23, 59), 'yesterday', '11:59 PM'],
  [at(10, 20, 0, 0), 'yesterday', '12:00 AM'],
  [at(10, 19, 23, 59), 'earlier', '2 days ago'],
  [at(10, 16), 'earlier', '5 days ago'],
  [at(10, 1), 'earlier', 'Nov 1'],
  [new Date(2025, 0, 3).getTime(), 'earlier', 'Jan 3, 2025'],
])('%d is %s: %s', (time, group, text) => {
  expect(groupOf(time, now)).toBe(group);
  expect(plain(timeText(time, now, 'en'))).toBe(text);
});

test('in other languages', () => {
  expect(timeText(at(10, 21, 13, 25), now, 'de')).toBe('vor 5 Minuten');
  expect(timeText(at(10, 1), now, 'ja')).toBe('11月1日');
});
