import { expect, inject, it, onTestFinished } from 'vitest';
import type { ClewError } from '../../packages/server/src/model/index.ts';
import { createDatabase, type Session } from '../../packages/server/src/storage/postgres/database.ts';
import { migrate, readMigrations, schemaStatus } from '../../packages/server/src/storage/postgres/migrate.ts';
import { openPostgres, visitPostgres } from '../../packages/server/src/storage/postgres/open.ts';
import { createTestDatabase, testDatabase } from '../kit/database.ts';
import { freePort } from '../kit/ports.ts';

it('makes the schema once, however many nodes start at the same time', async () => {
  const { url, query } = await testDatabase('nothing');
  const nodes = await Promise.all(Array.from({ length: 6 }, () => openPostgres({ url, connections: 2 })));
  await Promise.all(nodes.map(({ store }) => store.check()));
  const versions = await query<{ version: number }>('SELECT version FROM clew.migrations ORDER BY version');
  expect(versions.map(({ version }) => version)).toEqual(readMigrations().map(({ version }) => version));
  await Promise.all(nodes.flatMap(({ store, notifier }) => [store.close(), notifier.close()]));
});

it('refuses a database of a newer program and leaves it as it was', async () => {
  const { url, query } = await testDatabase();
  await query(`INSERT INTO clew.migrations (version, name) VALUES (999, 'later')`);
  await expect(openPostgres({ url })).rejects.toMatchObject({
    code: 'database_newer',
    message: expect.stringContaining('schema 999'),
  });
  expect(await visitPostgres({ url }, schemaStatus)).toMatchObject({ version: 999 });
});

it('undoes a migration that breaks, with all before it', async () => {
  const { url } = await testDatabase('nothing');
  const broken = [
    { version: 1, name: '0001_a', sql: 'CREATE TABLE clew.a (x int)' },
    { version: 2, name: '0002_b', sql: 'CREATE TABLE clew.b (x int); SELECT nonsense' },
  ];
  await expect(visitPostgres({ url }, (opened) => migrate(opened, broken))).rejects.toMatchObject({
    code: 'database_unusable',
  });
  expect(await visitPostgres({ url }, schemaStatus)).toMatchObject({ version: 0 });
});

/** Longer than a statement may take in these tests, which is longer than one takes on a busy machine. */
const SLEEP = 'SELECT pg_sleep(2)';
const LIMIT_MS = 1_000;

it('takes as long for a migration as it takes, and no longer for anything else', async () => {
  const { url } = await testDatabase();
  const opened = createDatabase({ url, connections: 1, prepare: true, answerMs: LIMIT_MS });
  await expect(opened.row(SLEEP)).rejects.toMatchObject({ code: 'database_unavailable' });
  const work = (session: Session) => session.row(SLEEP);
  await expect(opened.transaction(work)).rejects.toMatchObject({ code: 'database_unavailable' });
  const slow = { version: 1_000, name: '1000_slow', sql: SLEEP };
  expect(await migrate(opened, [...readMigrations(), slow])).toMatchObject({ version: 1_000 });
  await opened.close();
});

it('gives a migration the time that the role has not', async () => {
  const { url } = await testDatabase();
  const address = new URL(url);
  address.searchParams.set('options', `-c statement_timeout=${LIMIT_MS}`);
  const opened = createDatabase({ url: address.href, connections: 1, prepare: true });
  await expect(opened.row(SLEEP)).rejects.toMatchObject({ code: 'database_unavailable' });
  const slow = { version: 1_000, name: '1000_slow', sql: SLEEP };
  expect(await migrate(opened, [...readMigrations(), slow])).toMatchObject({ version: 1_000 });
  await opened.close();
});

it.each(['prefer', 'require', 'verify-ca', 'verify-full'])(
  'takes sslmode=%s for verify-full, and the driver has nothing to warn of',
  async (mode) => {
    const warnings: string[] = [];
    const hear = ({ message }: Error) => warnings.push(message);
    process.on('warning', hear);
    onTestFinished(() => void process.off('warning', hear));
    const address = new URL(inject('postgres').url);
    address.searchParams.set('sslmode', mode);
    await expect(openPostgres({ url: address.href })).rejects.toMatchObject({
      message: expect.stringContaining('does not offer TLS'),
    });
    expect(warnings).toEqual([]);
  },
);

it('says what to do when the database cannot be used, and nothing of the address', async () => {
  const { url } = inject('postgres');
  const change = (edit: (address: URL) => void) => {
    const address = new URL(url);
    edit(address);
    return address.href;
  };
  const port = await freePort();
  const cases: [string, RegExp][] = [
    [change((to) => (to.password = 'open-sesame')), /refuses the name or the password/],
    [change((to) => (to.username = 'who-is-it')), /refuses the name or the password/],
    [change((to) => (to.pathname = '/no-such-place')), /no such database/],
    [change((to) => (to.port = String(port))), /cannot be reached \(ECONNREFUSED\)/],
  ];
  for (const [bad, sentence] of cases) {
    const error = await openPostgres({ url: bad }).catch((caught: ClewError) => caught);
    expect(error).toMatchObject({ code: 'database_unusable', message: expect.stringMatching(sentence) });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('open-sesame');
    expect((error as ClewError).message).not.toMatch(/who-is-it|no-such-place|127\.0\.0\.1/);
  }
});

it('says that it cannot be reached once it is gone', async () => {
  const { url, drop } = await createTestDatabase();
  const { store, notifier } = await openPostgres({ url });
  await store.check();
  await drop();
  await expect(store.readSetting('x')).rejects.toThrow();
  await Promise.all([store.close(), notifier.close()]);
});
