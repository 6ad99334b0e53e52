import { expect, it, onTestFinished } from 'vitest';
import { schemaStatus } from '../../packages/server/src/storage/postgres/migrate.ts';
import { openPostgres, type PostgresOptions, visitPostgres } from '../../packages/server/src/storage/postgres/open.ts';
import { clew } from '../../packages/server/test/cli/console.ts';
import { agentFile, folderOf } from '../../packages/server/test/cli/project.ts';
import { type TestDatabase, testDatabase } from '../kit/database.ts';
import { serve } from '../kit/server.ts';
import { until } from '../kit/until.ts';

const UNAVAILABLE = { code: 'database_unavailable' };

async function database(): Promise<TestDatabase & { readonly name: string }> {
  const made = await testDatabase();
  return { ...made, name: new URL(made.url).pathname.slice(1) };
}

/** A user of its own, with all rights to the schema. */
async function userOf({ url, query, name }: TestDatabase & { readonly name: string }) {
  const user = `${name}_user`;
  await query(`CREATE ROLE ${user} LOGIN SUPERUSER PASSWORD 'first'`);
  onTestFinished(() => query(`DROP ROLE ${user}`).then(() => {}));
  const address = new URL(url);
  address.username = user;
  address.password = 'first';
  /** As an administrator does after a change that is to hold at once. */
  const cutOff = () => query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${user}'`);
  return { user, url: address.href, cutOff };
}

async function opened(options: PostgresOptions) {
  const { store, notifier } = await openPostgres({ connections: 2, ...options });
  let closing: Promise<unknown> | undefined;
  const close = async () => {
    closing ??= Promise.all([store.close(), notifier.close()]);
    await closing;
  };
  onTestFinished(close);
  return { store, close };
}

const setReadOnly = ({ query, name }: { query: TestDatabase['query']; name: string }, on: boolean) =>
  query(`ALTER DATABASE ${name} SET default_transaction_read_only = ${on ? 'on' : 'off'}`);

it('refuses a database that can only be read, and says so; looking at it and copying it go on', async () => {
  const made = await database();
  const { url } = made;
  await setReadOnly(made, true);
  await expect(openPostgres({ url })).rejects.toMatchObject({
    code: 'database_unusable',
    message: expect.stringContaining('can only be read'),
  });
  expect(await visitPostgres({ url }, schemaStatus)).toMatchObject({ version: expect.any(Number) });
  const cwd = folderOf({ 'agents/echo.yaml': agentFile('echo'), 'clew.config.yaml': 'server:\n  port: 0\n' });
  const env = { CLEW_DATABASE_URL: url };
  const status = await clew(['db', 'status'], { cwd, env });
  expect([status.code, status.stdout]).toEqual([1, expect.stringContaining('can only be read')]);
  const json = await clew(['db', 'status', '--json'], { cwd, env });
  expect(JSON.parse(json.stdout)).toMatchObject({ current: true, readOnly: true });
  const doctor = await clew(['doctor'], { cwd, env });
  expect([doctor.code, doctor.stdout]).toEqual([1, expect.stringContaining('[database_read_only]')]);
  const started = await clew(['serve'], { cwd, env });
  expect([started.code, started.stderr]).toEqual([4, expect.stringContaining('can only be read')]);
});

it('finds the primary again by itself after its address has led to a replica for a while', async () => {
  const made = await database();
  const { url, cutOff } = await userOf(made);
  const { store, close } = await opened({ url });
  await store.check();
  await setReadOnly(made, true);
  await cutOff();
  await expect(store.check()).rejects.toMatchObject(UNAVAILABLE);
  await expect(store.writeSetting('x', 1)).rejects.toMatchObject(UNAVAILABLE);
  await setReadOnly(made, false);
  await store.check();
  await store.writeSetting('x', 1);
  await close();
});

it.each([
  ['a password that is changed', (user: string) => `ALTER ROLE ${user} PASSWORD 'second'`],
  ['a user that may not log in for now', (user: string) => `ALTER ROLE ${user} NOLOGIN`],
] as const)('takes %s for a database that is away: what is under way waits, and does not fail', async (_, change) => {
  const made = await database();
  const { user, url, cutOff } = await userOf(made);
  const { store, close } = await opened({ url });
  await store.check();
  await made.query(change(user));
  await cutOff();
  await expect(store.check()).rejects.toMatchObject(UNAVAILABLE);
  await expect(store.readSetting('x')).rejects.toMatchObject(UNAVAILABLE);
  await made.query(`ALTER ROLE ${user} LOGIN PASSWORD 'first'`);
  await store.check();
  await close();
});

it('takes what a time limit of the database breaks off for a database that is away', async () => {
  const made = await database();
  const { user, url } = await userOf(made);
  await made.query(`ALTER ROLE ${user} SET statement_timeout = '1s'`);
  await made.query(`ALTER ROLE ${user} SET idle_session_timeout = '1s'`);
  const { store, close } = await opened({ url });
  await made.query('BEGIN');
  await made.query('LOCK TABLE clew.settings IN ACCESS EXCLUSIVE MODE');
  await expect(store.readSetting('x')).rejects.toMatchObject(UNAVAILABLE);
  await made.query('COMMIT');
  expect(await store.readSetting('x')).toBeUndefined();
  const sessions = `SELECT pid FROM pg_stat_activity WHERE usename = '${user}'`;
  const idle = (await made.query<{ pid: number }>(sessions)).map(({ pid }) => pid);
  await until(async () => (await made.query(`${sessions} AND pid = ANY ($1)`, idle)).length === 0);
  // A connection that idled away is replaced, or its last statement can be sent again.
  const again = await store.readSetting('x').catch((error: unknown) => error);
  expect(again === undefined || (again as { code?: string }).code === UNAVAILABLE.code).toBe(true);
  await close();
});

it('writes lines of JSON alone while a server starts, meets trouble and stops; none has the password', async () => {
  const made = await database();
  const { user, url, cutOff } = await userOf(made);
  const server = await serve({ env: { CLEW_DATABASE_URL: url } });
  await made.query(`ALTER ROLE ${user} PASSWORD 's3cret-second'`);
  // A statement that is broken off, or sent before the server has noticed, would hear of that and not of the password.
  const working = `SELECT 1 FROM pg_stat_activity WHERE usename = '${user}' AND state <> 'idle'`;
  await expect.poll(async () => (await made.query(working)).length).toBe(0);
  await cutOff();
  await expect.poll(() => server.output()).toContain('the connection that listens');
  for (let count = 0; count < 5; count += 1) {
    expect((await fetch(`${server.url}/health`)).status).toBe(503);
    expect((await fetch(`${server.url}/api/v1/threads`)).status).toBe(503);
  }
  await made.query(`ALTER ROLE ${user} PASSWORD 'first'`);
  await server.stop();
  const lines = server.output().trim().split('\n');
  const said = lines.map((line) => JSON.parse(line) as { msg: string; sqlState?: string });
  const trouble = said.filter(({ msg }) => msg.startsWith('the database cannot be used'));
  expect(trouble, 'ten errors are one line').toEqual([expect.objectContaining({ sqlState: '28P01' })]);
  expect(server.output()).not.toMatch(/s3cret|first/);
});
