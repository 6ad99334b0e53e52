import { describe, expect, it } from 'vitest';
import type { Quota } from '../../../packages/server/src/ports/index.ts';
import { type InTest, T0 } from './kit.ts';

const quota = (change: Partial<Quota> = {}): Quota => ({
  key: 'visitor',
  slot: 's',
  amount: 1,
  limit: 3,
  until: T0 + 100,
  ...change,
});

/** Cases of the contract of `Store`: what is used up. */
export function quotaCases({ store }: InTest): void {
  describe('quotas', () => {
    it('lets as much be taken as there is, and says when there will be more', async () => {
      for (let n = 0; n < 3; n++) expect(await store().takeQuotas([quota()], T0)).toBeNull();
      expect(await store().takeQuotas([quota()], T0)).toEqual({ key: 'visitor', freeAt: T0 + 100 });
      expect(await store().takeQuotas([quota({ key: 'other' })], T0)).toBeNull();
      expect(await store().takeQuotas([quota({ until: T0 + 200 })], T0 + 100)).toBeNull();
    });

    it('adds slots up and lets each end at its time', async () => {
      await store().takeQuotas([quota({ slot: 'a', amount: 2 })], T0);
      await store().takeQuotas([quota({ slot: 'b', until: T0 + 200 })], T0);
      expect(await store().takeQuotas([quota()], T0 + 99)).toEqual({ key: 'visitor', freeAt: T0 + 100 });
      expect(await store().takeQuotas([quota({ slot: 'c', amount: 2, until: T0 + 300 })], T0 + 100)).toBeNull();
      expect(await store().takeQuotas([quota()], T0 + 101)).toEqual({ key: 'visitor', freeAt: T0 + 200 });
    });

    it('takes from all or from none: who is refused drains nothing that others share', async () => {
      const own = quota({ limit: 1 });
      const shared = quota({ key: 'channel', limit: 3 });
      expect(await store().takeQuotas([own, shared], T0)).toBeNull();
      for (let n = 0; n < 10; n++) {
        expect(await store().takeQuotas([own, shared], T0)).toEqual({ key: 'visitor', freeAt: T0 + 100 });
      }
      const [first, second, third] = ['a', 'b', 'c'].map((key) => quota({ key, limit: 1 })) as [Quota, Quota, Quota];
      expect(await store().takeQuotas([first, shared], T0)).toBeNull();
      expect(await store().takeQuotas([second, shared], T0)).toBeNull();
      expect(await store().takeQuotas([third, shared], T0)).toEqual({ key: 'channel', freeAt: T0 + 100 });
      expect(await store().takeQuotas([third], T0)).toBeNull();
    });

    it('never gives out more than there is to many at once', async () => {
      const all = await Promise.all(
        Array.from({ length: 20 }, (_, n) => store().takeQuotas([quota({ slot: `s${n}`, limit: 7 })], T0)),
      );
      expect(all.filter((one) => one === null)).toHaveLength(7);
    });

    it('gives back what was taken under a slot', async () => {
      await store().takeQuotas(
        [quota({ slot: 'run', limit: 1 }), quota({ key: 'channel', slot: 'run', limit: 1 })],
        T0,
      );
      await store().takeQuotas([quota({ key: 'minute', slot: 'm', limit: 1 })], T0);
      await store().returnQuotas('run');
      await store().returnQuotas('unknown');
      expect(await store().takeQuotas([quota({ limit: 1 }), quota({ key: 'channel', limit: 1 })], T0)).toBeNull();
      expect(await store().takeQuotas([quota({ key: 'minute', limit: 1 })], T0)).toMatchObject({ key: 'minute' });
    });

    it('counts fractions, what nothing limits, what is taken back and what is only asked for', async () => {
      await store().takeQuotas([quota({ amount: 0.25, limit: null })], T0);
      await store().takeQuotas([quota({ amount: 0, limit: 1 })], T0);
      expect(await store().takeQuotas([quota({ amount: 0, limit: 0.3 })], T0)).toBeNull();
      expect(await store().takeQuotas([quota({ amount: 0, limit: 0.25 })], T0)).toMatchObject({ freeAt: T0 + 100 });
      await store().takeQuotas([quota({ amount: -0.25, limit: null })], T0);
      expect(await store().takeQuotas([quota({ amount: 0, limit: 0.25 })], T0)).toBeNull();
      expect(await store().takeQuotas([quota({ key: 'none', limit: 0 })], T0)).toEqual({ key: 'none', freeAt: null });
    });
  });
}
