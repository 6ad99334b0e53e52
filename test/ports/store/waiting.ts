import { describe, expect, it } from 'vitest';
import type { NewEvent, WaitEnd } from '../../../packages/server/src/model/index.ts';
import type { StartRun } from '../../../packages/server/src/ports/index.ts';
import { anna, answerTo, begin, ben, claim, command, type InTest, say, T0, uuid } from './kit.ts';

/** Cases of the contract of `Store`: waiting and cancelling. */
export function waitingCases({ store }: InTest): void {
  describe('waiting and cancelling', () => {
    const wait = async (change: Partial<StartRun> = {}, expires?: WaitEnd) => {
      const begun = await begin(store(), change);
      const asked = { ...answerTo(begun.message, 'Which?'), id: uuid(`9${begun.run.id.slice(-3)}`) };
      const events: NewEvent[] = [
        { type: 'message.completed', at: T0 + 1, data: { message: { ...asked, interrupt: true } } },
        {
          type: 'run.waiting',
          at: T0 + 1,
          data: { waitId: 'w1', messageId: asked.id, ...(expires ? { expires } : {}) },
        },
      ];
      await store().append(begun.lease, 2, events, { status: 'waiting' });
      return { ...begun, asked };
    };
    const cancelled = { type: 'run.cancelled', at: T0 + 9, data: { reason: 'requested' } } as const;

    it('holds no lease while it waits, and queues the run with its answer', async () => {
      const { run, asked } = await wait();
      expect(await store().claimRun(claim, T0 + 99_999)).toBeUndefined();
      const answered = await store().answerRun(anna, run.id, { id: uuid('71'), parts: say('this').parts, at: T0 + 2 });
      expect(answered).toMatchObject({ status: 'queued', lastSeq: 5 });
      const [event] = await store().readEvents(anna, run.id, 4, 10);
      expect(event).toMatchObject({
        type: 'run.resumed',
        data: { waitId: 'w1', answer: { id: uuid('71'), parentId: asked.id, role: 'user' } },
      });
      expect(await store().claimRun(claim, T0 + 3)).toMatchObject({ epoch: 2, run: { id: run.id } });
    });

    it('does not begin to wait once somebody has cancelled the run', async () => {
      const { lease, message } = await begin(store());
      await store().requestCancel(anna, lease.run.id, cancelled);
      const asked = answerTo(message, 'Which?');
      const events: NewEvent[] = [
        { type: 'message.completed', at: T0 + 9, data: { message: { ...asked, interrupt: true } } },
        { type: 'run.waiting', at: T0 + 9, data: { waitId: 'w1', messageId: asked.id } },
      ];
      await store().append(lease, 2, events, { status: 'waiting' });
      expect(await store().readRun(anna, lease.run.id)).toMatchObject({ status: 'cancelled', endedAt: T0 + 9 });
      expect((await store().readEvents(anna, lease.run.id, 3, 10)).map(({ type }) => type)).toEqual(['run.cancelled']);
    });

    it('ends runs that waited too long, and no others', async () => {
      const event = { type: 'run.failed', at: T0 + 9, data: { error: { code: 'c', message: 'm' } } } as const;
      const { run, asked } = await wait();
      await begin(store(), { runId: uuid('52'), threadId: uuid('42'), message: say('works') });
      expect(await store().expireWaits(T0 + 1, event)).toEqual([]);
      expect(await store().expireWaits(T0 + 2, event)).toEqual([{ runId: run.id, status: 'failed' }]);
      expect(await store().expireWaits(T0 + 2, event)).toEqual([]);
      const { error } = event.data;
      expect(await store().readRun(anna, run.id)).toMatchObject({ status: 'failed', error, endedAt: T0 + 9 });
      expect((await store().readEvents(anna, run.id, 4, 10)).map(({ type }) => type)).toEqual(['run.failed']);
      const answer = store().answerRun(anna, run.id, { id: uuid('71'), parts: [], at: T0 + 10 });
      await expect(answer).rejects.toMatchObject({ code: 'run_not_waiting' });
      expect(await store().measureAgent(anna, run.agentId, 9)).toEqual({ completed: 0, failed: 1, averageMs: 9 });
      expect((await store().findMessage(anna, asked.id)).interrupt).toBe(true);
      await expect(store().findMessage(ben, asked.id)).rejects.toMatchObject({ code: 'message_not_found' });
    });

    it('ends a question at its own end, once, whatever holds for others', async () => {
      const event = { type: 'run.failed', at: T0 + 50, data: { error: { code: 'c', message: 'm' } } } as const;
      const { run, asked } = await wait({}, { at: T0 + 50, action: 'resume' });
      const other = { runId: uuid('52'), threadId: uuid('42'), message: say('other'), spareMessageId: uuid('92') };
      const failing = await wait(other, { at: T0 + 60, action: 'fail' });
      expect(await store().expireWaits(T0 + 99, { ...event, at: T0 + 49 })).toEqual([]);
      const calls = await Promise.all([store().expireWaits(null, event), store().expireWaits(null, event)]);
      expect(calls.flat()).toEqual([{ runId: run.id, status: 'queued' }]);
      const [resumed] = await store().readEvents(anna, run.id, 4, 10);
      expect(resumed).toMatchObject({
        type: 'run.resumed',
        at: T0 + 50,
        data: { waitId: 'w1', answer: { id: asked.id, expired: true, parts: [], parentId: asked.id } },
      });
      const { items } = await store().listMessages(anna, run.threadId, { limit: 10, offset: 0 });
      expect(items.map(({ role }) => role)).toEqual(['user', 'assistant']);
      const late = store().answerRun(anna, run.id, { id: uuid('71'), parts: [], at: T0 + 51 });
      await expect(late).rejects.toMatchObject({ code: 'run_not_waiting' });
      expect(await store().claimRun(claim, T0 + 51)).toMatchObject({ epoch: 2, run: { id: run.id, lastSeq: 6 } });
      const failed = await store().expireWaits(null, { ...event, at: T0 + 60 });
      expect(failed).toEqual([{ runId: failing.run.id, status: 'failed' }]);
      expect(await store().readRun(anna, failing.run.id)).toMatchObject({ status: 'failed', error: { code: 'c' } });
    });

    it('takes an answer to the question that is asked, and not to another one', async () => {
      const { run } = await wait();
      const answer = (waitId: string) =>
        store().answerRun(anna, run.id, { id: uuid('71'), parts: [], at: T0 + 2, waitId });
      await expect(answer('w2')).rejects.toMatchObject({ code: 'run_not_waiting' });
      expect(await answer('w1')).toMatchObject({ status: 'queued' });
    });

    it('takes one of two simultaneous answers', async () => {
      const { run } = await wait();
      const answers = await Promise.allSettled(
        ['71', '72'].map((id) => store().answerRun(anna, run.id, { id: uuid(id), parts: say(id).parts, at: T0 + 2 })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(answers.find((answer) => answer.status === 'rejected')).toMatchObject({
        reason: { code: 'run_not_waiting' },
      });
    });

    it('answers by a send on the thread, once for one key', async () => {
      const { run } = await wait();
      const send = (id: string) =>
        store().startRun(
          anna,
          command({
            runId: uuid(id),
            threadId: run.threadId,
            message: say('this'),
            spareMessageId: uuid(`9${id}`),
            answerWaiting: true,
            claim,
            once: { key: 'a', fingerprint: 'f' },
          }),
        );
      expect(await send('52')).toMatchObject({
        created: true,
        lease: null,
        after: 4,
        run: { id: run.id, status: 'queued' },
      });
      expect(await send('53')).toMatchObject({ created: false, after: 4, run: { id: run.id } });
      expect((await store().listRuns(anna, { limit: 10, offset: 0 })).total).toBe(1);
    });

    it('ends a run at once that nobody works on', async () => {
      const { run } = await wait();
      expect(await store().requestCancel(anna, run.id, cancelled)).toMatchObject({ status: 'cancelled', lastSeq: 5 });
      await expect(store().requestCancel(anna, run.id, cancelled)).rejects.toMatchObject({ code: 'run_ended' });
      await expect(store().answerRun(anna, run.id, { id: uuid('71'), parts: [], at: T0 })).rejects.toMatchObject({
        code: 'run_not_waiting',
      });
    });

    it('marks a run that is worked on, for its worker and the next one', async () => {
      const { lease } = await begin(store());
      expect(await store().requestCancel(anna, lease.run.id, cancelled)).toMatchObject({
        status: 'running',
        cancelRequested: true,
      });
      expect(await store().renew([lease], T0 + 1)).toEqual({ lost: [], cancelled: [lease.run.id] });
      await store().release([lease]);
      expect(await store().claimRun(claim, T0 + 2)).toMatchObject({ run: { cancelRequested: true } });
    });
  });
}
