import { describe, expect, it } from 'vitest';
import {
  anna,
  answerTo,
  begin,
  ben,
  command,
  delta,
  type InTest,
  operator,
  RUNNING,
  say,
  stranger,
  T0,
  uuid,
  visitor,
} from './kit.ts';

/** Cases of the contract of `Store`: a person's threads go to another. */
export function moveThreadsCases({ store }: InTest): void {
  describe('moving threads', () => {
    it('gives all of them away, with runs and messages, and leaves nothing behind', async () => {
      const { run, message, lease } = await begin(store(), {}, visitor);
      const answer = { ...answerTo(message, 'Hi'), runId: run.id };
      const done = { type: 'run.completed', at: T0 + 2, data: { context: {} } } as const;
      await store().append(lease, 2, [{ type: 'message.completed', at: T0 + 1, data: { message: answer } }, done], {
        status: 'completed',
      });
      await begin(store(), { runId: uuid('52'), threadId: uuid('42'), message: say('More') }, visitor);
      expect(await store().moveThreads(visitor, anna)).toBe(2);

      expect(await store().readThread(anna, run.threadId)).toMatchObject({ userId: anna.userId, userName: 'anna' });
      expect((await store().listThreads(anna, { limit: 10, offset: 0 })).total).toBe(2);
      expect(await store().readRun(anna, run.id)).toMatchObject({ userId: anna.userId, userName: 'anna' });
      expect(await store().readEvents(anna, run.id, 0, 10)).toHaveLength(4);
      const { items } = await store().listMessages(anna, run.threadId, { limit: 10, offset: 0 });
      expect(items.map(({ userName }) => userName)).toEqual(['anna', 'anna']);

      expect((await store().listThreads(visitor, { limit: 10, offset: 0 })).total).toBe(0);
      expect((await store().listRuns(visitor, { limit: 10, offset: 0 })).total).toBe(0);
      await expect(store().readThread(visitor, run.threadId)).rejects.toMatchObject({ code: 'thread_not_found' });
      await expect(store().readEvents(visitor, run.id, 0, 10)).rejects.toMatchObject({ code: 'run_not_found' });
      expect((await store().listThreads(operator, { limit: 10, offset: 0 })).total).toBe(2);
    });

    it('leaves a run to its worker, and shows the new owner what it does', async () => {
      const { run, lease } = await begin(store(), {}, visitor);
      await store().moveThreads(visitor, anna);
      await store().append(lease, 2, [delta('Hi')], RUNNING);
      expect((await store().readEvents(anna, run.id, 2, 10)).map(({ type }) => type)).toEqual(['message.delta']);
      await expect(store().readEvents(visitor, run.id, 2, 10)).rejects.toMatchObject({ code: 'run_not_found' });
    });

    it('takes what was sent along: the same key leads to the same run', async () => {
      const sent = command({ once: { key: 'k', fingerprint: 'f' } });
      const { run } = await store().startRun(visitor, sent);
      await store().moveThreads(visitor, anna);
      const again = await store().startRun(anna, { ...sent, runId: uuid('53') });
      expect([again.created, again.run.id]).toEqual([false, run.id]);
    });

    it('keeps the key of the one who gets them, where both have used it', async () => {
      const once = { key: 'k', fingerprint: 'f' };
      const own = await store().startRun(anna, command({ once }));
      const theirs = { runId: uuid('52'), threadId: uuid('42'), message: say('Hello'), once };
      await store().startRun(visitor, command(theirs));
      expect(await store().moveThreads(visitor, anna)).toBe(1);
      const again = await store().startRun(anna, command({ runId: uuid('53'), once }));
      expect([again.created, again.run.id]).toEqual([false, own.run.id]);
    });

    it('touches nobody else, and no other tenant', async () => {
      const { run } = await begin(store(), {}, ben);
      expect(await store().moveThreads(visitor, anna)).toBe(0);
      expect(await store().moveThreads(ben, { ...stranger, userId: anna.userId })).toBe(0);
      expect(await store().moveThreads(ben, ben)).toBe(0);
      expect((await store().readThread(ben, run.threadId)).userName).toBe('ben');
    });
  });
}
