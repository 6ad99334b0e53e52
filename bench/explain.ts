/**
 * How PostgreSQL answers what is asked of it, in a database of many events:
 *
 *   npm run bench -- --explain                      200,000 events (half a minute)
 *   npm run bench -- --explain --events 10000000    ten million (some five minutes, 6 GB of disk)
 *   npm run bench -- --explain --plans              prints every plan
 *
 * The server is the one of the tests (`DATABASE_URL` overrides); the database is made for this and dropped. The exit code is 1 when a table of the conversations is read from end to end.
 */
import pg from 'pg';
import { createDatabase } from '../packages/server/src/storage/postgres/database.ts';
import { migrate } from '../packages/server/src/storage/postgres/migrate.ts';
import { startPostgres } from '../test/kit/postgres.ts';
import { readOptions } from './options.ts';
import { examine } from './plans/examine.ts';

const SETTINGS = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  'shared_buffers=512MB',
  'max_wal_size=8GB',
  'maintenance_work_mem=256MB',
];

const options = readOptions(process.argv.slice(2));
if ('say' in options) throw new Error(options.say);
const events = Number(options.values.events ?? 200_000);
if (!Number.isSafeInteger(events) || events < 1_000) throw new Error('--events wants a whole number from 1000 on.');

const server = await startPostgres(SETTINGS);
const name = `clew_explain_${process.pid}`;
const admin = new pg.Client({ connectionString: server.url });
await admin.connect();
await admin.query(`CREATE DATABASE ${name}`);
const url = new URL(server.url);
url.pathname = `/${name}`;
const database = createDatabase({ url: url.href, connections: 4, prepare: true });
try {
  await migrate(database);
  const found = await examine(database, events, (line) => process.stderr.write(`${line}\n`));
  const size = (await database.row('SELECT pg_size_pretty(pg_database_size(current_database()))'))?.[0];
  console.log(
    `${found.filled.events.toLocaleString('en-US')} events, ${found.filled.runs.toLocaleString('en-US')} runs, ${size}`,
  );
  for (const { asked, ms, plans } of found.answers) {
    const scanned = [...new Set(plans.flatMap((plan) => plan.scanned))];
    console.log(
      `${ms.toFixed(1).padStart(9)} ms  ${asked}${scanned.length > 0 ? `   reads all of ${scanned.join(', ')}` : ''}`,
    );
    if (options.values.plans) for (const plan of plans) console.log(`\n${plan.sql.trim()}\n\n${plan.text}\n`);
  }
  for (const { asked, plan, table } of found.offences)
    console.log(`\n${asked} reads all of ${table}:\n${plan.sql.trim()}\n\n${plan.text}`);
  process.exitCode = found.offences.length > 0 ? 1 : 0;
} finally {
  await database.close();
  await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await admin.end();
  await server.stop();
}
