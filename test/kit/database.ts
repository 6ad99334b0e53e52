import pg from 'pg';
import { inject, onTestFinished } from 'vitest';

/** A database of its own for a file of tests. */
export interface TestDatabase {
  readonly url: string;
  /** All rows of a statement, as objects. */
  query<T extends object>(sql: string, ...values: unknown[]): Promise<T[]>;
  /** Takes all rows away. */
  empty(): Promise<void>;
  /** Closes its own connection and removes the database, whoever is still connected. */
  drop(): Promise<void>;
}

let made = 0;

/** Makes a database: with Clew's schema, or with nothing at all. In files of the group `postgres`, which has a server. */
export async function createTestDatabase(content: 'schema' | 'nothing' = 'schema'): Promise<TestDatabase> {
  const { url: server, template } = inject('postgres');
  made += 1;
  const name = `clew_test_${process.pid}_${made}`;
  const from = content === 'schema' ? template : 'template1';
  await asAdmin(server, `CREATE DATABASE ${name} TEMPLATE ${from} STRATEGY FILE_COPY`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.href });
  client.on('error', () => {});
  await client.connect();
  const query = async <T extends object>(sql: string, ...values: unknown[]) =>
    (await client.query(sql, values)).rows as T[];
  return {
    url: url.href,
    query,
    async empty() {
      const tables = await query<{ name: string }>(
        `SELECT format('clew.%I', tablename) AS name FROM pg_tables WHERE schemaname = 'clew' AND tablename <> 'migrations'`,
      );
      await query(`TRUNCATE ${tables.map(({ name: table }) => table).join(', ')} RESTART IDENTITY`);
    },
    async drop() {
      await client.end();
      await asAdmin(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/** The same for one test: removed when that is over. */
export async function testDatabase(content: 'schema' | 'nothing' = 'schema'): Promise<TestDatabase> {
  const database = await createTestDatabase(content);
  onTestFinished(() => database.drop());
  return database;
}

/** One statement on a connection of its own, e.g. one that makes or removes a database. */
export async function asAdmin(url: string, statement: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    await admin.query(statement);
  } finally {
    await admin.end();
  }
}
