import { ClewError, type Message, PROGRESS, type Run, type RunEvent, type Scope } from '../../../model/index.ts';
import { type Lease, LeaseLost, type Page, type RunQuery } from '../../../ports/index.ts';
import { damagedLog, type Unpack, unpackLog } from '../../packed-log.ts';
import { inTurns } from '../../turns.ts';
import type { Row, Session, Value } from '../database.ts';
import { columnsOf } from '../group.ts';
import { EVENT, MESSAGE, RUN, toEvent, toMessage, toRun } from '../rows.ts';
import { owned } from './scope.ts';

/** See `Store.readRun`. */
export async function readRun(session: Session, scope: Scope, runId: string): Promise<Run> {
  const own = owned(scope, 2);
  const row = await session.row(`SELECT ${RUN} FROM clew.runs WHERE id = $1 AND ${own.sql}`, runId, ...own.values);
  if (!row) throw new ClewError('run_not_found');
  return toRun(row);
}

/** A run by its id alone: only for ids that came from a thread the caller may see. */
export async function readRunById(session: Session, runId: string): Promise<Run> {
  return toRun((await session.row(`SELECT ${RUN} FROM clew.runs WHERE id = $1`, runId)) as Row);
}

/** See `Store.listRuns`. */
export async function listRuns(session: Session, scope: Scope, query: RunQuery): Promise<Page<Run>> {
  const own = owned(scope, 1);
  const conditions = [own.sql];
  const values: Value[] = [...own.values];
  const add = (condition: (place: string) => string, value: Value) =>
    conditions.push(condition(`$${values.push(value)}`));
  if (query.threadId !== undefined) add((place) => `thread_id = ${place}`, query.threadId);
  if (query.agentId !== undefined) add((place) => `agent_id = ${place}`, query.agentId);
  if (query.status !== undefined) add((place) => `status = ANY (${place}::text[])`, query.status);
  const where = conditions.join(' AND ');
  const [rows, total] = await Promise.all([
    session.rows(
      `SELECT ${RUN} FROM clew.runs WHERE ${where} ORDER BY n DESC LIMIT $${values.length + 1} OFFSET $${values.length + 2}`,
      ...values,
      query.limit,
      query.offset,
    ),
    session.row(`SELECT count(*) FROM clew.runs WHERE ${where}`, ...values),
  ]);
  return { items: rows.map(toRun), total: total?.[0] as number };
}

/** What a reader of one log asks for. */
export interface EventQuery {
  readonly scope: Scope;
  readonly runId: string;
  readonly after: number;
  /** -1: all. */
  readonly limit: number;
}

/**
 * See `Store.readEvents`: many readers in one statement. A reader whose run does not exist for it gets the error in its place. Where a log is and what is in it is read by one statement,
 * here and wherever a log is read: between two it may be archived.
 */
export async function readEvents(
  session: Session,
  queries: readonly EventQuery[],
): Promise<readonly (RunEvent[] | ClewError)[]> {
  const asked = queries.map(({ scope, runId, after, limit }, k) => [
    ...[k, runId, scope.tenantId, scope.audience === 'operator' ? null : scope.userId],
    ...[after, limit < 0 ? null : limit],
  ]);
  const rows = await session.rows(
    `SELECT query.k, run.archived_seq > query.after,
       CASE WHEN run.archived_seq > query.after THEN (SELECT log FROM clew.archives WHERE run_n = run.n) END, event.*
     FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::int[], $6::int[])
       AS query (k, run_id, tenant_id, user_id, after, most)
     JOIN LATERAL (
       SELECT n, archived_seq FROM clew.runs
       WHERE id = query.run_id AND tenant_id = query.tenant_id AND (query.user_id IS NULL OR user_id = query.user_id) OFFSET 0
     ) run ON true
     LEFT JOIN LATERAL (
       SELECT ${EVENT} FROM clew.events WHERE run_n = run.n AND seq > query.after ORDER BY seq LIMIT query.most
     ) event ON true`,
    ...columnsOf(asked, 6),
  );
  const found = new Map<number, RunEvent[]>();
  const archived = new Map<number, RunEvent[] | ClewError>();
  for (const [k, isArchived, log, ...event] of rows) {
    if (isArchived) archived.set(k, archivedOrDamaged(log, queries[k] as EventQuery));
    const events = found.get(k) ?? [];
    found.set(k, events);
    // A run without events after that place is one row without an event.
    if (event[0] !== null) events.push(toEvent(event));
  }
  return queries.map(
    (_, k) => archived.get(k) ?? found.get(k)?.sort((a, b) => a.seq - b.seq) ?? new ClewError('run_not_found'),
  );
}

