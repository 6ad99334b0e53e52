import { beforeEach, expect, it, onTestFinished } from 'vitest';
import type { RunEvent } from '../../packages/server/src/model/index.ts';
import type { Store } from '../../packages/server/src/ports/index.ts';
import { archivePostgres } from '../../packages/server/src/storage/postgres/archive.ts';
import { createDatabase, type Database } from '../../packages/server/src/storage/postgres/database.ts';
import { archiveRuns } from '../../packages/server/src/storage/postgres/operations/archive-runs.ts';
import { createStore } from '../../packages/server/src/storage/postgres/store.ts';
import { type TestDatabase, testDatabase } from '../kit/database.ts';
import { anna, begin, delta, end, own, say, T0, uuid } from '../ports/store/kit.ts';

const LATER = T0 + 86_400_000;
const IDLE = { users: LATER, visitors: null };
const KEEP = { users: null, visitors: null };

let test: TestDatabase;
let database: Database;
let store: Store;
beforeEach(async () => {
  // Of its own for each test: these drop partitions.
  test = await testDatabase();
  ({ database, store } = open());
});

function open() {
  const opened = createDatabase({ url: test.url, connections: 5, prepare: true });
  const made = createStore(opened);
  onTestFinished(() => made.close());
  return { database: opened, store: made };
}

/** A run of five events that has ended, in a thread of its own. */
async function ended(n: number): Promise<string> {
  const { run, lease } = await begin(store, own(n));
  await store.append(lease, 2, [delta(`a${n}`), delta(`b${n}`)], { status: 'running' });
  await end(store, lease, { seq: 4 });
  return run.id;
}

/** Makes as many of them, in order. */
async function several(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 1; n <= count; n += 1) ids.push(await ended(n));
  return ids;
}

const read = (from: Store, id: string) => from.readEvents(anna, id, 0, -1);
const texts = (logs: readonly (readonly RunEvent[])[]) => logs.map((log) => JSON.stringify(log));
const partitionsLeft = async () =>
  (await test.query(`SELECT 1 FROM pg_inherits WHERE inhparent = 'clew.events'::regclass`)).length;

it('archives each run once, whoever does it, while others read', async () => {
  const ids = await several(40);
  const other = open().store;
  const expected = texts(await Promise.all(ids.map((id) => read(store, id))));
  let done = false;
  const reading = (async () => {
    for (let round = 0; !done || round === 0; round += 1)
      expect(texts(await Promise.all(ids.map((id) => read(other, id))))).toEqual(expected);
  })();
  let runs = 0;
  let events = 0;
  for (;;) {
    const both = await Promise.all([store, other, store, other].map((one) => one.archiveRuns(LATER, 5)));
    runs += both.reduce((sum, one) => sum + one.runs, 0);
    events += both.reduce((sum, one) => sum + one.events, 0);
    if (both.every((one) => one.runs === 0)) break;
  }
  done = true;
  await reading;
  expect([runs, events]).toEqual([40, 200]);
  const counts = 'SELECT count(*)::int AS rows, sum(events)::int AS events FROM clew.archives';
  expect(await test.query(counts)).toEqual([{ rows: 40, events: 200 }]);
  expect(await test.query('SELECT 1 FROM clew.events')).toEqual([]);
  expect(texts(await Promise.all(ids.map((id) => read(store, id))))).toEqual(expected);
});

it('drops a partition when all of its logs are archived, though every thread is kept', async () => {
  const ids = await several(2);
  const expected = texts(await Promise.all(ids.map((id) => read(store, id))));
  await test.query(`SELECT setval('clew.runs_n_seq', 250000)`);
  await store.maintain(KEEP);
  const young = await ended(3);
  expect(await partitionsLeft()).toBe(3);
  expect(await store.archiveRuns(LATER, 1)).toMatchObject({ runs: 1 });
  expect(await store.maintain(KEEP)).toBe(0);
  expect(await store.archiveRuns(LATER, 1)).toMatchObject({ runs: 1 });
  expect(await store.maintain(KEEP)).toBe(1);
  expect(await partitionsLeft()).toBe(2);
  expect(texts(await Promise.all(ids.map((id) => read(store, id))))).toEqual(expected);
  expect(await read(store, young)).toHaveLength(5);
  // Its thread goes on, in a partition that is there.
  const next = await begin(store, { runId: uuid('59'), threadId: uuid('41'), message: say('on'), thread: 'existing' });
  await end(store, next.lease);
  expect(await read(store, next.run.id)).toHaveLength(3);
});

