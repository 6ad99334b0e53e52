import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { balance } from '../kit/balancer.ts';
import { startPostgres } from '../kit/postgres.ts';
import { type ServedProcess, serve } from '../kit/server.ts';
import { tempDir } from '../kit/temp-dir.ts';
import { expectDatabase, expectWhole, type Look, randomFrom, readLedger, TASKS } from './outcome.ts';
import { converse, type Frame } from './patient-client.ts';

const NODES = 3;
const FAILURES = 12;
const LEASE_MS = 2_000;

/** A random number that a failing run can be repeated with. */
const seed = Number(process.env.CLEW_TEST_SEED ?? Date.now() % 100_000);

it(`three nodes on one PostgreSQL lose, double and repeat nothing over ${FAILURES} failures (CLEW_TEST_SEED=${seed})`, async () => {
  const database = await newDatabase();
  const ledger = join(tempDir(), 'ledger');
  writeFileSync(ledger, '');
  const random = randomFrom(seed);
  // Each start takes a free port: one that a killed process leaves may be somebody's by the time that it is back.
  const start = () =>
    serve({
      project: join(import.meta.dirname, 'project'),
      args: ['--lease-ms', String(LEASE_MS)],
      env: { CLEW_TEST_LEDGER: ledger, CLEW_DATABASE_URL: database.url },
    });
  const nodes = await Promise.all(Array.from({ length: NODES }, start));
  const balancer = await balance(nodes.map(({ port }) => port));
  onTestFinished(() => balancer.close());

  const failures = {
    /** The process is gone without a word, and another one comes. */
    async kill(place: number) {
      const node = nodes[place] as ServedProcess;
      await node.stop('SIGKILL');
      balancer.takeOut(node.port);
      const next = await start();
      nodes[place] = next;
      balancer.putIn(next.port);
    },
    /** The process sleeps longer than its leases last, and wakes up believing that it still has them. */
    async freeze(place: number) {
      const node = nodes[place] as ServedProcess;
      node.process.kill('SIGSTOP');
      balancer.takeOut(node.port);
      await pause(LEASE_MS * (1.2 + random()));
      node.process.kill('SIGCONT');
      balancer.putIn(node.port);
    },
    /** The database drops all connections, as one that restarts does. */
    async disconnect() {
      await database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'clew'`,
      );
    },
  };
  const trouble = (async () => {
    for (let n = 0; n < FAILURES; n += 1) {
      await pause(random() * 400);
      const which = (['kill', 'freeze', 'disconnect'] as const)[Math.floor(random() * 3)] ?? 'kill';
      await failures[which](n % NODES);
    }
    return Date.now();
  })();
  let over = false;
  const end = () => {
    over = true;
  };
  trouble.then(end, end);

  const conversations: Promise<Frame[]>[] = [];
  const answers: string[] = [];
  for (let n = 0; !over; n += 1) {
    const { agent, text, answer } = TASKS[n % TASKS.length] as (typeof TASKS)[number];
    answers.push(answer(text(n)));
    conversations.push(converse(balancer.url, { agent, text: text(n) }));
    await pause(100);
  }
  const calm = await trouble;
  const all = await Promise.all(conversations);
  const recovered = Date.now() - calm;

  for (const [n, frames] of all.entries()) await expectWhole(balancer.url, frames, answers[n] ?? '');
  await expectDatabase(lookInto(database), readLedger(ledger));
  const ends = await Promise.all(nodes.map((node) => node.stop()));
  expect(ends.map(({ code }) => code)).toEqual(nodes.map(() => 0));
  expect(recovered, 'every run ends within twice the lease after the last failure').toBeLessThan(2 * LEASE_MS + 1_000);
});

interface Database {
  readonly url: string;
  query<T extends object>(sql: string, ...values: unknown[]): Promise<T[]>;
}

async function newDatabase(): Promise<Database> {
  const server = await startPostgres();
  const name = `clew_crash_${process.pid}`;
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
    await server.stop();
  });
  return {
    url: url.href,
    query: async <T extends object>(sql: string, ...values: unknown[]) => (await client.query(sql, values)).rows as T[],
  };
}

function lookInto({ query }: Database): Look {
  return {
    runs: async () => query('SELECT n::int, id, status FROM clew.runs ORDER BY n'),
    events: async ({ n }) => query('SELECT seq, type, data FROM clew.events WHERE run_n = $1 ORDER BY seq', n),
    roles: async ({ id }) =>
      (await query<{ role: string }>('SELECT role FROM clew.messages WHERE run_id = $1 ORDER BY n', id)).map(
        ({ role }) => role,
      ),
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