/** One log that is damaged is the business of its reader alone. */
function archivedOrDamaged(log: Uint8Array | null, query: EventQuery): RunEvent[] | ClewError {
  try {
    return archivedEvents(log, query);
  } catch (error) {
    if (error instanceof ClewError) return error;
    throw error;
  }
}

function archivedEvents(log: Uint8Array | null, wanted: Unpack): RunEvent[] {
  if (log === null) throw damagedLog(wanted.runId);
  return unpackLog(log, wanted);
}

/** See `Store.readMilestones`. */
export async function readMilestones(session: Session, scope: Scope, runId: string): Promise<RunEvent[]> {
  const own = owned(scope, 2);
  const rows = await session.rows(
    `SELECT run.archived_seq > 0, CASE WHEN run.archived_seq > 0 THEN (SELECT log FROM clew.archives WHERE run_n = run.n) END, event.*
     FROM (SELECT n, archived_seq FROM clew.runs WHERE id = $1 AND ${own.sql} OFFSET 0) run
     LEFT JOIN LATERAL (
       SELECT ${EVENT} FROM clew.events WHERE run_n = run.n AND type <> ALL ($${own.values.length + 2}::text[])
     ) event ON true ORDER BY event.seq`,
    runId,
    ...own.values,
    [...PROGRESS],
  );
  const [first] = rows;
  if (!first) throw new ClewError('run_not_found');
  const [isArchived, log] = first;
  if (isArchived) return archivedEvents(log, { runId }).filter(({ type }) => !PROGRESS.has(type));
  // A run without any is one row without an event.
  return rows.flatMap(([, , ...event]) => (event[0] === null ? [] : toEvent(event)));
}

/** See `Store.readLog`. */
export async function readLog(session: Session, { run, worker, epoch }: Lease): Promise<RunEvent[]> {
  const rows = await session.rows(
    `SELECT ${EVENT} FROM clew.events
     WHERE run_n = (SELECT n FROM clew.runs WHERE id = $1 AND status = 'running' AND worker = $2 AND epoch = $3) ORDER BY seq`,
    run.id,
    worker,
    epoch,
  );
  // No run is without events.
  if (rows.length === 0) throw new LeaseLost('Another worker has the run, or it has ended.');
  return rows.map(toEvent);
}

/** See `Store.readTurn`. */
export async function readTurn(
  session: Session,
  lease: Lease,
  limit: number,
): Promise<{ inputs: Message[]; history: Message[] }> {
  const first = await session.row(
    `SELECT n, (SELECT inputs FROM clew.runs WHERE id = $1) FROM clew.messages WHERE id = $2`,
    lease.run.id,
    lease.run.messageId,
  );
  if (!first) throw new ClewError('message_not_found');
  const [n, inputs] = first as [number, number];
  const { id, threadId } = lease.run;
  const [rows, late] = await Promise.all([
    session.rows(
      `SELECT ${MESSAGE} FROM clew.messages WHERE thread_id = $1 AND n <= $2 ORDER BY n DESC LIMIT $3`,
      threadId,
      n,
      Math.max(inputs, limit + 1),
    ),
    limit === 0
      ? []
      : session.rows(
          `SELECT ${MESSAGE} FROM clew.messages WHERE thread_id = $1 AND n > $2
             AND run_id IN (SELECT id FROM clew.runs WHERE thread_id = $1 AND n < (SELECT n FROM clew.runs WHERE id = $3)) ORDER BY n`,
          threadId,
          n,
          id,
        ),
  ]);
  const messages = rows.map(toMessage).reverse();
  const history = inTurns(messages.slice(0, -1), late.map(toMessage));
  return { inputs: messages.slice(-inputs), history: limit === 0 ? [] : history.slice(-limit) };
}

/** See `Store.findMessage`. */
export async function findMessage(session: Session, scope: Scope, messageId: string): Promise<Message> {
  const own = owned(scope, 2, 'threads');
  const row = await session.row(
    `SELECT ${MESSAGE} FROM clew.messages
     WHERE id = $1 AND EXISTS (SELECT 1 FROM clew.threads WHERE threads.id = messages.thread_id AND ${own.sql})`,
    messageId,
    ...own.values,
  );
  if (!row) throw new ClewError('message_not_found');
  return toMessage(row);
}

/** A message by its id alone: only for ids that came from a run the caller may see. */
export async function readMessageById(session: Session, messageId: string): Promise<Message> {
  const row = await session.row(`SELECT ${MESSAGE} FROM clew.messages WHERE id = $1`, messageId);
  if (!row) throw new ClewError('message_not_found');
  return toMessage(row);
}