it('keeps a partition of which a run is about to come, and one with a run that goes on', async () => {
  await several(1);
  await store.archiveRuns(LATER, 1);
  await test.query(`SELECT setval('clew.runs_n_seq', 250000)`);
  await store.maintain(KEEP);
  await begin(store, { ...own(2), at: Date.now() });
  expect(await store.maintain(KEEP)).toBe(0);
  await test.query('UPDATE clew.runs SET created_at = created_at - 120000');
  await test.query(
    `UPDATE clew.runs SET archived_seq = NULL, status = 'waiting', ended_at = NULL WHERE id = '${uuid('51')}'`,
  );
  expect(await store.maintain(KEEP)).toBe(0);
  await test.query(`UPDATE clew.runs SET archived_seq = 5, status = 'completed' WHERE id = '${uuid('51')}'`);
  expect(await store.maintain(KEEP)).toBe(1);
});

it('does not drop a partition from which somebody is taking logs', async () => {
  const [id] = (await several(1)) as [string];
  const before = await read(store, id);
  await test.query(`SELECT setval('clew.runs_n_seq', 250001)`);
  await store.maintain(KEEP);
  await database.transaction(async (session) => {
    expect(await archiveRuns(session, LATER, 1)).toMatchObject({ events: 5 });
    // By its thread it could go.
    expect(await store.maintain(IDLE)).toBe(0);
  });
  expect(await store.maintain(IDLE)).toBe(1);
  expect(await read(open().store, id)).toEqual(before);
});

it('exports what there was at one moment, though it is archived and its partition wanted away meanwhile', async () => {
  await several(3);
  await test.query(`SELECT setval('clew.runs_n_seq', 250001)`);
  await store.maintain(KEEP);
  await store.archiveRuns(LATER, 1);
  /** The moment is fixed by the first SELECT: right after it everybody else goes on. */
  const disturbed: Database = {
    ...database,
    transaction: (work) =>
      database.transaction((session) =>
        work({
          ...session,
          async row(sql, ...values) {
            const row = await session.row(sql, ...values);
            if (!sql.includes('clew.settings')) return row;
            expect(await store.archiveRuns(LATER, 10)).toMatchObject({ runs: 2 });
            expect(await store.maintain(KEEP)).toBe(0);
            return row;
          },
        }),
      ),
  };
  await archivePostgres(disturbed, async (archive) => {
    const events: unknown[] = [];
    for await (const { table, columns, rows } of archive.rows()) {
      expect(columns).not.toContain('archived_seq');
      if (table === 'events') events.push(...rows);
    }
    expect(events).toHaveLength(15);
    expect(archive.counts.events).toBe(15);
  });
  expect(await store.maintain(KEEP)).toBe(1);
});

it('tells the reader of a damaged log, and of one that is gone, and nobody else', async () => {
  const ids = (await several(3)) as [string, string, string];
  await store.archiveRuns(LATER, 10);
  const ofRun = (id: string) => `WHERE run_n = (SELECT n FROM clew.runs WHERE id = '${id}')`;
  await test.query(`UPDATE clew.archives SET log = '\\x01ff00' ${ofRun(ids[0])}`);
  await test.query(`DELETE FROM clew.archives ${ofRun(ids[1])}`);
  const [damaged, gone, whole] = await Promise.allSettled(ids.map((id) => read(store, id)));
  for (const one of [damaged, gone])
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'database_unusable' } });
  expect(whole).toMatchObject({ status: 'fulfilled', value: { length: 5 } });
  await expect(store.readMilestones(anna, ids[0])).rejects.toMatchObject({ code: 'database_unusable' });
  expect(await store.pruneDeltas(LATER, 10)).toMatchObject({ runs: 3 });
});

it('has done with a run of which no log is left', async () => {
  const [id] = (await several(1)) as [string];
  await test.query('DELETE FROM clew.events');
  expect(await store.archiveRuns(LATER, 10)).toEqual({ runs: 1, events: 0 });
  expect(await store.archiveRuns(LATER, 10)).toEqual({ runs: 0, events: 0 });
  expect(await read(store, id)).toEqual([]);
  expect(await store.readMilestones(anna, id)).toEqual([]);
  expect(await store.readRun(anna, id)).toMatchObject({ lastSeq: 0 });
});
