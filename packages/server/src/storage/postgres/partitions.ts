import type { Idle } from '../../ports/index.ts';
import { codeOf, type Database, type Session } from './database.ts';

/** A piece of the log: the runs with numbers from `from` up to, but not including, `to`. */
export interface Partition {
  /** Table in the schema `clew`. */
  readonly name: string;
  /** Null: from the first one on. */
  readonly from: number | null;
  readonly to: number;
}

/** Runs in a partition: what a week to two months bring, within these bounds. Every statement looks at all partitions when it is planned: with forty of them there were a quarter fewer runs a second (measured). */
const FIRST_SIZE = 250_000;
const LEAST_SIZE = 50_000;
const MOST_SIZE = 16_000_000;
const WEEK_MS = 7 * 86_400_000;
const TWO_MONTHS_MS = 60 * 86_400_000;
/** After this long a transaction is done, or broken off (`idle_in_transaction_session_timeout`, `query_timeout`). */
const SETTLED_MS = 60_000;
/** Where runs go for which there is no partition. */
const REST = 'events_rest';
/** Who waits for a lock stands in the way of all that come after: rather another time. */
const LOCK_TIMEOUT = `SET LOCAL lock_timeout = '2s'`;
const LOCK_NOT_AVAILABLE = '55P03';
/** What a run is that has not ended. */
const OPEN = `('queued', 'running', 'waiting')`;
/** Making a partition for which somebody has written to `events_rest` in the meantime. */
const CHECK_VIOLATION = '23514';
/** One node at a time. */
const LOCK = 0x0c1e_0002;

/** The partitions of the log, the oldest first. */
export async function partitions(session: Session): Promise<Partition[]> {
  const rows = await session.rows(
    `SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'clew.events'::regclass`,
  );
  return rows
    .flatMap(([name, bound]: string[]) => {
      const found = /FROM \((MINVALUE|'(-?\d+)')\) TO \('(\d+)'\)/.exec(bound ?? '');
      return found ? [{ name: name ?? '', from: found[2] ? Number(found[2]) : null, to: Number(found[3]) }] : [];
    })
    .sort((a, b) => a.to - b.to);
}

/** See `Store.maintain`. What stands in the way now is left for another time. */
export async function maintainPartitions(database: Database, idle: Idle): Promise<number> {
  let dropped = 0;
  try {
    await database.transaction((session) => makeAhead(session));
    await database.transaction((session) => remakeKnownEmpty(session));
    const last = await lastRun(database);
    for (const partition of await partitions(database)) {
      if (partition.to > last) break;
      if (await database.transaction((session) => dropIfGone(session, partition, idle))) dropped += 1;
    }
  } catch (error) {
    const code = codeOf((error as { cause?: unknown }).cause ?? error);
    if (code !== LOCK_NOT_AVAILABLE && code !== CHECK_VIOLATION) throw error;
  }
  return dropped;
}

/**
 * Makes partitions until one that is as large as the last lies beyond the newest run, or beyond number `upTo`. One that was filled within a week is followed by a larger one, one that
 * took more than two months by a smaller one. To be called in a transaction.
 */
export async function makeAhead(session: Session, upTo = 0): Promise<void> {
  for (;;) {
    const last = Math.max(await lastRun(session), upTo);
    const newest = (await partitions(session)).at(-1);
    const size = newest ? newest.to - (newest.from ?? newest.to - FIRST_SIZE) : FIRST_SIZE;
    if (!newest || newest.to - last > Math.min(size, FIRST_SIZE)) return;
    await session.run(LOCK_TIMEOUT);
    await session.run('SELECT pg_advisory_xact_lock($1)', LOCK);
    // Somebody else may have been first.
    if ((await partitions(session)).at(-1)?.to !== newest.to) continue;
    const strays = (await session.row(`SELECT max(run_n) FROM clew.${REST}`))?.[0] as number | null;
    const from = Math.max(newest.to, (strays ?? 0) + 1);
    const to = from + (await nextSize(session, { size, from: newest.from ?? 0 }));
    await make(session, from, to);
  }
}

/** Attaching lets others read and write meanwhile; `PARTITION OF` would not. */
async function make(session: Session, from: number, to: number): Promise<void> {
  await session.run(`CREATE TABLE clew.events_${from} (LIKE clew.events INCLUDING CONSTRAINTS)`);
  await session.run(
    `ALTER TABLE clew.events ATTACH PARTITION clew.events_${from} FOR VALUES FROM (${from}) TO (${to})`,
  );
}

