import type { Database } from './database.ts';
import { type SchemaStatus, schemaStatus } from './migrate.ts';
import { isReadOnly } from './read-only.ts';

/** What a PostgreSQL database is, seen from outside. */
export interface PostgresInspection extends SchemaStatus {
  /** Whether nothing can be written: a replica, by mistake. */
  readonly readOnly: boolean;
  /** By how many milliseconds its clock is ahead of `now`. */
  readonly aheadMs: number;
  /** Documents in the knowledge index, by knowledge base. */
  readonly documents: ReadonlyMap<string, number>;
}

/** Looks, and changes nothing. */
export async function inspectPostgres(database: Database, now: () => number): Promise<PostgresInspection> {
  const status = await schemaStatus(database);
  const aheadMs = await measureAhead(database, now);
  const table = await database.row(
    `SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = 'clew' AND tablename = 'documents'`,
  );
  const rows = table
    ? await database.rows('SELECT knowledge_base, count(*) FROM clew.documents GROUP BY knowledge_base')
    : [];
  return {
    ...status,
    readOnly: await isReadOnly(database),
    aheadMs,
    documents: new Map(rows.map(([base, count]) => [String(base), Number(count)])),
  };
}

/** By how many milliseconds the clock of the database is ahead of `now`. */
export async function measureAhead(database: Database, now: () => number): Promise<number> {
  // The connection is there after this: what is measured is one way there and back.
  await database.row('SELECT 1');
  const before = now();
  const row = await database.row('SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8');
  return Number(row?.[0]) - (before + now()) / 2;
}
