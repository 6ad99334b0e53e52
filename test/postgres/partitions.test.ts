import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Store } from '../../packages/server/src/ports/index.ts';
import { createDatabase, type Database } from '../../packages/server/src/storage/postgres/database.ts';
import { migrate, readMigrations } from '../../packages/server/src/storage/postgres/migrate.ts';
import { makeAhead, partitions } from '../../packages/server/src/storage/postgres/partitions.ts';
import { createStore } from '../../packages/server/src/storage/postgres/store.ts';
import { type TestDatabase, testDatabase } from '../kit/database.ts';
import { anna, begin, delta, own, RUNNING, T0, uuid } from '../ports/store/kit.ts';

const DAY = 86_400_000;
const IDLE = { users: T0 + DAY, visitors: null };
const KEEP = { users: null, visitors: null };
const DONE = { type: 'run.completed', at: T0 + 5, data: { context: {} } } as const;

let test: TestDatabase;
let database: Database;
let store: Store;
beforeEach(async () => {
  // Of its own for each test: these change tables.
  test = await testDatabase();
  database = createDatabase({ url: test.url, connections: 3, prepare: true });
  store = createStore(database);
  onTestFinished(() => store.close());
});

const setNumber = (n: number) => test.query(`SELECT setval('clew.runs_n_seq', ${n})`);
const bounds = async () => (await partitions(database)).map(({ from, to }) => [from, to]);
const tableOf = async (runId: string) =>
  (
    await test.query<{ name: string }>(
      `SELECT DISTINCT relname AS name FROM clew.events JOIN pg_class ON pg_class.oid = events.tableoid JOIN clew.runs ON runs.n = run_n WHERE runs.id = '${runId}'`,
    )
  ).map(({ name }) => name);

async function run(n: string, at = T0): Promise<string> {
  const { run: made, lease } = await begin(store, { ...own(n), at });
  await store.append(lease, 2, [delta('x'), DONE], { status: 'completed' });
  return made.id;
}

describe('partitions of the log', () => {
  it('are made of what was there', async () => {
    const old = await testDatabase('nothing');
    const before = createDatabase({ url: old.url, connections: 1, prepare: true });
    const migrations = readMigrations();
    const partitioned = migrations.findIndex(({ name }) => name.endsWith('_partitions'));
    await migrate(before, migrations.slice(0, partitioned));
    await old.query(`INSERT INTO clew.events SELECT n, 1, 'run.created', 0, '{}' FROM generate_series(1, 1000) AS n`);
    await old.query(`SELECT setval('clew.runs_n_seq', 1000)`);
    await migrate(before, migrations);
    expect((await partitions(before)).map(({ name, from, to }) => [name, from, to])).toEqual([
      ['events_0', null, 251_001],
    ]);
    expect(await old.query('SELECT count(*)::int AS n FROM clew.events_0')).toEqual([{ n: 1000 }]);
    await expect(old.query(`INSERT INTO clew.events VALUES (7, 1, 'x', 0, '{}')`)).rejects.toThrow(/events_0_pkey/);
    await before.close();
  });

  it('are made ahead, larger when they fill up quickly, smaller when slowly', async () => {
    expect(await bounds()).toEqual([[null, 250_001]]);
    expect(await store.maintain(KEEP)).toBe(0);
    expect(await bounds()).toEqual([[null, 250_001]]);
    await run('1');
    await setNumber(1_000);
    await run('2', T0 + 70 * DAY);
    await store.maintain(KEEP);
    expect(await bounds()).toEqual([
      [null, 250_001],
      [250_001, 375_001],
    ]);
    await setNumber(250_005);
    await run('3', T0 + 70 * DAY);
    await run('4', T0 + 70 * DAY + 1_000);
    await store.maintain(KEEP);
    expect((await bounds()).slice(1)).toEqual([
      [250_001, 375_001],
      [375_001, 625_001],
    ]);
    expect(await tableOf(uuid('53'))).toEqual(['events_250001']);
    expect(await store.readEvents(anna, uuid('53'), 0, -1)).toHaveLength(4);
  });

  it('leave room for runs that nobody had made one for, and go on behind them', async () => {
    await setNumber(300_000);
    const stray = await run('1');
    expect(await tableOf(stray)).toEqual(['events_rest']);
    await store.maintain(KEEP);
    // The first one, which nothing is in, is gone.
    expect((await bounds()).map(([from]) => from)).toEqual([300_002]);
    expect(await tableOf(await run('2'))).toEqual(['events_300002']);
    expect(await store.readEvents(anna, stray, 0, -1)).toHaveLength(4);
  });

  it('are made again when somebody analysed them while they were empty', async () => {
    await run('1');
    await setNumber(1_000);
    await run('2', T0 + 2 * DAY);
    await store.maintain(KEEP);
    const known = async () =>
      (await test.query(`SELECT reltuples FROM pg_class WHERE relname = 'events_250001'`)) as { reltuples: number }[];
    expect(await known()).toEqual([{ reltuples: -1 }]);
    await test.query('VACUUM ANALYZE clew.events_250001');
    expect(await known()).toEqual([{ reltuples: 0 }]);
    await store.maintain(KEEP);
    expect(await known()).toEqual([{ reltuples: -1 }]);
    expect((await bounds()).length).toBe(2);
  });

  it('refuse a second event at the same place, whichever they are', async () => {
    const { lease } = await begin(store);
    await store.append(lease, 2, [delta('a')], RUNNING);
    await expect(store.append(lease, 2, [delta('b')], RUNNING)).rejects.toMatchObject({ name: 'LeaseLost' });
  });

  it('are dropped as a whole when nothing in them is kept', async () => {
    const old = await run('1');
    await setNumber(250_000);
    await database.transaction((session) => makeAhead(session));
    const young = await run('2');
    const alive = await begin(store, own(3));
    await store.updateThread(anna, uuid('42'), { title: 'x', at: T0 + 2 * DAY });
    expect(await store.maintain(KEEP)).toBe(0);
    expect(await store.maintain(IDLE)).toBe(1);
    expect((await bounds())[0]?.[0]).toBe(250_001);
    // What was in it goes with its thread; what is kept is as it was.
    expect(await store.readEvents(anna, old, 0, -1)).toEqual([]);
    const { threads } = await store.idleThreads(IDLE, 0);
    expect((await store.removeThreads(threads, IDLE)).counts).toMatchObject({ threads: 1, runs: 1, events: 0 });
    expect(await store.readEvents(anna, young, 0, -1)).toHaveLength(4);
    await store.append(alive.lease, 2, [DONE], { status: 'completed' });
  });

  it('stay while a run of them goes on, or one of their threads is kept', async () => {
    await begin(store);
    await setNumber(400_000);
    await store.maintain(IDLE);
    expect((await bounds())[0]).toEqual([null, 250_001]);
    const { lease } = { lease: (await store.claimRun({ worker: 'v', ttlMs: 9 }, T0 + 5_000)) as never };
    await store.append(lease, 3, [DONE], { status: 'completed' });
    await store.updateThread(anna, uuid('41'), { title: 'x', at: T0 + 2 * DAY });
    expect(await store.maintain(IDLE)).toBe(0);
    await store.deleteThread(anna, uuid('41'));
    expect(await store.maintain(KEEP)).toBe(1);
  });
});
