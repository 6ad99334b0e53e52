import { createHash } from 'node:crypto';
import pg from 'pg';
import { explainError } from './explain.ts';

/** A value that a parameter takes; an array is a parameter of an array's type. */
export type Value = string | number | boolean | null | readonly (string | number | boolean | null)[];

/** A row as an array of its columns. `bigint` comes as a number, `json` as what it says. */
// biome-ignore lint/suspicious/noExplicitAny: what a column holds is known where its statement is written
export type Row = any[];

/** Where statements run: on any connection of the pool, or within one transaction. */
export interface Session {
  /** All rows of a statement. */
  rows(sql: string, ...values: Value[]): Promise<Row[]>;
  /** The first row, or undefined. */
  row(sql: string, ...values: Value[]): Promise<Row | undefined>;
  /** How many rows a statement changed. */
  run(sql: string, ...values: Value[]): Promise<number>;
}

/** What `createDatabase` needs. */
export interface DatabaseOptions {
  readonly url: string;
  /** Most connections at once. */
  readonly connections: number;
  /** Whether statements are prepared by name, once on each connection. */
  readonly prepare: boolean;
  /** Whether `url` leads to a pooler, which keeps nothing that a session says. Default false. */
  readonly pooled?: boolean;
}

/** A bounded pool of connections. Nothing is kept in a session but prepared statements, so that a pooler may stand in between. */
export interface Database extends Session {
  /**
   * One transaction; undone when `work` rejects. One that others stood in the way of (a deadlock, a row with the same id) is done again, so `work`
   * must change nothing but the database.
   */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** A connection that cannot be made in this time, or does not answer for that long, counts as broken. */
const CONNECT_MS = 10_000;
const ANSWER_MS = 30_000;
const MOST_ATTEMPTS = 5;
/** serialization_failure, deadlock_detected, unique_violation. */
const AGAIN = new Set(['40001', '40P01', '23505']);
export const UNIQUE_VIOLATION = '23505';

/** A process that is frozen in the middle of a transaction, or cut off, lets go of its rows after this long. With `LOCAL` a pooler keeps nothing of it. */
const BEGIN = `BEGIN; SET LOCAL idle_in_transaction_session_timeout = '5s'`;

/**
 * A prepared statement is planned once: what our statements ask for is found by the same index whatever their values are (`npm run bench -- --explain`), and planning was half
 * of what a run costs a quiet database.
 */
const PLAN_ONCE = 'SET plan_cache_mode = force_generic_plan';

const INT8 = 20;
const JSON_TEXT = 114;
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8) return Number;
    if (oid === JSON_TEXT) return JSON.parse;
    return pg.types.getTypeParser(oid, format as 'text');
  }) as pg.CustomTypesConfig['getTypeParser'],
};

/** What every connection to `url` is made with. */
export function connectionTo(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    application_name: 'clew',
    types,
  };
}

/** Opens nothing yet: the first statement does. Errors of the connection come as `ClewError`s. */
export function createDatabase({ url, connections, prepare, pooled = false }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    ...connectionTo(url),
    max: connections,
    idleTimeoutMillis: 60_000,
    // Rejected: a start-up parameter, which poolers refuse that are not known to be one.
    async onConnect(client) {
      if (prepare && !pooled) await client.query(PLAN_ONCE);
    },
  });
  // A connection that breaks while nobody uses it leaves the pool by itself; one that breaks between two statements of a transaction fails the next one.
  pool.on('error', () => {});
  pool.on('connect', (client) => {
    client.on('error', () => {});
  });

  async function query(runner: pg.Pool | pg.PoolClient, sql: string, values: readonly Value[]) {
    return runner.query<Row>({
      text: sql,
      values: values.map(storable),
      rowMode: 'array',
      ...(prepare ? { name: nameOf(sql) } : {}),
    });
  }

  function sessionOn(runner: pg.Pool | pg.PoolClient): Session {
    return {
      rows: async (sql, ...values) => (await query(runner, sql, values)).rows,
      row: async (sql, ...values) => (await query(runner, sql, values)).rows[0],
      run: async (sql, ...values) => (await query(runner, sql, values)).rowCount ?? 0,
    };
  }

  async function attempt<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(BEGIN);
      const result = await work(sessionOn(client));
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((cause: Error) => {
        broken = cause;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  const plain = sessionOn(pool);
  return {
    rows: (sql, ...values) => plain.rows(sql, ...values).catch(explained),
    row: (sql, ...values) => plain.row(sql, ...values).catch(explained),
    run: (sql, ...values) => plain.run(sql, ...values).catch(explained),
    async transaction(work) {
      for (let count = 1; ; count += 1) {
        try {
          return await attempt(work);
        } catch (error) {
          if (count === MOST_ATTEMPTS || !AGAIN.has(codeOf(error))) throw explainError(error);
        }
      }
    },
    close: () => pool.end(),
  };
}

/** The SQLSTATE of an error, or the empty text. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

function explained(error: unknown): never {
  throw explainError(error);
}

const names = new Map<string, string>();

/** Two programs behind one pooler may prepare different statements: the name says which one it is. */
function nameOf(sql: string): string {
  const known = names.get(sql);
  if (known) return known;
  const name = `clew_${createHash('sha256').update(sql).digest('base64url').slice(0, 22)}`;
  names.set(sql, name);
  return name;
}

/** PostgreSQL has no NUL in a text. JSON writes it as an escape, which stays. */
function storable(value: Value): unknown {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
  return Array.isArray(value) ? value.map((one) => storable(one)) : value;
}
