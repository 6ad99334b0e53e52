import { describe, expect, test } from 'vitest';
import { MOST_ATTEMPTS, nextAttempt } from '../../src/webhooks/schedule.ts';

const at = 1_770_000_000_000;
const middle = () => 0.5;
const after = (attempts: number, more: Partial<Parameters<typeof nextAttempt>[1]> = {}) => {
  const next = nextAttempt(attempts, { at, random: middle, ...more });
  return next === undefined ? undefined : (next - at) / 1_000;
};

describe('the next attempt', () => {
  test('comes later and later, for about a day, and then no more', () => {
    const waits = Array.from({ length: MOST_ATTEMPTS }, (_, n) => after(n + 1));
    expect(waits).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 36_000, undefined]);
  });

  test('is not at the same moment for all that failed together', () => {
    expect(after(2, { random: () => 0 })).toBe(240);
    expect(after(2, { random: () => 1 })).toBe(360);
  });

  test('may be put off by the subscriber, no longer than an hour', () => {
    expect(after(1, { retryAfter: '60' })).toBe(60);
    expect(after(1, { retryAfter: new Date(at + 90_000).toUTCString() })).toBe(90);
    expect(after(1, { retryAfter: '999999' })).toBe(3_600);
    expect(after(2, { retryAfter: '1' })).toBe(300);
    expect(after(1, { retryAfter: 'soon' })).toBe(5);
  });
});
