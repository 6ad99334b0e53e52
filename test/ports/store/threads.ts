import { describe, expect, it } from 'vitest';
import { LeaseLost } from '../../../packages/server/src/ports/index.ts';
import { anna, begin, delta, type InTest, RUNNING, T0, uuid } from './kit.ts';

/** Cases of the contract of `Store`: threads and messages. */
export function threadCases({ store }: InTest): void {
  describe('threads and messages', () => {
    it('lists threads by their last change, in pages', async () => {
      for (const n of [1, 2, 3])
        await store().createThread(anna, { id: uuid(`4${n}`), title: `t${n}`, agentId: null, extra: {}, at: T0 + n });
      await store().updateThread(anna, uuid('41'), { title: 'first', at: T0 + 9 });
      const page = await store().listThreads(anna, { limit: 2, offset: 0 });
      expect(page.items.map(({ title }) => title)).toEqual(['first', 't3']);
      expect(page.total).toBe(3);
      expect((await store().listThreads(anna, { limit: 2, offset: 2 })).items.map(({ title }) => title)).toEqual([
        't2',
      ]);
      expect((await store().listThreads(anna, { limit: 2, offset: 0, agentId: uuid('0') })).total).toBe(0);
    });

    it('changes what it is told and nothing else', async () => {
      const { message } = await begin(store());
      const changed = await store().updateMessage(anna, message.threadId, message.id, {
        state: { feedback: { up: true } },
        at: T0 + 3,
      });
      expect(changed).toEqual({ ...message, state: { feedback: { up: true } }, updatedAt: T0 + 3 });
      expect(await store().readMessage(anna, message.threadId, message.id)).toEqual(changed);
      await expect(store().readMessage(anna, message.threadId, uuid('0'))).rejects.toMatchObject({
        code: 'message_not_found',
      });
    });

    it('deletes a thread with all that belongs to it', async () => {
      const { lease, run } = await begin(store(), { once: { key: 'k', fingerprint: 'f' } });
      await store().deleteThread(anna, run.threadId);
      await expect(store().readThread(anna, run.threadId)).rejects.toMatchObject({ code: 'thread_not_found' });
      await expect(store().readRun(anna, run.id)).rejects.toMatchObject({ code: 'run_not_found' });
      await expect(store().append(lease, 2, [delta('late')], RUNNING)).rejects.toBeInstanceOf(LeaseLost);
      expect((await begin(store(), { once: { key: 'k', fingerprint: 'other' } })).created).toBe(true);
    });
  });

  it('keeps settings', async () => {
    expect(await store().readSetting('x')).toBeUndefined();
    await store().writeSetting('x', { a: [1] });
    await store().writeSetting('x', { a: [2] });
    expect(await store().readSetting('x')).toEqual({ a: [2] });
    const kept = await Promise.all(['one', 'two', 'three'].map((value) => store().keepSetting('y', value)));
    expect(new Set([...kept, await store().readSetting('y')]).size).toBe(1);
    await store().check();
  });
}
