import { describe, expect, it } from 'vitest';
import { type NewEvent, PROGRESS } from '../../../packages/server/src/model/index.ts';
import { LeaseLost } from '../../../packages/server/src/ports/index.ts';
import { anna, answerTo, begin, delta, type InTest, RUNNING, T0, uuid } from './kit.ts';

/** Cases of the contract of `Store`: append. */
export function appendCases({ store }: InTest): void {
  describe('append', () => {
    it('numbers events without gaps and refuses a wrong place', async () => {
      const { lease } = await begin(store());
      await store().append(lease, 2, [delta('a'), delta('b')], RUNNING);
      await expect(store().append(lease, 3, [delta('c')], RUNNING)).rejects.toBeInstanceOf(LeaseLost);
      await store().append(lease, 4, [delta('c')], RUNNING);
      expect((await store().readEvents(anna, lease.run.id, 2, 10)).map(({ seq }) => seq)).toEqual([3, 4, 5]);
      expect((await store().readEvents(anna, lease.run.id, 2, 2)).map(({ seq }) => seq)).toEqual([3, 4]);
    });

    it('stores completed messages with the end, and closes the log', async () => {
      const { lease, message } = await begin(store());
      const answer = answerTo(message, 'Hi');
      const end: NewEvent[] = [
        { type: 'message.completed', at: T0 + 5, data: { message: answer } },
        { type: 'run.completed', at: T0 + 5, data: { context: {} } },
      ];
      await store().append(lease, 2, end, { status: 'completed' });
      expect(await store().listRunMessages(anna, lease.run.id)).toEqual([answer]);
      expect(await store().readRun(anna, lease.run.id)).toMatchObject({
        status: 'completed',
        endedAt: T0 + 5,
        lastSeq: 4,
      });
      await expect(store().append(lease, 4, [delta('late')], RUNNING)).rejects.toBeInstanceOf(LeaseLost);
      expect((await store().readThread(anna, message.threadId)).updatedAt).toBe(T0 + 5);
    });

    it('gives the log with and without what only shows how things grow, while it grows and when it is old', async () => {
      const { lease, run, message } = await begin(store());
      const messageId = uuid('91');
      const at = T0 + 1;
      const grown: NewEvent[] = [
        { type: 'step.started', at, data: { stepId: 's1', kind: 'tool', name: 'look', title: 'Looking' } },
        { type: 'step.delta', at, data: { stepId: 's1', text: 'still' } },
        { type: 'step.completed', at, data: { stepId: 's1' } },
        { type: 'message.started', at, data: { messageId } },
        ...Array.from({ length: 20 }, (_, n) => delta(`${n} `)),
        { type: 'message.part', at, data: { messageId, part: 1, value: { type: 'text', text: 'x' } } },
      ];
      const end: NewEvent[] = [
        { type: 'message.completed', at, data: { message: answerTo(message, 'all of it') } },
        { type: 'run.completed', at, data: { context: {} } },
      ];
      const compare = async (last: string) => {
        const whole = await store().readEvents(anna, run.id, 0, -1);
        const expected = whole.filter(({ type }) => !PROGRESS.has(type));
        expect(await store().readMilestones(anna, run.id)).toEqual(expected);
        expect(expected.at(-1)?.type).toBe(last);
      };
      await compare('run.started');
      await store().append(lease, 2, grown, RUNNING);
      await compare('message.started');
      await store().append(lease, 2 + grown.length, end, { status: 'completed' });
      await compare('run.completed');
    });

    it('remembers why a run failed', async () => {
      const { lease } = await begin(store());
      const error = { code: 'invalid_input', message: 'no' };
      await store().append(lease, 2, [{ type: 'run.failed', at: T0 + 1, data: { error } }], { status: 'failed' });
      expect(await store().readRun(anna, lease.run.id)).toMatchObject({ status: 'failed', error });
    });

    it('keeps the text exactly, whatever it holds', async () => {
      const { lease } = await begin(store());
      const odd = 'ünï\u2028\u0085 "quotes" \\ \u{1F9F6} \u0007';
      await store().append(lease, 2, [delta(odd)], RUNNING);
      expect((await store().readEvents(anna, lease.run.id, 2, 1))[0]?.data).toMatchObject({ text: odd });
    });
  });
}
