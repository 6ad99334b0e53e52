import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../../packages/server/src/model/index.ts';
import { NO_HOLDINGS, type StartRun } from '../../../packages/server/src/ports/index.ts';
import {
  anna,
  answered,
  begin,
  ben,
  command,
  delta,
  type InTest,
  operator,
  own,
  personOf,
  RUNNING,
  say,
  stranger,
  T0,
  uuid,
} from './kit.ts';

const DAY = 86_400_000;
const LATER = T0 + DAY;
const ALL = { limit: 100, offset: 0 };
const ODD = 'ünï\u2028 \\ "quotes"\n\u0000 \ud800 \u{1F9F6}';
const STEP: readonly NewEvent[] = [
  { type: 'step.started', at: T0 + 50, data: { stepId: 's1', kind: 'tool', name: 't', title: ODD } },
  { type: 'step.delta', at: T0 + 51, data: { stepId: 's1', text: ODD } },
  { type: 'step.completed', at: T0 + 52, data: { stepId: 's1', output: { [ODD]: [1.5, -0.1, 1e300, null, {}] } } },
];

/** Cases of the contract of `Store`: logs that are archived, which nobody can tell from others. */
export function archiveCases({ store }: InTest): void {
  /** A run of ten events that has ended, with two stretches of deltas. */
  const ended = (change: Partial<StartRun> = {}, scope = anna) =>
    answered(store(), change, { scope, words: ['a', ODD], more: STEP, context: { [ODD]: ODD } });

  /** All that can be read of a run and its thread, as text. */
  async function seen(runId: string, scope = anna): Promise<string[]> {
    const { lastSeq, threadId } = await store().readRun(scope, runId);
    const read: unknown[] = [];
    for (let after = 0; after <= lastSeq + 1; after += 1)
      for (const limit of [-1, 0, 1, 3, 1_000]) read.push(await store().readEvents(scope, runId, after, limit));
    read.push(await store().readMilestones(scope, runId), await store().readRun(scope, runId));
    read.push(await store().listRuns(scope, ALL), await store().listRunMessages(scope, runId));
    read.push(await store().listMessages(scope, threadId, ALL), await store().listThreads(scope, ALL));
    read.push(await store().measurePerson(personOf(scope)));
    return read.map((one) => JSON.stringify(one));
  }

  describe('archived logs', () => {
    it('are read as before, from every cursor, by whoever may', async () => {
      const { run } = await ended();
      const before = await seen(run.id);
      expect(await store().archiveRuns(T0 + 80, 10)).toEqual({ runs: 0, events: 0 });
      expect(await store().archiveRuns(T0 + 81, 10)).toEqual({ runs: 1, events: 10 });
      expect(await store().archiveRuns(LATER, 10)).toEqual({ runs: 0, events: 0 });
      expect(await seen(run.id)).toEqual(before);
      expect(await store().readEvents(operator, run.id, 8, 1)).toMatchObject([{ seq: 9, type: 'message.completed' }]);
      for (const scope of [ben, stranger]) {
        await expect(store().readEvents(scope, run.id, 0, 10)).rejects.toMatchObject({ code: 'run_not_found' });
        await expect(store().readMilestones(scope, run.id)).rejects.toMatchObject({ code: 'run_not_found' });
      }
    });

    it('are those of runs that have ended, the first ones first', async () => {
      for (const n of [1, 2, 3]) await ended(own(n));
      const works = await begin(store(), own(4));
      await store().append(works.lease, 2, [delta('x')], RUNNING);
      const waits = await begin(store(), own(5));
      const asked: NewEvent = { type: 'run.waiting', at: T0, data: { waitId: 'w', messageId: uuid('99') } };
      await store().append(waits.lease, 2, [asked], { status: 'waiting' });
      await store().startRun(anna, command(own(6)));
      expect(await store().archiveRuns(LATER, 2)).toEqual({ runs: 2, events: 20 });
      expect(await store().archiveRuns(LATER, 2)).toEqual({ runs: 1, events: 10 });
      expect(await store().archiveRuns(LATER, 2)).toEqual({ runs: 0, events: 0 });
      await store().append(works.lease, 3, [{ type: 'run.completed', at: T0 + 9, data: { context: {} } }], {
        status: 'completed',
      });
      expect(await store().answerRun(anna, waits.run.id, { id: uuid('61'), parts: [], at: T0 + 9 })).toMatchObject({
        status: 'queued',
        lastSeq: 4,
      });
      expect(await store().archiveRuns(LATER, 2)).toEqual({ runs: 1, events: 4 });
    });

    it('leave their thread as it is: the next run reads what was said, and is archived in its turn', async () => {
      const first = await ended();
      await store().archiveRuns(LATER, 10);
      const before = await store().readEvents(anna, first.run.id, 0, -1);
      const next = await ended({ runId: uuid('52'), message: say('And?'), thread: 'existing' });
      expect((await store().listMessages(anna, uuid('41'), ALL)).items).toHaveLength(4);
      const third = await begin(store(), { runId: uuid('53'), message: say('So?'), thread: 'existing' });
      expect((await store().readTurn(third.lease, 10)).history).toHaveLength(4);
      expect(await store().readLog(third.lease)).toHaveLength(2);
      expect(await store().archiveRuns(LATER, 10)).toEqual({ runs: 1, events: 10 });
      expect(await store().readEvents(anna, first.run.id, 0, -1)).toEqual(before);
      expect(await store().readEvents(anna, next.run.id, 0, -1)).toHaveLength(10);
    });

    it('are met in the middle by a reader who began before', async () => {
      const { run } = await ended();
      const whole = await store().readEvents(anna, run.id, 0, -1);
      const begun = await store().readEvents(anna, run.id, 0, 4);
      await store().archiveRuns(LATER, 10);
      expect([...begun, ...(await store().readEvents(anna, run.id, 4, -1))]).toEqual(whole);
    });

    it('are pruned like others: before, after, and never twice', async () => {
      const one = await ended();
      expect(await store().pruneDeltas(LATER, 10)).toEqual({ runs: 1, events: 3 });
      expect(await store().archiveRuns(LATER, 10)).toEqual({ runs: 1, events: 9 });
      const two = await ended({ ...own(2), message: say('Hello') });
      expect(await store().archiveRuns(LATER, 10)).toEqual({ runs: 1, events: 10 });
      expect(await store().pruneDeltas(LATER, 10)).toEqual({ runs: 1, events: 3 });
      expect(await store().pruneDeltas(LATER, 10)).toEqual({ runs: 0, events: 0 });
      const said = async ({ run, answer }: typeof one) => {
        const log = JSON.stringify(await store().readEvents(anna, run.id, 0, -1));
        const names = [run.id, run.threadId, run.messageId, answer.id];
        return names.reduce((text, id, n) => text.replaceAll(id, `id ${n}`), log);
      };
      expect(await said(two)).toBe(await said(one));
      expect(await said(one)).toContain('log.pruned');
      expect(await store().readRun(anna, two.run.id)).toMatchObject({ lastSeq: 10 });
      expect(await store().measurePerson(personOf(anna))).toMatchObject({ runs: 2, events: 18 });
    });

    it('go to another person with their thread', async () => {
      const { run } = await ended();
      await store().archiveRuns(LATER, 10);
      const before = await store().readEvents(anna, run.id, 0, -1);
      await store().moveThreads(anna, ben);
      expect(await store().readEvents(ben, run.id, 0, -1)).toEqual(before);
      await expect(store().readEvents(anna, run.id, 0, -1)).rejects.toMatchObject({ code: 'run_not_found' });
    });

    it('are counted and removed with their thread and their person', async () => {
      await ended();
      await ended(own(2));
      const kept = await ended(own(3), ben);
      expect(await store().archiveRuns(LATER, 10)).toEqual({ runs: 3, events: 30 });
      const hot = await ended({ runId: uuid('54'), message: say('more'), thread: 'existing' });
      await store().deleteThread(anna, uuid('42'));
      expect(await store().measurePerson(personOf(anna))).toMatchObject({ threads: 1, runs: 2, events: 20 });
      const threads = await store().threadsOf(personOf(anna), 10);
      const removed = await store().removeThreads(threads, null);
      expect(removed.counts).toMatchObject({ threads: 1, runs: 2, events: 20 });
      await store().scrub(removed.counts);
      for (const id of [uuid('51'), uuid('52'), hot.run.id])
        await expect(store().readEvents(anna, id, 0, -1)).rejects.toMatchObject({ code: 'run_not_found' });
      expect(await store().measurePerson(personOf(anna))).toEqual(NO_HOLDINGS);
      expect(await store().readEvents(ben, kept.run.id, 0, -1)).toHaveLength(10);
    });
  });
}
