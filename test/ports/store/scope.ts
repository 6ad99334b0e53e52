import { describe, expect, it } from 'vitest';
import type { Scope } from '../../../packages/server/src/model/index.ts';
import { begin, ben, type InTest, operator, stranger, uuid } from './kit.ts';

/** Cases of the contract of `Store`: scope. */
export function scopeCases({ store }: InTest): void {
  describe('scope', () => {
    it('hides everything from another user and another tenant, and shows an operator its tenant', async () => {
      const { run, message } = await begin(store());
      const { threadId } = run;
      for (const other of [ben, stranger, { ...stranger, audience: 'operator' } as Scope]) {
        await expect(store().readRun(other, run.id)).rejects.toMatchObject({ code: 'run_not_found' });
        await expect(store().readEvents(other, run.id, 0, 1)).rejects.toMatchObject({ code: 'run_not_found' });
        await expect(store().readMilestones(other, run.id)).rejects.toMatchObject({ code: 'run_not_found' });
        await expect(store().listRunMessages(other, run.id)).rejects.toMatchObject({ code: 'run_not_found' });
        await expect(
          store().requestCancel(other, run.id, { type: 'run.cancelled', at: 0, data: { reason: '' } }),
        ).rejects.toMatchObject({ code: 'run_not_found' });
        await expect(store().answerRun(other, run.id, { id: uuid('1'), parts: [], at: 0 })).rejects.toMatchObject({
          code: 'run_not_found',
        });
        await expect(store().readThread(other, threadId)).rejects.toMatchObject({ code: 'thread_not_found' });
        await expect(store().updateThread(other, threadId, { at: 0, title: 'x' })).rejects.toMatchObject({
          code: 'thread_not_found',
        });
        await expect(store().deleteThread(other, threadId)).rejects.toMatchObject({ code: 'thread_not_found' });
        await expect(store().listMessages(other, threadId, { limit: 1, offset: 0 })).rejects.toMatchObject({
          code: 'thread_not_found',
        });
        await expect(store().readMessage(other, threadId, message.id)).rejects.toMatchObject({
          code: 'thread_not_found',
        });
        await expect(store().updateMessage(other, threadId, message.id, { at: 0 })).rejects.toMatchObject({
          code: 'thread_not_found',
        });
        expect(await store().listRuns(other, { limit: 10, offset: 0 })).toEqual({ items: [], total: 0 });
        expect(await store().listThreads(other, { limit: 10, offset: 0 })).toEqual({ items: [], total: 0 });
      }
      expect((await store().readRun(operator, run.id)).id).toBe(run.id);
      expect((await store().listThreads(operator, { limit: 10, offset: 0 })).total).toBe(1);
    });
  });
}
