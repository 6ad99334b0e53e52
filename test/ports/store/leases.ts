import { describe, expect, it } from 'vitest';
import { LeaseLost } from '../../../packages/server/src/ports/index.ts';
import { anna, begin, claim, command, delta, type InTest, RUNNING, T0, uuid } from './kit.ts';

/** Cases of the contract of `Store`: leases. */
export function leaseCases({ store }: InTest): void {
  describe('leases', () => {
    it('claims the oldest queued run, raises the epoch, and shuts the old worker out', async () => {
      const { lease } = await begin(store());
      await store().startRun(
        anna,
        command({ runId: uuid('52'), threadId: uuid('42'), claim: null, spareMessageId: uuid('79') }),
      );
      const queued = await store().claimRun({ worker: 'x', ttlMs: 1000 }, T0 + 500);
      expect(queued).toMatchObject({ epoch: 1, run: { id: uuid('52'), status: 'running' } });
      const taken = await store().claimRun({ worker: 'x', ttlMs: 1000 }, T0 + 1001);
      expect(taken).toMatchObject({ epoch: 2, run: { id: lease.run.id, lastSeq: 3 } });
      await expect(store().append(lease, 2, [delta('zombie')], RUNNING)).rejects.toBeInstanceOf(LeaseLost);
      expect(await store().renew([lease], T0 + 1002)).toEqual({ lost: [lease.run.id], cancelled: [] });
      const log = await store().readEvents(anna, lease.run.id, 0, 10);
      expect(log.map(({ type, seq }) => `${seq} ${type}`)).toEqual(['1 run.created', '2 run.started', '3 run.started']);
      expect(log.slice(1).map(({ data }) => data)).toEqual([{ epoch: 1 }, { epoch: 2, lapsed: true }]);
    });

    it('does not let a worker claim from itself', async () => {
      const { lease } = await begin(store());
      expect(await store().claimRun(claim, T0 + 5000)).toBeUndefined();
      await store().append(lease, 2, [delta('awake again')], RUNNING);
    });

    it('keeps a renewed lease, and gives a released one back', async () => {
      const { lease } = await begin(store());
      expect(await store().renew([lease], T0 + 900)).toEqual({ lost: [], cancelled: [] });
      expect(await store().claimRun({ worker: 'x', ttlMs: 1000 }, T0 + 1500)).toBeUndefined();
      await store().release([lease]);
      expect(await store().readRun(anna, lease.run.id)).toMatchObject({ status: 'queued' });
      await expect(store().append(lease, 2, [delta('late')], RUNNING)).rejects.toBeInstanceOf(LeaseLost);
      expect(await store().claimRun({ worker: 'x', ttlMs: 1000 }, T0 + 1501)).toMatchObject({ epoch: 2 });
      expect(await store().readEvents(anna, lease.run.id, 2, 10)).toMatchObject([{ data: { epoch: 2 } }]);
      expect((await store().readEvents(anna, lease.run.id, 2, 10))[0]?.data).not.toHaveProperty('lapsed');
    });

    it('gives one run to one of many workers', async () => {
      await store().startRun(anna, command({ claim: null }));
      const claims = await Promise.all(
        Array.from({ length: 20 }, (_, n) => store().claimRun({ worker: `w${n}`, ttlMs: 1000 }, T0)),
      );
      expect(claims.filter(Boolean)).toHaveLength(1);
    });
  });
}