/**
 * A partition that was analysed while nothing was in it is taken for empty by statements that were planned then, and read from end to end, until it is analysed again: a minute in
 * which every append would read all of it. A new one is taken for a small one, with an index. Nobody but a person analyses an empty table.
 */
async function remakeKnownEmpty(session: Session): Promise<void> {
  const last = await lastRun(session);
  for (const { name, from, to } of await partitions(session)) {
    if (from === null || from <= last) continue;
    const known = await session.row(
      `SELECT 1 FROM pg_class WHERE oid = $1::regclass AND reltuples = 0`,
      `clew.${name}`,
    );
    if (!known) continue;
    await session.run(LOCK_TIMEOUT);
    await session.run(`LOCK TABLE ONLY clew.events, ONLY clew.${name} IN ACCESS EXCLUSIVE MODE`);
    if (await session.row(`SELECT 1 FROM clew.${name} LIMIT 1`)) continue;
    await session.run(`DROP TABLE clew.${name}`);
    await make(session, from, to);
  }
}

async function nextSize(session: Session, { size, from }: { size: number; from: number }): Promise<number> {
  const first = await session.row('SELECT created_at FROM clew.runs WHERE n >= $1 ORDER BY n LIMIT 1', from);
  const newest = await session.row('SELECT created_at FROM clew.runs ORDER BY n DESC LIMIT 1');
  // Before an import: how much comes at once is all that is known.
  if (!first || !newest) return Math.min(MOST_SIZE, size * 2);
  const took = (newest[0] as number) - (first[0] as number);
  const next = took < WEEK_MS ? size * 2 : took > TWO_MONTHS_MS ? Math.round(size / 2) : size;
  return Math.min(MOST_SIZE, Math.max(LEAST_SIZE, next));
}

/** The newest number that a run was given; 0 when there was none. */
async function lastRun(session: Session): Promise<number> {
  const row = await session.row(`SELECT coalesce(pg_sequence_last_value('clew.runs_n_seq'::regclass), 0)`);
  return row?.[0] as number;
}

/**
 * Drops a partition when the log of no run of it is kept in it: the run is gone, or its log is archived, or its thread is too old. Those threads follow, whose rows are removed one by one;
 * somebody who speaks in one at this very moment keeps its messages and loses the log of its old runs. Whoever archives a run holds the partition until it is done.
 *
 * The newest run is looked at first: while runs are archived, the oldest first, it is the one that says no.
 */
async function dropIfGone(session: Session, { name, from, to }: Partition, idle: Idle): Promise<boolean> {
  const range = [from ?? 0, to];
  if (await isSettling(session, to)) return false;
  const kept = await session.row(
    `SELECT 1 FROM clew.runs LEFT JOIN clew.threads ON threads.id = runs.thread_id
     WHERE runs.n >= $1 AND runs.n < $2 AND runs.archived_seq IS NULL
       AND (runs.status IN ${OPEN}
         OR NOT coalesce(threads.updated_at < CASE WHEN threads.visitor THEN $3::bigint ELSE $4::bigint END, false))
     ORDER BY runs.n DESC LIMIT 1`,
    ...range,
    idle.visitors,
    idle.users,
  );
  if (kept) return false;
  await session.run(LOCK_TIMEOUT);
  // The table above first, as everybody else.
  await session.run(`LOCK TABLE ONLY clew.events, ONLY clew.${name} IN ACCESS EXCLUSIVE MODE`);
  // Whoever was about to begin a run in it has done so, or will find it gone and write to `events_rest`. Everybody waits: what was looked at above is not looked at again.
  const begun = await session.row(
    `SELECT 1 FROM clew.runs WHERE n >= $1 AND n < $2 AND status IN ${OPEN} LIMIT 1`,
    ...range,
  );
  if (begun) return false;
  await session.run(`DROP TABLE clew.${name}`);
  return true;
}

/**
 * Whether a run with a number below `to` may still be on its way, unseen: a number is given before the transaction that uses it is done. Once the first run beyond is older than any
 * transaction, none is.
 */
async function isSettling(session: Session, to: number): Promise<boolean> {
  const row = await session.row(
    `SELECT created_at > extract(epoch FROM now()) * 1000 - ${SETTLED_MS} FROM clew.runs WHERE n >= $1 ORDER BY n LIMIT 1`,
    to,
  );
  return row?.[0] === true;
}
