import { describe, expect, it } from 'vitest';
import type { StartRun } from '../../../packages/server/src/ports/index.ts';
import { anna, begin, claim, command, end, type InTest, say, T0, uuid } from './kit.ts';

/** Cases of the contract of `Store`: whose turn it is, and how long the queue may be. */
export function queueCases({ store }: InTest): void {
  const worker = { worker: 'x', ttlMs: 1_000 };
  let made = 1_000;
  /** A run in a thread of its own. */
  const enqueue = (lane: string, change: Partial<StartRun> = {}) => {
    made += 1;
    const of = (kind: number) => uuid(`${kind}${made}`);
    return store().startRun(
      anna,
      command({ runId: of(5), threadId: of(4), message: say(lane), spareMessageId: of(7), lane, ...change }),
    );
  };
  const claimLanes = async (count: number, lanes: ReadonlyMap<string, string>) => {
    const order: string[] = [];
    for (let n = 0; n < count; n += 1) {
      const lease = await store().claimRun(worker, T0);
      order.push(lanes.get(lease?.run.id ?? '') ?? 'none');
    }
    return order.join('');
  };

  describe('the queue', () => {
    it('takes runs in turn over the lanes, and within each the oldest first', async () => {
      const lanes = new Map<string, string>();
      const ids: string[] = [];
      for (const lane of 'aaaaaabbc') {
        const { run } = await enqueue(lane);
        lanes.set(run.id, lane);
        ids.push(run.id);
      }
      const order: string[] = [];
      for (let n = 0; n < 9; n += 1) order.push((await store().claimRun(worker, T0))?.run.id ?? '');
      expect(order.map((id) => lanes.get(id)).join('')).toBe('abcabaaaa');
      for (const lane of 'abc') {
        const of = (list: string[]) => list.filter((id) => lanes.get(id) === lane);
        expect(of(order)).toEqual(of(ids));
      }
    });

    it('does not make a late lane wait behind a long one, nor let it overtake for ever', async () => {
      const lanes = new Map<string, string>();
      const add = async (lane: string) => lanes.set((await enqueue(lane)).run.id, lane);
      for (let n = 0; n < 20; n += 1) await add('a');
      expect(await claimLanes(10, lanes)).toBe('a'.repeat(10));
      let order = '';
      for (let n = 0; n < 4; n += 1) {
        await add('b');
        order += await claimLanes(2, lanes);
      }
      expect(order).toBe('abababab');
    });

    it('goes on first with what had begun: given back, or answered', async () => {
      const lanes = new Map<string, string>();
      const { lease, run } = await begin(store());
      lanes.set(run.id, 'begun ');
      for (let n = 0; n < 3; n += 1) lanes.set((await enqueue('a')).run.id, 'a');
      await store().release([lease]);
      lanes.set((await enqueue('b')).run.id, 'b');
      expect(await claimLanes(5, lanes)).toBe('begun abaa');
    });

    it('has an end, for all and for each lane, and tells those it turns away', async () => {
      const queue = { limit: 4, laneLimit: 3 };
      for (let n = 0; n < 3; n += 1) await enqueue('a', { queue });
      await expect(enqueue('a', { queue })).rejects.toMatchObject({ code: 'queue_full' });
      await enqueue('b', { queue });
      await expect(enqueue('b', { queue })).rejects.toMatchObject({ code: 'queue_full' });
      expect((await store().measureQueue()).queued).toBe(4);
      expect((await enqueue('b', { queue, claim })).lease).not.toBeNull();
      await store().claimRun(worker, T0);
      await enqueue('b', { queue });
    });

    it('lets no more in when many come at once', async () => {
      const queue = { limit: 30, laneLimit: 20 };
      const all = await Promise.allSettled(
        Array.from({ length: 60 }, (_, n) => enqueue(n % 2 === 0 ? 'a' : 'b', { queue })),
      );
      expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(30);
      expect((await store().measureQueue()).queued).toBe(30);
    });

    it('counts what waits for another run of its thread', async () => {
      const queue = { limit: 2, laneLimit: 2 };
      const { lease } = await begin(store());
      const again = (n: number) =>
        store().startRun(
          anna,
          command({ runId: uuid(`52${n}`), message: say('x'), spareMessageId: uuid(`72${n}`), queue, claim }),
        );
      await again(1);
      await again(2);
      await expect(again(3)).rejects.toMatchObject({ code: 'queue_full' });
      await end(store(), lease);
      await store().claimRun(worker, T0);
      await again(4);
    });

    it('says how long it is, since when, and who works', async () => {
      expect(await store().measureQueue()).toEqual({ queued: 0, oldestAt: null, waiting: 0, running: [] });
      await begin(store());
      await enqueue('a', { at: T0 + 5 });
      await enqueue('a', { at: T0 + 7 });
      await enqueue('a', { at: T0 + 9, claim: worker });
      const { running, ...rest } = await store().measureQueue();
      expect(rest).toEqual({ queued: 2, oldestAt: T0 + 5, waiting: 0 });
      expect([...running].sort((a, b) => a.worker.localeCompare(b.worker))).toEqual([
        { worker: 'w', runs: 1 },
        { worker: 'x', runs: 1 },
      ]);
    });
  });
}
