import { expect, it } from 'vitest';
import { inspectPostgres } from '../../packages/server/src/storage/postgres/inspect.ts';
import { readMigrations } from '../../packages/server/src/storage/postgres/migrate.ts';
import { visitPostgres } from '../../packages/server/src/storage/postgres/open.ts';
import { clew } from '../../packages/server/test/cli/console.ts';
import { agentFile, folderOf } from '../../packages/server/test/cli/project.ts';
import { testDatabase } from '../kit/database.ts';
import { freePort } from '../kit/ports.ts';

const newest = readMigrations().at(-1)?.version;

it.each(['nothing', 'schema'] as const)('sees a database with %s, and its clock', async (content) => {
  const { url } = await testDatabase(content);
  const now = () => Date.now() - 3_600_000;
  const seen = await visitPostgres({ url }, (database) => inspectPostgres(database, now));
  expect(seen).toMatchObject({ version: content === 'nothing' ? 0 : newest, newest, documents: new Map() });
  // On one machine: an hour, but for what the way takes.
  expect(Math.round(seen.aheadMs / 60_000)).toBe(60);
});

it('is looked at by the doctor, who tells when it is away and shows no password', async () => {
  const { url } = await testDatabase();
  const cwd = folderOf({ 'agents/echo.yaml': agentFile('echo'), 'clew.config.yaml': 'server:\n  port: 0\n' });
  const well = await clew(['doctor'], { cwd, env: { CLEW_DATABASE_URL: url } });
  expect(well.stdout).toContain(`The database can be used: PostgreSQL, schema ${newest}.`);
  expect(well.stdout).toContain('The clocks of this machine and of the database agree.');
  expect(well.code).toBe(0);
  const away = `postgres://clew:s3cret@127.0.0.1:${await freePort()}/clew`;
  const ill = await clew(['doctor'], { cwd, env: { CLEW_DATABASE_URL: away } });
  expect(ill.stdout).toContain('[database_unusable]');
  expect(ill.stdout + ill.stderr).not.toContain('s3cret');
  expect(ill.code).toBe(1);
});
