import { expect, test } from 'vitest';
import { connectionsWithin } from '../../src/http/descriptors.ts';

test.each([
  [20_000, 1_000_000, 20_000],
  [20_000, 20_000, 18_000],
  [20_000, 256, 192],
  [100, 256, 100],
  [20_000, 10, 1],
  [20_000, Number.POSITIVE_INFINITY, 20_000],
])('of %d connections a limit of %s open files leaves %d', (wanted, limit, left) => {
  expect(connectionsWithin(wanted, limit)).toBe(left);
});
