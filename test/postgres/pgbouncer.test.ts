import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import type { Notifier } from '../../packages/server/src/ports/index.ts';
import { createDatabase } from '../../packages/server/src/storage/postgres/database.ts';
import { createNotifier } from '../../packages/server/src/storage/postgres/notifier.ts';
import { createStore } from '../../packages/server/src/storage/postgres/store.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { findPgBouncer, type PgBouncer, startPgBouncer } from '../kit/pgbouncer.ts';
import { serve } from '../kit/server.ts';
import { storeSuite } from '../ports/store.suite.ts';

/** What PostgreSQL alone is held to, through a pooler that gives each transaction another connection. */

const program = findPgBouncer();
const WITHOUT = program ? `PgBouncer ${program.version}` : 'skipped: pgbouncer is not in PATH';

const MODES = [
  { name: 'statements not prepared', prepare: false, possible: program !== undefined, why: WITHOUT },
  {
    name: 'statements prepared by name',
    prepare: true,
    possible: program?.prepares === true,
    why: !program || program.prepares ? WITHOUT : `skipped: PgBouncer ${program.version} does not know them`,
  },
];

describe.each(MODES)('through a pooler in transaction mode, $name ($why)', ({ prepare, possible }) => {
  if (!possible) {
    it.skip('works like PostgreSQL alone', () => {});
    return;
  }
  let database: TestDatabase;
  let pooler: PgBouncer;
  beforeAll(async () => {
    database = await createTestDatabase();
    pooler = await startPgBouncer(inject('postgres').url, { prepared: prepare });
  });
  afterAll(async () => {
    await pooler.stop();
    await database.drop();
  });

  storeSuite({
    name: 'PostgreSQL behind PgBouncer',
    async open() {
      await database.empty();
      const store = createStore(createDatabase({ url: pooler.through(database.url), connections: 8, prepare }));
      return { store, close: () => store.close() };
    },
  });

  it('shares no connection that a ring has left without waiting for the disk', async () => {
    const heard = Promise.withResolvers<void>();
    const others = createDatabase({ url: database.url, connections: 2, prepare });
    const [bell, ear] = [pooler.through(database.url), database.url].map((url) =>
      createNotifier({ url, others, onTrouble: () => {} }),
    ) as [Notifier, Notifier];
    ear.listen('queue', heard.resolve);
    const ringing = setInterval(() => bell.notify('queue'), 50);
    await heard.promise;
    clearInterval(ringing);
    const shared = createDatabase({ url: pooler.through(database.url), connections: 4, prepare: false });
    const sources = await Promise.all(
      Array.from({ length: 4 }, () =>
        shared.transaction(async (session) => {
          await session.row('SELECT pg_sleep(0.2)'); // So that each has a connection of its own.
          return (await session.row(`SELECT source FROM pg_settings WHERE name = 'synchronous_commit'`))?.[0];
        }),
      ),
    );
    expect(sources).not.toContain('session');
    await Promise.all([shared.close(), bell.close(), ear.close(), others.close()]);
  });

  /** Two servers behind the pooler, on an empty database. */
  async function two(direct: boolean) {
    const own = await createTestDatabase('nothing');
    onTestFinished(() => own.drop());
    const env = {
      CLEW_DATABASE_URL: pooler.through(own.url),
      CLEW_DATABASE_PREPARE: String(prepare),
      ...(direct ? { CLEW_DATABASE_DIRECT_URL: own.url } : {}),
    };
    return Promise.all([serve({ env }), serve({ env })]);
  }

  it('serves conversations from several nodes, which hear of each other over the direct address', async () => {
    const [one, other] = await two(true);
    const { text, runId } = await ask(one.url, 'hello');
    expect(text).toContain('hello');
    const replay = await fetch(`${other.url}/api/v1/orchestrate/runs/${runId}/events`);
    expect(await replay.text()).toContain('run.completed');
    expect([(await one.stop()).code, (await other.stop()).code]).toEqual([0, 0]);
    expect(one.output() + other.output()).not.toContain('the connection that listens');
  });

  // Statements have nothing to do with that, and it takes a while.
  it.skipIf(prepare)(
    'says in the log that nothing is heard without a direct address, and works all the same',
    async () => {
      const [one, other] = await two(false);
      expect((await ask(other.url, 'anybody?')).text).toContain('run.completed');
      await expect.poll(() => one.output(), { timeout: 30_000 }).toContain('the connection that listens');
    },
  );
});

async function ask(url: string, text: string): Promise<{ text: string; runId: string }> {
  const response = await fetch(`${url}/api/v1/orchestrate/runs?stream=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ agent_id: 'echo', message: { role: 'user', content: text } }),
  });
  const frames = await response.text();
  const first = JSON.parse(frames.split('\n')[0] ?? '') as { data: { run_id: string } };
  return { text: frames, runId: first.data.run_id };
}
