import { describe, expect, it } from 'vitest';
import { type InTest, T0 } from './kit.ts';

/** Cases of the contract of `Store`: what was good once, and settings that two change at once. */
export function revocationCases({ store }: InTest): void {
  describe('revoking', () => {
    it('makes a key worthless for a while, for everybody, and tells who was first', async () => {
      expect(await store().isRevoked('a', T0)).toBe(false);
      const all = await Promise.all(Array.from({ length: 5 }, () => store().revoke('a', T0 + 100, T0)));
      expect(all.filter(Boolean)).toHaveLength(1);
      expect(await store().isRevoked('a', T0 + 99)).toBe(true);
      expect(await store().isRevoked('b', T0)).toBe(false);
    });

    it('forgets keys whose time is over', async () => {
      await store().revoke('a', T0 + 100, T0);
      await store().revoke('b', T0 + 200, T0);
      expect(await store().isRevoked('a', T0 + 100)).toBe(false);
      expect(await store().revoke('c', T0 + 300, T0 + 100)).toBe(true);
      expect(await store().revoke('a', T0 + 300, T0 + 100)).toBe(true);
      expect(await store().revoke('b', T0 + 300, T0 + 100)).toBe(false);
    });
  });

  describe('changing a setting', () => {
    it('is done by whoever knows what stands', async () => {
      const first = { a: [1, 0.5, 'é\u2028'], b: null };
      expect(await store().changeSetting('k', { a: 0 }, first)).toBe(false);
      expect(await store().changeSetting('k', undefined, first)).toBe(true);
      expect(await store().changeSetting('k', undefined, { a: 2 })).toBe(false);
      const known = await store().readSetting('k');
      expect(await store().changeSetting('k', known, { a: 3 })).toBe(true);
      expect(await store().changeSetting('k', known, { a: 4 })).toBe(false);
      expect(await store().readSetting('k')).toEqual({ a: 3 });
    });

    it('is won by one of many at once', async () => {
      await store().writeSetting('k', 0);
      const all = await Promise.all([1, 2, 3, 4].map((n) => store().changeSetting('k', 0, n)));
      expect(all.filter(Boolean)).toHaveLength(1);
    });
  });
}
