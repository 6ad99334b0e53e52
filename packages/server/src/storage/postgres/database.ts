import { createHash } from 'node:crypto';
import pg from 'pg';
import { createConnections, GOODBYE_MS } from './connections.ts';
import { explainError, isAway } from './explain.ts';
import { refuseReadOnly } from './read-only.ts';
import type { Row, Session, Value } from './session.ts';

export type { Row, Session, Value } from './session.ts';

/** What `createDatabase` needs. */
export interface DatabaseOptions {
  readonly url: string;
  /** Most connections at once. */
  readonly connections: number;
  /** Whether statements are prepared by name, once on each connection. */
  readonly prepare: boolean;
  /** Whether `url` leads to a pooler, which keeps nothing that a session says. Default false. */
  readonly pooled?: boolean;
  /** Refuse connections on which nothing can be written (`database_unavailable`), but not those of a pooler, which lead to another server each time. Default false. */
  readonly writes?: boolean;
  /** A statement that is not answered so long has failed: `database_unavailable`. Default 30,000 ms. */
  readonly answerMs?: number;
}

/** How one transaction differs from others. */
export type TransactionOptions = Pick<DatabaseOptions, 'answerMs'>;

/** A bounded pool of connections. Nothing is kept in a session but prepared statements, so that a pooler may stand in between. */
export interface Database extends Session {
  /**
   * One transaction; undone when `work` rejects. One that others stood in the way of (a deadlock, a row with the same id) is done again, so `work`
   * must change nothing but the database.
   */
  transaction<T>(work: (session: Session) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Waits for what is under way. Nothing can be asked any more. */
  close(): Promise<void>;
}

/** A database with connections of its own. */
export interface DatabasePool extends Database {
  /**
   * In so many milliseconds the database is given up: what is under way then, and all that is asked later, rejects with `database_unavailable`. For the end of a server, which is not to
   * wait for a database that does not answer. The first call counts.
   */
  giveUpAfter(ms: number): void;
}

/** A connection that cannot be made in this time, or does not answer for that long, counts as broken. */
const CONNECT_MS = 10_000;
const ANSWER_MS = 30_000;
const MOST_ATTEMPTS = 5;
export const UNIQUE_VIOLATION = '23505';
/** serialization_failure, deadlock_detected: a statement by itself is done again, too. */
const IN_THE_WAY: ReadonlySet<string> = new Set(['40001', '40P01']);
/** A transaction looks again at what is there by now; a statement by itself would find the same row. */
const AGAIN: ReadonlySet<string> = new Set([...IN_THE_WAY, UNIQUE_VIOLATION]);

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

/** What the driver takes these modes of TLS for, by the name that does not make it write a warning of ten lines. */
function verified(url: string): string {
  if (/[?&]uselibpqcompat=true(&|$)/.test(url)) return url;
  return url.replace(/([?&]sslmode=)(prefer|require|verify-ca)(?=&|$)/, '$1verify-full');
}

/** What every connection to `url` is made with. */
export function connectionTo(url: string): pg.ClientConfig {
  return {
    connectionString: verified(url),
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    application_name: 'clew',
    types,
  };
}

/** Opens nothing yet: the first statement does. Errors of the connection come as `ClewError`s. */
export function createDatabase(options: DatabaseOptions): DatabasePool {
  const { url, connections, prepare, pooled = false, writes = false, answerMs = ANSWER_MS } = options;
  const made = createConnections();
  let givingUp: ReturnType<typeof setTimeout> | undefined;
  const pool = new pg.Pool({
    ...connectionTo(url),
    Client: made.Client,
    query_timeout: answerMs,
    max: connections,
    idleTimeoutMillis: 60_000,
    // Rejected: a start-up parameter, which poolers refuse that are not known to be one.
    async onConnect(client) {
      if (prepare && !pooled) await client.query(PLAN_ONCE);
      // After a failover the name of the primary may lead to the old one for a while, which is a replica by then: whoever held such a connection would read what is old for as long as it lives.
      if (writes && !pooled) await refuseReadOnly(sessionOn(client));
    },
  });
  // A connection that breaks while nobody uses it leaves the pool by itself; one that breaks between two statements of a transaction fails the next one.
  pool.on('error', () => {});
  pool.on('connect', (client) => {
    client.on('error', () => {});
  });

  function sessionOn(runner: Pick<pg.ClientBase, 'query'>, timeout: { readonly query_timeout?: number } = {}): Session {
    const query = (sql: string, values: readonly Value[]) =>
      runner.query<Row>({
        text: sql,
        values: values.map(storable),
        rowMode: 'array',
        ...(prepare ? { name: nameOf(sql) } : {}),
        ...timeout,
      });
    return {
      rows: async (sql, ...values) => (await query(sql, values)).rows,
      row: async (sql, ...values) => (await query(sql, values)).rows[0],
      run: async (sql, ...values) => (await query(sql, values)).rowCount ?? 0,
    };
  }

  async function attempt<T>(work: (session: Session) => Promise<T>, own: TransactionOptions): Promise<T> {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(BEGIN);
      const result = await work(sessionOn(client, { query_timeout: own.answerMs ?? answerMs }));
      await client.query('COMMIT');
      return result;
    } catch (error) {
      // Who did not answer is not asked again: that would take as long once more. Without its connection the transaction is undone, too.
      if (isAway(error)) broken = error as Error;
      else
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
    rows: (sql, ...values) => until(() => plain.rows(sql, ...values), IN_THE_WAY),
    row: (sql, ...values) => until(() => plain.row(sql, ...values), IN_THE_WAY),
    run: (sql, ...values) => until(() => plain.run(sql, ...values), IN_THE_WAY),
    transaction: (work, own = {}) => until(() => attempt(work, own), AGAIN),
    giveUpAfter(ms) {
      givingUp ??= setTimeout(made.cut, ms).unref();
    },
    async close() {
      await pool.end();
      await made.closed(GOODBYE_MS);
      clearTimeout(givingUp);
    },
  };
}

/** The SQLSTATE of an error, or the empty text. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** Does it until it is done, or fails for another reason than these. What failed has changed nothing. */
async function until<T>(work: () => Promise<T>, again: ReadonlySet<string>): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await work();
    } catch (error) {
      if (count === MOST_ATTEMPTS || !again.has(codeOf(error))) throw explainError(error);
    }
  }
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
