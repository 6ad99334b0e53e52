import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../../packages/server/src/model/index.ts';
import type { StartRun } from '../../../packages/server/src/ports/index.ts';
import {
  anna,
  answerTo,
  begin,
  ben,
  claim,
  command,
  delta,
  end,
  type InTest,
  RUNNING,
  say,
  T0,
  text,
  uuid,
} from './kit.ts';

/** Cases of the contract of `Store`: the runs of a thread come one after the other. */
export function turnCases({ store }: InTest): void {
  const other = { worker: 'x', ttlMs: 1_000 };
  const second = (change: Partial<StartRun> = {}) =>
    command({ runId: uuid('52'), message: say('second'), spareMessageId: uuid('72'), claim, ...change });
  const third = (change: Partial<StartRun> = {}) =>
    command({ runId: uuid('53'), message: say('third'), spareMessageId: uuid('73'), claim, ...change });
  const cancelled: NewEvent & { type: 'run.cancelled' } = {
    type: 'run.cancelled',
    at: T0 + 9,
    data: { reason: 'requested' },
  };
  const claimed = async () => (await store().claimRun(other, T0 + 1))?.run.id;
  const status = async (id: string) => (await store().readRun(anna, uuid(id))).status;
  const ask: NewEvent = { type: 'run.waiting', at: T0 + 1, data: { waitId: 'w1', messageId: uuid('91') } };

  describe('the runs of a thread', () => {
    it('begin when the one before has ended, in their order', async () => {
      const { lease } = await begin(store());
      expect(await store().startRun(anna, second())).toMatchObject({
        lease: null,
        created: true,
        run: { status: 'queued' },
      });
      await store().startRun(anna, third());
      expect(await claimed()).toBeUndefined();
      expect(await store().append(lease, 2, [delta('a')], RUNNING)).toEqual({ freed: false });
      expect(await end(store(), lease, { seq: 3 })).toEqual({ freed: true });
      const next = await store().claimRun(other, T0 + 1);
      expect(next?.run.id).toBe(uuid('52'));
      expect(await claimed()).toBeUndefined();
      if (next) expect(await end(store(), next)).toEqual({ freed: true });
      const last = await store().claimRun(other, T0 + 1);
      expect(last?.run.id).toBe(uuid('53'));
      if (last) expect(await end(store(), last)).toEqual({ freed: false });
      expect(
        await store().startRun(
          anna,
          command({ runId: uuid('54'), message: say('x'), spareMessageId: uuid('74'), claim }),
        ),
      ).toMatchObject({
        lease: { epoch: 1 },
      });
    });

    it('wait for one that waits for a person, and for its answer', async () => {
      const { lease } = await begin(store());
      await store().startRun(anna, second());
      expect(await store().append(lease, 2, [ask], { status: 'waiting' })).toEqual({ freed: false });
      expect(await claimed()).toBeUndefined();
      await store().answerRun(anna, uuid('51'), { id: uuid('92'), parts: [], at: T0 + 2 });
      const again = await store().claimRun(other, T0 + 3);
      expect(again?.run.id).toBe(uuid('51'));
      if (again) expect(await end(store(), again, { seq: 5 })).toEqual({ freed: true });
      expect(await claimed()).toBe(uuid('52'));
    });

    it('answer the newest that waits, although another one is behind it', async () => {
      const { lease } = await begin(store());
      await store().startRun(anna, second());
      await store().append(lease, 2, [ask], { status: 'waiting' });
      const answered = await store().startRun(anna, third({ answerWaiting: true, doubleTexting: 'reject' }));
      expect(answered).toMatchObject({ run: { id: uuid('51'), status: 'queued' }, after: 3 });
    });

    it('go on when the one before is cancelled, fails for want of an answer, or is given back', async () => {
      const { lease } = await begin(store());
      await store().startRun(anna, second());
      await store().startRun(anna, third());
      await store().requestCancel(anna, uuid('52'), cancelled);
      expect(await claimed()).toBeUndefined();
      await store().release([lease]);
      const again = await store().claimRun(other, T0 + 1);
      expect(again?.run.id).toBe(uuid('51'));
      if (again) await store().append(again, 3, [ask], { status: 'waiting' });
      expect(await claimed()).toBeUndefined();
      const error = { code: 'answer_timeout', message: '' };
      await store().expireWaits(T0 + 100, { type: 'run.failed', at: T0 + 200, data: { error } });
      expect(await claimed()).toBe(uuid('53'));
    });

    it('go on when the one before, which nobody had begun, is cancelled', async () => {
      await store().startRun(anna, command());
      await store().startRun(anna, second());
      await store().requestCancel(anna, uuid('51'), cancelled);
      expect(await claimed()).toBe(uuid('52'));
    });

    it('read the answers that were given while they waited, each behind its question', async () => {
      const first = await begin(store());
      await store().startRun(anna, second());
      await store().startRun(anna, third());
      await end(store(), first.lease, { says: answerTo(first.message, 'to the first') });
      const next = await store().claimRun(other, T0 + 1);
      if (!next) throw new Error('not claimed');
      expect((await store().readTurn(next, 10)).history.map(text)).toEqual(['Hello', 'to the first']);
      const { items } = await store().listMessages(anna, uuid('41'), { limit: 9, offset: 0 });
      const asked = items.find((one) => text(one) === 'second');
      if (asked)
        await end(store(), next, { says: { ...answerTo(asked, 'to the second'), id: uuid('93'), runId: uuid('52') } });
      const last = await store().claimRun(other, T0 + 1);
      if (!last) throw new Error('not claimed');
      const turn = await store().readTurn(last, 10);
      expect(turn.inputs.map(text)).toEqual(['third']);
      expect(turn.history.map(text)).toEqual(['Hello', 'to the first', 'second', 'to the second']);
      expect((await store().readTurn(last, 2)).history.map(text)).toEqual(['second', 'to the second']);
    });

    it('never work at the same time, however many come at once', async () => {
      await end(store(), (await begin(store())).lease);
      const n = Array.from({ length: 30 }, (_, i) => String(100 + i));
      const started = await Promise.all(
        n.map((i) =>
          store().startRun(
            anna,
            command({ runId: uuid(`5${i}`), message: say(i), spareMessageId: uuid(`7${i}`), claim }),
          ),
        ),
      );
      const [lease, ...more] = started.flatMap((one) => one.lease ?? []);
      expect(more).toEqual([]);
      let working = lease ?? (await store().claimRun(other, T0 + 1));
      const order: string[] = [];
      for (; working; working = await store().claimRun(other, T0 + 1)) {
        order.push(working.run.id);
        expect(await claimed()).toBeUndefined();
        await end(store(), working);
      }
      expect(order.sort()).toEqual(n.map((i) => uuid(`5${i}`)).sort());
    });

    it('lose none when the one before ends at the moment in which another one comes', async () => {
      for (let round = 0; round < 20; round += 1) {
        const thread = { threadId: uuid(`40${round}`) };
        const { lease } = await begin(store(), {
          ...thread,
          runId: uuid(`50${round}`),
          message: say('a'),
          spareMessageId: uuid(`70${round}`),
        });
        const next = command({
          ...thread,
          runId: uuid(`60${round}`),
          message: say('b'),
          spareMessageId: uuid(`80${round}`),
          claim,
        });
        const [, started] = await Promise.all([end(store(), lease), store().startRun(anna, next)]);
        const working = started.lease ?? (await store().claimRun(other, T0 + 1));
        expect(working?.run.id).toBe(next.runId);
        if (working) await end(store(), working);
      }
    });
  });

  describe('double texting', () => {
    it('can be refused, also while a person is asked, and stores nothing then', async () => {
      const once = { key: 'k', fingerprint: 'f' };
      const { lease } = await begin(store());
      const refused = () => store().startRun(anna, second({ doubleTexting: 'reject', once }));
      await expect(refused()).rejects.toMatchObject({ code: 'thread_busy' });
      await store().append(lease, 2, [ask], { status: 'waiting' });
      await expect(refused()).rejects.toMatchObject({ code: 'thread_busy' });
      expect((await store().listMessages(anna, uuid('41'), { limit: 9, offset: 0 })).total).toBe(1);
      await expect(store().startRun(ben, second({ doubleTexting: 'reject' }))).rejects.toMatchObject({
        code: 'thread_not_found',
      });
      await store().requestCancel(anna, uuid('51'), cancelled);
      expect(await refused()).toMatchObject({ created: true, lease: { epoch: 1 } });
      expect(await refused()).toMatchObject({ created: false, run: { id: uuid('52') } });
    });

    it('can interrupt: the worker hears of it, and the new run begins when the old one has ended', async () => {
      const { lease } = await begin(store());
      const started = await store().startRun(anna, second({ doubleTexting: 'interrupt' }));
      expect(started).toMatchObject({
        lease: null,
        interrupted: [{ id: uuid('51'), status: 'running', cancelRequested: true }],
      });
      expect(await claimed()).toBeUndefined();
      expect(await store().renew([lease], T0 + 1)).toEqual({ lost: [], cancelled: [uuid('51')] });
      expect(await store().append(lease, 2, [cancelled], { status: 'cancelled' })).toEqual({ freed: true });
      expect(await claimed()).toBe(uuid('52'));
    });

    it('interrupts at once what no worker has: queued or waiting for a person', async () => {
      const { lease } = await begin(store());
      await store().startRun(anna, second());
      await store().append(lease, 2, [ask], { status: 'waiting' });
      const started = await store().startRun(anna, third({ doubleTexting: 'interrupt' }));
      expect(started.interrupted.map(({ id, status }) => [id, status])).toEqual([
        [uuid('51'), 'cancelled'],
        [uuid('52'), 'cancelled'],
      ]);
      expect(started).toMatchObject({ lease: { epoch: 1 } });
      const log = await store().readEvents(anna, uuid('52'), 0, 9);
      expect(log.map(({ type, data }) => [type, 'reason' in data ? data.reason : ''])).toEqual([
        ['run.created', ''],
        ['run.cancelled', 'interrupted'],
      ]);
      expect([await status('51'), await status('52'), await status('53')]).toEqual([
        'cancelled',
        'cancelled',
        'running',
      ]);
    });

    it('interrupts once for one message, however often it is sent', async () => {
      const once = { key: 'k', fingerprint: 'f' };
      await begin(store());
      const first = await store().startRun(anna, second({ doubleTexting: 'interrupt', once }));
      const again = await store().startRun(anna, third({ doubleTexting: 'interrupt', once }));
      expect(again).toMatchObject({
        created: false,
        interrupted: [],
        run: { id: first.run.id, cancelRequested: false },
      });
    });
  });
}
