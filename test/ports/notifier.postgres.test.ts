import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createDatabase, type DatabasePool } from '../../packages/server/src/storage/postgres/database.ts';
import { createNotifier } from '../../packages/server/src/storage/postgres/notifier.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { networkTo } from '../kit/network.ts';
import { notifierSuite } from './notifier.suite.ts';

let database: TestDatabase;
let others: DatabasePool;
beforeAll(async () => {
  database = await createTestDatabase();
  others = createDatabase({ url: database.url, connections: 2, prepare: true });
});
afterAll(async () => {
  await others.close();
  await database.drop();
});

notifierSuite({
  name: 'PostgreSQL',
  async open() {
    const [here, there] = await Promise.all([connected(), connected()]);
    return {
      here,
      there,
      async close() {
        await Promise.all([here.close(), there.close()]);
      },
    };
  },
});

/** A bell that is connected: it rings its listeners then, in case they missed something. */
async function connected(onTrouble: (error: unknown) => void = () => {}) {
  const notifier = createNotifier({ url: database.url, others, onTrouble });
  let ready = false;
  const stop = notifier.listen('run:ready', () => {
    ready = true;
  });
  await vi.waitFor(() => expect(ready).toBe(true), { timeout: 10_000 });
  stop();
  return notifier;
}

test('a broken connection comes back, says so once, and rings for what may have been missed', async () => {
  const troubles: unknown[] = [];
  const notifier = await connected((error) => troubles.push(error));
  const other = await connected();
  let rings = 0;
  notifier.listen('run:1', () => {
    rings += 1;
  });
  await database.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  await vi.waitFor(() => expect(rings).toBe(1), { timeout: 5_000 });
  expect(troubles).toHaveLength(1);
  await vi.waitFor(
    () => {
      other.notify('run:1');
      expect(rings).toBeGreaterThan(1);
    },
    { timeout: 5_000 },
  );
  await Promise.all([notifier.close(), other.close()]);
});

test('what is rung for in one turn comes in one notification', async () => {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('LISTEN clew');
  const payloads: string[] = [];
  // One without a topic is a node that tries its connection.
  client.on('notification', ({ payload = '' }) => payload.includes(' ') && payloads.push(payload));
  const here = await connected();
  for (let n = 0; n < 100; n += 1) here.notify(`run:${n}`);
  here.notify('run:1');
  await vi.waitFor(() => expect(payloads).toHaveLength(1), { timeout: 10_000 });
  expect(payloads[0]?.split(' ').slice(1)).toEqual(Array.from({ length: 100 }, (_, n) => `run:${n}`));
  await Promise.all([here.close(), client.end()]);
});

test.each(['drops everything', 'loses notifications alone'])(
  'a connection that %s without a word is noticed, and replaced once that is over',
  async (how) => {
    const network = await networkTo(database.url);
    const url = new URL(database.url);
    url.port = String(network.port);
    const troubles: unknown[] = [];
    const here = createNotifier({ url: url.href, others, onTrouble: (error) => troubles.push(error), tryMs: 100 });
    let rings = 0;
    here.listen('run:1', () => {
      rings += 1;
    });
    const there = await connected();
    await vi.waitFor(() => expect(rings).toBeGreaterThan(0), { timeout: 10_000 });
    if (how === 'drops everything') network.cut();
    else network.loseNotifications(true);
    await vi.waitFor(() => expect(troubles).toHaveLength(1), { timeout: 10_000 });
    network.loseNotifications(false);
    network.restore('reset');
    const before = rings;
    await vi.waitFor(
      () => {
        there.notify('run:1');
        expect(rings).toBeGreaterThan(before + 1);
      },
      { timeout: 20_000 },
    );
    await Promise.all([here.close(), there.close()]);
    await network.close();
  },
);

test('an address that leads to another database is no place to listen, though it hears itself', async () => {
  const elsewhere = await createTestDatabase();
  const troubles: unknown[] = [];
  const onTrouble = (error: unknown) => troubles.push(error);
  const lost = createNotifier({ url: elsewhere.url, others, onTrouble, tryMs: 100 });
  const ringing = setInterval(() => lost.notify('queue'), 10);
  await vi.waitFor(() => expect(String(troubles[0])).toContain('`storage.directUrl`'), { timeout: 10_000 });
  clearInterval(ringing);
  await lost.close();
  await elsewhere.drop();
});
