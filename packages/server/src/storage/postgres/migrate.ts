import { readdirSync, readFileSync } from 'node:fs';
import { ClewError } from '../../model/index.ts';
import type { Database, Session } from './database.ts';
import { lockTables } from './lock-tables.ts';

const FOLDER = new URL('./schema/', import.meta.url);
/** Whoever holds this lock changes the schema: one node of many that start at once. */
const LOCK = 0x0c1e_0001;
/** A statement of a migration takes as long as it takes, and so does waiting for another node that does it. */
const ANSWER_MS = 7 * 86_400_000;

/** A step from one schema to the next. */
export interface Migration {
  /** 1, 2, 3 …: the schema's version after it. */
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** Where a database stands. */
export interface SchemaStatus {
  /** 0: nothing is there. */
  readonly version: number;
  /** What this program brings it to. */
  readonly newest: number;
}

/** The migrations beside this program, in order. */
export function readMigrations(): Migration[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({
      version: Number.parseInt(name, 10),
      name: name.replace(/\.sql$/, ''),
      sql: readFileSync(new URL(name, FOLDER), 'utf8'),
    }));
}

/** Which schema the database has. Changes nothing. */
export async function schemaStatus(session: Session, migrations?: readonly Migration[]): Promise<SchemaStatus> {
  const newest = (migrations ?? readMigrations()).at(-1)?.version ?? 0;
  // A look into the catalog's tables. `to_regclass` answers from a cache that does not hear of what another node made while this one waited for the lock.
  const table = await session.row(
    `SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = 'clew' AND tablename = 'migrations'`,
  );
  if (!table) return { version: 0, newest };
  const row = await session.row('SELECT coalesce(max(version), 0) FROM clew.migrations');
  return { version: row?.[0] as number, newest };
}

/**
 * Brings the database to the newest schema in one transaction, under a lock, so that of many nodes that start at once one does it. A program that is
 * older than the schema is refused with `database_newer`.
 */
export async function migrate(
  database: Database,
  migrations: readonly Migration[] = readMigrations(),
): Promise<SchemaStatus> {
  const before = await schemaStatus(database, migrations);
  refuseNewer(before);
  if (before.version === before.newest) return before;
  return database.transaction((session) => migrateIn(session, migrations), { answerMs: ANSWER_MS });
}

async function migrateIn(session: Session, migrations: readonly Migration[]): Promise<SchemaStatus> {
  // Whatever the role is told to be given.
  await session.run('SET LOCAL statement_timeout = 0');
  await session.run('SELECT pg_advisory_xact_lock($1)', LOCK);
  const { version, newest } = await schemaStatus(session, migrations);
  refuseNewer({ version, newest });
  const pending = migrations
    .filter((migration) => migration.version > version)
    .map((migration) => ({ ...migration, statements: statementsOf(migration.sql) }));
  const all = pending.flatMap(({ statements }) => statements);
  await lockTables(session, all);
  // What is locked only now is new, or used by nobody for long: who waits for a lock stands in the way of all that come after.
  await session.run(`SET LOCAL lock_timeout = '10s'`);
  if (version === 0) {
    await session.run('CREATE SCHEMA IF NOT EXISTS clew');
    await session.run(
      'CREATE TABLE IF NOT EXISTS clew.migrations (version integer PRIMARY KEY, name text NOT NULL, at timestamptz NOT NULL DEFAULT now())',
    );
  }
  for (const { version: next, name, statements } of pending) {
    for (const statement of statements) await session.run(statement);
    await session.run('INSERT INTO clew.migrations (version, name) VALUES ($1, $2)', next, name);
  }
  return { version: newest, newest };
}

function refuseNewer({ version, newest }: SchemaStatus): void {
  if (version <= newest) return;
  throw new ClewError(
    'database_newer',
    `The database has schema ${version}, this Clew knows ${newest}: it was brought there by a newer Clew. Use that version.`,
  );
}

/** A prepared statement is one statement. Those with a semicolon inside are functions, whose bodies stand between `$$`. */
export function statementsOf(sql: string): string[] {
  const pieces = sql.replace(/--.*$/gm, '').split('$$');
  const body = (at: number) => at % 2 === 1;
  const statements = [''];
  for (const [at, piece] of pieces.entries()) {
    const [first = '', ...rest] = body(at) ? [`$$${piece}$$`] : piece.split(';');
    statements[statements.length - 1] += first;
    statements.push(...rest);
  }
  return statements.map((one) => one.trim()).filter(Boolean);
}
