import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { LeaseLost, type Store } from '../../packages/server/src/ports/index.ts';
import { createDatabase } from '../../packages/server/src/storage/postgres/database.ts';
import { createStore } from '../../packages/server/src/storage/postgres/store.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { until } from '../kit/until.ts';
import { anna, answerTo, begin, command, delta, end, RUNNING, say, T0, uuid, visitor } from './store/kit.ts';

/** What happens between two statements of a transaction: somebody in the test holds a row that the second one waits for. */

let database: TestDatabase;
let store: Store;
let held: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.empty();
  store = createStore(createDatabase({ url: database.url, connections: 6, prepare: true }));
  held = new pg.Client({ connectionString: database.url });
  await held.connect();
});
afterEach(async () => {
  await held.end();
  await store.close();
});

/** Begins a transaction that holds some rows. */
async function hold(sql: string, ...values: unknown[]): Promise<void> {
  await held.query('BEGIN');
  await held.query(`${sql} FOR UPDATE`, values);
}

/** Resolves when a statement with these words, among its first, waits for a row, or `done` says that none will. */
async function waiting(words: string, done: () => boolean = () => false): Promise<void> {
  const waits = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND strpos(query, $1) > 0`;
  await until(async () => (await database.query(waits, words)).length > 0 || done());
}

/** Resolves when somebody waits for what this one holds. */
async function waitingFor(holder: pg.Client): Promise<void> {
  const { rows } = await holder.query('SELECT pg_backend_pid() AS pid');
  const blocked = 'SELECT 1 FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))';
  await until(async () => (await database.query(blocked, rows[0].pid)).length > 0);
}

describe('a message for a thread in which another run has just begun', () => {
  it('does not stand in the way of that run’s worker', async () => {
    const { run } = await begin(store);
    await hold('SELECT 1 FROM clew.runs WHERE id = $1', run.id);
    const sent = store.startRun(
      anna,
      command({ runId: uuid('53'), message: say('third'), spareMessageId: uuid('73') }),
    );
    await waitingFor(held);
    const columns = `tenant_id, user_id, user_name, thread_id, agent_id, agent_name, status, message_id, context, options,
      inputs, epoch, worker, lease_until, created_at`;
    await database.query(
      `INSERT INTO clew.runs (id, ${columns}) SELECT $1, ${columns} FROM clew.runs WHERE id = $2`,
      uuid('52'),
      run.id,
    );
    const worker = new pg.Client({ connectionString: database.url });
    await worker.connect();
    await worker.query('BEGIN');
    await worker.query('SELECT 1 FROM clew.runs WHERE id = $1 FOR NO KEY UPDATE', [uuid('52')]);
    await held.query('COMMIT');
    await waitingFor(worker);
    await worker.query(`SET LOCAL lock_timeout = '500ms'`);
    await worker.query('SELECT 1 FROM clew.threads WHERE id = $1 FOR NO KEY UPDATE', [run.threadId]);
    await worker.query('COMMIT');
    await worker.end();
    expect(await sent).toMatchObject({ created: true, run: { status: 'queued' } });
    expect(await database.query('SELECT id FROM clew.runs WHERE followed')).toEqual([{ id: uuid('52') }]);
  });
});

describe('a thread that is deleted while somebody begins a run in it', () => {
  it('leaves nothing of that run behind', async () => {
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    const old = await begin(store, { once: { key: 'k', fingerprint: 'f' } });
    await end(store, old.lease);
    const { threadId } = old.run;
    await hold('SELECT 1 FROM clew.threads WHERE id = $1', threadId);
    await other.query('BEGIN');
    await other.query('SELECT 1 FROM clew.sent FOR UPDATE');
    const begun = begin(store, { runId: uuid('52'), message: say('again'), spareMessageId: uuid('72') });
    await waitingFor(held);
    const deleted = store.deleteThread(anna, threadId);
    // It has looked for runs by now, and found the old one alone.
    await waiting('FROM clew.threads WHERE id = $1 AND');
    await held.query('COMMIT');
    const { lease } = await begun;
    await waitingFor(other);
    let isSettled = false;
    const written = store.append(lease, 2, [delta('a')], RUNNING).then(
      () => 'written',
      (error) => error,
    );
    written.finally(() => {
      isSettled = true;
    });
    await waiting('AS job (k, run_id', () => isSettled);
    await other.query('COMMIT');
    await other.end();
    await deleted;
    const outcome = await written;
    expect(await database.query('SELECT run_n, seq FROM clew.events')).toEqual([]);
    expect(outcome).toBeInstanceOf(LeaseLost);
    expect(await database.query('SELECT id FROM clew.runs')).toEqual([]);
  });
});

describe('threads that are given to somebody while their old owner goes on', () => {
  it('leave the keys of what is new to it', async () => {
    await begin(store, {}, visitor);
    await hold('SELECT 1 FROM clew.messages');
    const moved = store.moveThreads(visitor, anna);
    await waitingFor(held);
    const sent = {
      threadId: uuid('42'),
      message: say('new'),
      spareMessageId: uuid('72'),
      once: { key: 'k', fingerprint: 'f' },
    };
    const first = await store.startRun(visitor, command({ ...sent, runId: uuid('52') }));
    await held.query('COMMIT');
    expect(await moved).toBe(1);
    const again = await store.startRun(visitor, command({ ...sent, runId: uuid('53') }));
    expect(again).toMatchObject({ created: false, run: { id: first.run.id } });
  });
});

describe('statements that stand in each other’s way', () => {
  it('are done again', async () => {
    const first = await begin(store);
    const second = await begin(store, { runId: uuid('52'), threadId: uuid('42'), message: say('other') });
    const address = new URL(database.url);
    address.searchParams.set('options', '-c deadlock_timeout=3s');
    const told = createStore(createDatabase({ url: address.href, connections: 1, prepare: true }));
    onTestFinished(() => told.close());
    // The other one is told of the deadlock, and not before there is one: it looks once, this one so late that it never does.
    await held.query(`SET deadlock_timeout = '1h'`);
    await hold('SELECT 1 FROM clew.runs WHERE id = $1', second.run.id);
    const renewed = told.renew([first.lease, second.lease], T0 + 1);
    await waitingFor(held);
    const got = held.query('SELECT 1 FROM clew.runs WHERE id = $1 FOR UPDATE', [first.run.id]);
    await got.then(() => held.query('COMMIT'));
    expect(await renewed).toEqual({ lost: [], cancelled: [] });
  });
});

describe('messages', () => {
  it('are in the order in which they can be seen', async () => {
    const { lease, message, run } = await begin(store);
    const number = async () =>
      (await database.query<{ n: string }>('SELECT last_value AS n FROM clew.messages_n_seq'))[0]?.n;
    await hold('SELECT 1 FROM clew.threads WHERE id = $1', run.threadId);
    const before = await number();
    const said = { ...answerTo(message, 'Hi'), id: randomUUID() };
    const written = store.append(lease, 2, [{ type: 'message.completed', at: T0, data: { message: said } }], RUNNING);
    await waitingFor(held);
    expect(await number(), 'no place is taken before the thread is held').toBe(before);
    await held.query('COMMIT');
    await written;
  });
});

describe('what a person sent', () => {
  it('keeps nobody from counting what there is of them', async () => {
    for (const [n, odd] of ['\0', '\ud800', '\\u0000', '"channel":"shop"'].entries()) {
      const options = { odd, channel: 'shop' };
      await store.startRun(
        anna,
        command({ runId: uuid(`5${n}`), threadId: uuid(`4${n}`), message: say('x'), options }),
      );
    }
    const { tenantId, userId } = anna;
    expect(await store.measurePerson({ tenantId, userId, channel: 'shop' })).toMatchObject({ threads: 4 });
    expect(await store.threadsOf({ tenantId, userId, channel: 'other' }, 9)).toEqual([]);
  });
});

describe('a clock that is set back', () => {
  it('does not keep runs from being found whose turn nobody has told', async () => {
    const { lease } = await begin(store);
    const next = command({ runId: uuid('52'), message: say('second'), spareMessageId: uuid('72') });
    await store.startRun(anna, next);
    expect(await store.claimRun({ worker: 'x', ttlMs: 1_000 }, T0)).toBeUndefined();
    // A node that dies between the end of a run and the word of it.
    await database.query(`UPDATE clew.runs SET status = 'completed' WHERE id = $1`, lease.run.id);
    expect(await store.claimRun({ worker: 'x', ttlMs: 1_000 }, T0 - 3_600_000)).toMatchObject({
      run: { id: next.runId },
    });
  });
});
