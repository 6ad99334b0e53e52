import { ClewError, type Message, PROGRESS, type Run, type RunEvent, type Scope } from '../../../model/index.ts';
import type { Lease, Page, RunQuery } from '../../../ports/index.ts';
import { damagedLog, type Unpack, unpackLog } from '../../packed-log.ts';
import { inTurns } from '../../turns.ts';
import type { Connection, Value } from '../connection.ts';
import { EVENT, MESSAGE, RUN, toEvent, toMessage, toRun } from '../rows.ts';
import { type Context, owned } from './context.ts';

/** See `Store.readRun`. */
export function readRun(connection: Connection, scope: Scope, runId: string): Run {
  const own = owned(scope);
  const row = connection.row(`SELECT ${RUN} FROM runs WHERE id = ? AND ${own.sql}`, runId, ...own.values);
  if (!row) throw new ClewError('run_not_found');
  return toRun(row);
}

/** A run by its id alone: only for ids that came from a thread the caller may see. */
export function readRunById(connection: Connection, runId: string): Run {
  return toRun(connection.row(`SELECT ${RUN} FROM runs WHERE id = ?`, runId) as Value[]);
}

/** The run's place in its table; the caller has made sure that it may know it. */
export function runNumber(connection: Connection, runId: string): number {
  const row = connection.row('SELECT n FROM runs WHERE id = ?', runId);
  if (!row) throw new ClewError('run_not_found');
  return row[0] as number;
}

/** See `Store.listRuns`. */
export function listRuns({ connection }: Context, scope: Scope, query: RunQuery): Page<Run> {
  const own = owned(scope);
  const conditions = [own.sql];
  const values: Value[] = [...own.values];
  if (query.threadId !== undefined) {
    conditions.push('thread_id = ?');
    values.push(query.threadId);
  }
  if (query.agentId !== undefined) {
    conditions.push('agent_id = ?');
    values.push(query.agentId);
  }
  if (query.status !== undefined) {
    conditions.push(`status IN (${query.status.map(() => '?').join(', ')})`);
    values.push(...query.status);
  }
  const where = conditions.join(' AND ');
  const rows = connection.rows(
    `SELECT ${RUN} FROM runs WHERE ${where} ORDER BY n DESC LIMIT ? OFFSET ?`,
    ...values,
    query.limit,
    query.offset,
  );
  const total = connection.row(`SELECT count(*) FROM runs WHERE ${where}`, ...values)?.[0] as number;
  return { items: rows.map(toRun), total };
}

/** See `Store.readEvents`. */
export function readEvents(
  { connection, recent }: Context,
  scope: Scope,
  { runId, after, limit }: { runId: string; after: number; limit: number },
): RunEvent[] {
  const known = recent.read(scope, runId, after);
  if (known) return limit >= 0 && known.length > limit ? known.slice(0, limit) : known;
  const { n, archivedSeq } = ownRun(connection, scope, runId);
  if (archivedSeq === null) return eventsOf(connection, { n, after, limit });
  return after < archivedSeq ? archivedEvents(connection, n, { runId, after, limit }) : [];
}

/** See `Store.readMilestones`. */
export function readMilestones({ connection, recent }: Context, scope: Scope, runId: string): RunEvent[] {
  const known = recent.read(scope, runId, 0);
  if (known) return known.filter(({ type }) => !PROGRESS.has(type));
  const { n, archivedSeq } = ownRun(connection, scope, runId);
  if (archivedSeq) return archivedEvents(connection, n, { runId }).filter(({ type }) => !PROGRESS.has(type));
  return connection
    .rows(`SELECT ${EVENT} FROM events WHERE run_n = ? AND type NOT IN (${MARKS}) ORDER BY seq`, n, ...PROGRESS)
    .map(toEvent);
}

const MARKS = Array.from(PROGRESS, () => '?').join(', ');

/** Where the log of a run is: in `events`, or with an `archivedSeq`, the last of it, in `archives`. */
function ownRun(
  connection: Connection,
  scope: Scope,
  runId: string,
): { readonly n: number; readonly archivedSeq: number | null } {
  const own = owned(scope);
  const row = connection.row(`SELECT n, archived_seq FROM runs WHERE id = ? AND ${own.sql}`, runId, ...own.values);
  if (!row) throw new ClewError('run_not_found');
  return { n: row[0] as number, archivedSeq: row[1] as number | null };
}

/** See `Store.readLog`. */
export function readLog({ connection, open }: Context, lease: Lease): RunEvent[] {
  return eventsOf(connection, { n: open.held(lease).n, after: 0, limit: -1 });
}

function eventsOf(
  connection: Connection,
  { n, after, limit }: { n: number; after: number; limit: number },
): RunEvent[] {
  return connection
    .rows(`SELECT ${EVENT} FROM events WHERE run_n = ? AND seq > ? ORDER BY seq LIMIT ?`, n, after, limit)
    .map(toEvent);
}

function archivedEvents(connection: Connection, n: number, wanted: Unpack): RunEvent[] {
  const log = connection.row('SELECT log FROM archives WHERE run_n = ?', n)?.[0] as Uint8Array | undefined;
  if (!log) throw damagedLog(wanted.runId);
  return unpackLog(log, wanted);
}

/** See `Store.readTurn`. */
export function readTurn(
  { connection }: Context,
  lease: Lease,
  limit: number,
): { inputs: Message[]; history: Message[] } {
  const input = readMessageById(connection, lease.run.messageId);
  const before = (count: number) =>
    connection
      .rows(
        `SELECT ${MESSAGE} FROM messages WHERE thread_id = ? AND n < (SELECT n FROM messages WHERE id = ?) ORDER BY n DESC LIMIT ?`,
        input.threadId,
        input.id,
        count,
      )
      .reverse()
      .map(toMessage);
  const count = connection.row('SELECT inputs FROM runs WHERE id = ?', lease.run.id)?.[0] as number;
  const inputs = [...before(count - 1), input];
  if (limit === 0) return { inputs, history: [] };
  const late = connection
    .rows(
      `SELECT ${MESSAGE} FROM messages WHERE thread_id = ?1 AND n > (SELECT n FROM messages WHERE id = ?2)
         AND run_id IN (SELECT id FROM runs WHERE thread_id = ?1 AND n < (SELECT n FROM runs WHERE id = ?3)) ORDER BY n`,
      input.threadId,
      input.id,
      lease.run.id,
    )
    .map(toMessage);
  return { inputs, history: inTurns(before(limit), late).slice(-limit) };
}

/** See `Store.findMessage`. */
export function findMessage({ connection }: Context, scope: Scope, messageId: string): Message {
  const own = owned(scope);
  const row = connection.row(
    `SELECT ${MESSAGE} FROM messages WHERE id = ? AND thread_id IN (SELECT id FROM threads WHERE id = messages.thread_id AND ${own.sql})`,
    messageId,
    ...own.values,
  );
  if (!row) throw new ClewError('message_not_found');
  return toMessage(row);
}

/** A message by its id alone: only for ids that came from a run the caller may see. */
export function readMessageById(connection: Connection, messageId: string): Message {
  const row = connection.row(`SELECT ${MESSAGE} FROM messages WHERE id = ?`, messageId);
  if (!row) throw new ClewError('message_not_found');
  return toMessage(row);
}
