import { describe, expect, it } from 'vitest';
import { type NewEvent, prunedEvents, unpacked } from '../../../packages/server/src/model/index.ts';
import { NO_HOLDINGS, type StartRun } from '../../../packages/server/src/ports/index.ts';
import {
  anna,
  answered,
  begin,
  ben,
  delta,
  type InTest,
  own,
  personOf,
  RUNNING,
  say,
  stranger,
  T0,
  uuid,
  visitor,
} from './kit.ts';

const DAY = 86_400_000;
const ALL = { users: T0 + DAY, visitors: T0 + DAY };

/** Cases of the contract of `Store`: what is taken away for good. */
export function retentionCases({ store }: InTest): void {
  const ended = (change: Partial<StartRun> = {}, scope = anna, more: readonly NewEvent[] = []) =>
    answered(store(), change, { scope, more });

  describe('erasing a person', () => {
    it('counts and removes all of theirs and nothing else', async () => {
      const { run } = await ended({ once: { key: 'k', fingerprint: 'f' } });
      await ended({ runId: uuid('52'), threadId: uuid('42'), message: say('B') }, ben);
      await store().takeQuotas(
        [anna, ben].map(({ userId }) => ({
          key: `runs shop person ${userId}`,
          slot: 's',
          amount: 1,
          limit: null,
          until: T0 + DAY,
        })),
        T0,
      );
      const expected = { ...NO_HOLDINGS, threads: 1, messages: 2, runs: 1, events: 7, keys: 1, counters: 1 };
      expect(await store().measurePerson(personOf(anna))).toEqual(expected);
      const threads = await store().threadsOf(personOf(anna), 10);
      expect(threads).toEqual([
        { id: run.threadId, tenantId: anna.tenantId, userId: anna.userId, mayHaveFiles: false },
      ]);
      const removed = await store().removeThreads(threads, null);
      expect(removed.runs).toEqual([run.id]);
      expect(removed.counts).toMatchObject({ threads: 1, messages: 2, runs: 1, events: 7, keys: 1 });
      expect(await store().forgetPerson(personOf(anna))).toEqual({ ...NO_HOLDINGS, counters: 1 });
      expect(await store().measurePerson(personOf(anna))).toEqual(NO_HOLDINGS);
      await expect(store().readEvents(anna, run.id, 0, 10)).rejects.toMatchObject({ code: 'run_not_found' });
      expect(await store().measurePerson(personOf(ben))).toMatchObject({ threads: 1, events: 7, counters: 1 });
      await store().scrub({ threads: 1, documents: 1 });
    });

    it('takes the lease of whoever works, and knows who is of another tenant', async () => {
      const { run, lease } = await begin(store());
      expect(await store().threadsOf({ ...personOf(stranger), userId: anna.userId }, 10)).toEqual([]);
      const threads = await store().threadsOf(personOf(anna), 10);
      expect((await store().removeThreads(threads, null)).runs).toEqual([run.id]);
      await expect(store().append(lease, 2, [delta('x')], RUNNING)).rejects.toMatchObject({ name: 'LeaseLost' });
      expect((await store().removeThreads(threads, null)).counts).toEqual(NO_HOLDINGS);
    });

    it('in one channel leaves what came in by others', async () => {
      await ended({ options: { channel: 'shop' } });
      await ended({ runId: uuid('52'), threadId: uuid('42'), message: say('x'), options: { channel: 'help' } });
      await store().takeQuotas(
        ['shop', 'help'].map((channel) => ({
          key: `runs ${channel} person ${anna.userId}`,
          slot: 's',
          amount: 1,
          limit: null,
          until: T0 + DAY,
        })),
        T0,
      );
      const shop = personOf(anna, 'shop');
      expect(await store().measurePerson(shop)).toMatchObject({ threads: 1, runs: 1, counters: 1 });
      await store().removeThreads(await store().threadsOf(shop, 10), null);
      expect(await store().forgetPerson(shop)).toEqual({ ...NO_HOLDINGS, counters: 1 });
      expect(await store().measurePerson(personOf(anna))).toMatchObject({ threads: 1, counters: 1 });
    });

    it('knows which visitors somebody was, until they are forgotten', async () => {
      await ended({}, visitor);
      await store().moveThreads(visitor, anna);
      await store().moveThreads({ ...visitor, userId: uuid('e2') }, anna); // They had said nothing.
      expect(await store().visitorsOf(personOf(anna))).toEqual([visitor.userId]);
      expect(await store().measurePerson(personOf(anna))).toMatchObject({ threads: 1, visitors: 1 });
      expect(await store().forgetPerson(personOf(anna))).toMatchObject({ visitors: 1 });
      expect(await store().visitorsOf(personOf(anna))).toEqual([]);
    });

    it('sees which threads may have files', async () => {
      const parts = [{ type: 'text', text: 'see http://x/files/1' }] as const;
      await begin(store(), { message: { id: uuid('801'), parts } });
      expect(await store().threadsOf(personOf(anna), 1)).toMatchObject([{ mayHaveFiles: true }]);
    });

    it('keeps receipts, the newest first', async () => {
      const receipt = (n: number) => ({ id: uuid(`7${n}`), at: T0 + n, counts: { ...NO_HOLDINGS, threads: n } });
      for (const n of [1, 3, 2]) await store().keepReceipt(receipt(n));
      expect(await store().listReceipts(2)).toEqual([receipt(3), receipt(2)]);
      expect(await store().pruneReceipts(T0 + 3)).toBe(2);
      expect(await store().listReceipts(9)).toEqual([receipt(3)]);
    });
  });

  describe('threads that are too old', () => {
    it('are found by who owns them and when somebody spoke last', async () => {
      const found = async (idle: { users: number | null; visitors: number | null }) =>
        (await store().idleThreads(idle, 0)).threads.map(({ id }) => id);
      await ended();
      await ended({ runId: uuid('52'), threadId: uuid('42'), message: say('v') }, visitor);
      await ended({ runId: uuid('53'), threadId: uuid('43'), message: say('w'), thread: 'new' }, visitor);
      expect(await found({ users: T0 + DAY, visitors: null })).toEqual([uuid('41')]);
      expect(await found({ users: null, visitors: T0 + DAY })).toEqual([uuid('42'), uuid('43')]);
      expect(await found({ users: T0 + 80, visitors: null })).toEqual([]);
      await store().moveThreads(visitor, anna);
      expect(await found({ users: null, visitors: T0 + DAY })).toEqual([]);
      expect((await store().idleThreads(ALL, 0)).next).toBeNull();
    });

    it('stay while somebody works, and when somebody speaks at the last moment', async () => {
      const { lease } = await begin(store());
      expect((await store().idleThreads(ALL, 0)).threads).toEqual([]);
      await store().append(lease, 2, [{ type: 'run.completed', at: T0 + 1, data: { context: {} } }], {
        status: 'completed',
      });
      const { threads } = await store().idleThreads(ALL, 0);
      expect(threads).toHaveLength(1);
      await store().updateThread(anna, uuid('41'), { title: 'Again', at: T0 + 2 * DAY });
      expect((await store().removeThreads(threads, ALL)).counts).toEqual(NO_HOLDINGS);
      expect(await store().readThread(anna, uuid('41'))).toMatchObject({ title: 'Again' });
    });
  });

  describe('pruning deltas', () => {
    it('puts a mark in the place of each stretch, and leaves all facts', async () => {
      const step = { stepId: 's1', kind: 'tool', name: 't', title: 'T' } as const;
      const { run } = await ended({}, anna, [
        { type: 'step.started', at: T0 + 50, data: step },
        { type: 'step.delta', at: T0 + 51, data: { stepId: 's1', text: '…' } },
        { type: 'step.completed', at: T0 + 52, data: { stepId: 's1', kind: 'tool' } as never },
      ]);
      const before = await store().readEvents(anna, run.id, 0, -1);
      expect(await store().pruneDeltas(T0 + 80, 10)).toEqual({ runs: 0, events: 0 });
      expect(await store().pruneDeltas(T0 + 81, 10)).toEqual({ runs: 1, events: 3 });
      expect(await store().pruneDeltas(T0 + 81, 10)).toEqual({ runs: 0, events: 0 });

      const after = await store().readEvents(anna, run.id, 0, -1);
      expect(after.map(({ seq, type }) => `${seq} ${type}`)).toEqual([
        '1 run.created',
        '2 run.started',
        '3 message.started',
        '5 log.pruned',
        '6 step.started',
        '7 log.pruned',
        '8 step.completed',
        '9 message.completed',
        '10 run.completed',
      ]);
      const known = after.flatMap(unpacked).map(({ seq, at }) => [seq, at]);
      expect(known).toEqual(before.map(({ seq, at }) => [seq, at]));
      const mark = after[3] as Parameters<typeof prunedEvents>[0];
      expect(prunedEvents(mark)).toEqual([
        { seq: 4, at: T0 + 1, kind: 'text' },
        { seq: 5, at: T0 + 41, kind: 'text' },
      ]);
      // Whoever was in the middle of the stretch meets its mark.
      expect((await store().readEvents(anna, run.id, 4, 1)).map(({ seq }) => seq)).toEqual([5]);
      expect(await store().readRun(anna, run.id)).toMatchObject({ status: 'completed', lastSeq: 10 });
    });

    it('leaves what is said now, and what was cut off without being kept', async () => {
      const open = await begin(store());
      await store().append(open.lease, 2, [delta('now')], RUNNING);
      expect(await store().pruneDeltas(T0 + DAY, 10)).toEqual({ runs: 0, events: 0 });
      await store().append(open.lease, 3, [{ type: 'run.cancelled', at: T0 + 2, data: { reason: 'requested' } }], {
        status: 'cancelled',
      });
      expect(await store().pruneDeltas(T0 + DAY, 10)).toEqual({ runs: 1, events: 0 });
      expect((await store().readEvents(anna, open.run.id, 2, 1))[0]).toMatchObject({ data: { text: 'now' } });
    });

    it('goes on where the last call stopped', async () => {
      for (const n of [1, 2, 3]) await ended(own(n));
      expect(await store().pruneDeltas(T0 + DAY, 2)).toEqual({ runs: 2, events: 4 });
      expect(await store().pruneDeltas(T0 + DAY, 2)).toEqual({ runs: 1, events: 2 });
    });
  });

  it('looks after itself', async () => {
    await ended();
    expect(await store().maintain({ users: null, visitors: null })).toBe(0);
    expect(await store().readEvents(anna, uuid('51'), 0, -1)).toHaveLength(7);
  });
}
