import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { answerTo, begin, say } from '../../../../test/ports/store/kit.ts';
import { createSweeper, type RetentionSettings, type Swept } from '../../src/engine/index.ts';
import type { NewEvent } from '../../src/model/index.ts';
import type { Store, StoredFile } from '../../src/ports/index.ts';
import { NO_HOLDINGS } from '../../src/ports/index.ts';
import { openSqlite } from '../../src/storage/sqlite/store.ts';
import { anna } from './kit.ts';

const DAY = 86_400_000;
const NOW = 1_800_000_000_000;
const KEEP: RetentionSettings = {
  threads: null,
  visitorThreads: null,
  deltas: null,
  archive: null,
  files: null,
  receipts: null,
};

function open(settings: Partial<RetentionSettings>, files: Partial<StoredFile>[] = []) {
  const { store } = openSqlite({ file: ':memory:' });
  onTestFinished(() => store.close());
  const swept: Swept[] = [];
  const removed: string[] = [];
  const clock = { now: () => NOW, id: randomUUID };
  const make = (other: Partial<Parameters<typeof createSweeper>[0]> = {}) =>
    createSweeper({
      store,
      clock,
      settings: { ...KEEP, ...settings },
      files: {
        async *list() {
          yield* files as StoredFile[];
        },
        remove: async (_owner, ids) => void removed.push(...ids),
      },
      onSwept: (one) => swept.push(one),
      onDefect: (error) => {
        throw error;
      },
      ...other,
    });
  const thread = (at: number, scope = anna) =>
    store.createThread(scope, { id: randomUUID(), title: 't', agentId: null, extra: {}, at });
  return { store, make, swept, removed, thread };
}

/** A run of five events, one of them a delta, that ended at `at`. */
async function ended(store: Store, at: number): Promise<void> {
  const ids = { runId: randomUUID(), threadId: randomUUID(), message: say('Hello') };
  const { lease, message } = await begin(store, { ...ids, thread: 'new' });
  const answer = { ...answerTo(message, 'Hi'), id: randomUUID() };
  const events: NewEvent[] = [
    { type: 'message.delta', at, data: { messageId: answer.id, part: 0, text: 'Hi' } },
    { type: 'message.completed', at, data: { message: answer } },
    { type: 'run.completed', at, data: { context: {} } },
  ];
  await store.append(lease, 2, events, { status: 'completed' });
}

const visitor = { ...anna, userId: randomUUID(), audience: 'visitor' as const };

test('removes what is older than it may be, by kind, and tells how much', async () => {
  const { store, make, swept, removed, thread } = open(
    { threads: 90 * DAY, visitorThreads: 30 * DAY, files: DAY, receipts: DAY },
    [
      { id: 'old', createdAt: NOW - 2 * DAY },
      { id: 'new', createdAt: NOW },
    ],
  );
  for (const scope of [anna, visitor]) for (const days of [1, 40, 100]) await thread(NOW - days * DAY, scope);
  await store.keepReceipt({ id: 'r', at: 0, counts: NO_HOLDINGS });
  const sweeper = make();
  const expected = { threads: 3, files: 1, receipts: 1, partitions: 0, deltas: 0 };
  expect(await sweeper.sweep()).toMatchObject(expected);
  expect(swept).toHaveLength(1);
  expect(removed).toEqual(['old']);
  const all = { limit: 9, offset: 0 };
  expect((await store.listThreads({ ...anna, audience: 'user' }, all)).total).toBe(2);
  expect((await store.listThreads(visitor, all)).total).toBe(1);
});

test('visitors have the time of all others unless they have their own; many go in many batches', async () => {
  const { make, thread } = open({ threads: DAY });
  for (let n = 0; n < 60; n += 1) await thread(NOW - 2 * DAY, n % 2 === 0 ? anna : visitor);
  expect(await make().sweep()).toMatchObject({ threads: 60 });
});

test('archives what is old after it was pruned, in many batches', async () => {
  const { store, make } = open({ deltas: DAY, archive: 2 * DAY });
  for (let n = 0; n < 25; n += 1) await ended(store, NOW - 3 * DAY);
  for (let n = 0; n < 2; n += 1) await ended(store, NOW - 1.5 * DAY);
  expect(await make().sweep()).toMatchObject({ deltas: 27, prunedRuns: 27, archivedEvents: 125, archivedRuns: 25 });
  expect(await make().sweep()).toMatchObject({ deltas: 0, prunedRuns: 0, archivedEvents: 0, archivedRuns: 0 });
});

test('looks after the store now and then in a round that takes long', async () => {
  const { store, make } = open({ archive: DAY });
  for (let n = 0; n < 25; n += 1) await ended(store, 0);
  let now = NOW;
  let maintained = 0;
  const maintain = async () => {
    maintained += 1;
    return 1;
  };
  const clock = {
    now() {
      now += 300_000;
      return now;
    },
    id: randomUUID,
  };
  const swept = await make({ store: { ...store, maintain }, clock }).sweep();
  expect(swept).toMatchObject({ archivedRuns: 25, partitions: maintained });
  expect(maintained).toBeGreaterThan(1);
});

test('removes nothing by default, and tells nobody', async () => {
  const { make, swept, thread } = open({});
  await thread(0);
  expect(await make().sweep()).toMatchObject({ threads: 0 });
  expect(swept).toEqual([]);
});

test('one of many sweeps at a time, and another one goes on when that has died', async () => {
  const { store, make, thread } = open({ threads: DAY });
  await thread(0);
  await store.writeSetting('sweeper', { worker: 'other', until: NOW + 1 });
  expect(await make().sweep()).toBeUndefined();
  await store.writeSetting('sweeper', { worker: 'dead', until: NOW - 1 });
  const both = await Promise.all([make().sweep(), make().sweep()]);
  expect(both.filter(Boolean)).toHaveLength(1);
  expect(await store.readSetting('sweeper')).toMatchObject({ until: 0 });
  expect(await make().sweep()).toMatchObject({ threads: 0 });
});

test('ends between two batches when it is told to', async () => {
  const { make, thread } = open({ threads: DAY });
  for (let n = 0; n < 60; n += 1) await thread(0);
  const sweeper = make();
  const round = sweeper.sweep();
  await sweeper.stop();
  expect((await round)?.threads ?? 0).toBeLessThan(60);
  expect(await sweeper.sweep()).toBeUndefined();
});
