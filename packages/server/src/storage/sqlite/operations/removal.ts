import {
  addHoldings,
  type Holdings,
  type Idle,
  NO_HOLDINGS,
  type Person,
  type RemovableThread,
} from '../../../ports/index.ts';
import type { Connection, Value } from '../connection.ts';
import type { Context } from './context.ts';
import { countersOf, ofPerson } from './holdings.ts';

/** Threads that one call of `idleThreads` looks at. */
const LOOKED_AT = 2_000;

const REMOVABLE = `id, tenant_id, user_id,
  EXISTS (SELECT 1 FROM messages WHERE thread_id = threads.id AND (role = 'user' AND instr(parts, '/files/') > 0 OR instr(steps, '"clew/files"') > 0))`;

function toRemovable([id, tenantId, userId, files]: readonly Value[]): RemovableThread {
  return { id, tenantId, userId, mayHaveFiles: files === 1 } as RemovableThread;
}

/** See `Store.threadsOf`. */
export function threadsOf({ connection }: Context, person: Person, limit: number): RemovableThread[] {
  const own = ofPerson(person);
  return connection
    .rows(`SELECT ${REMOVABLE} FROM threads WHERE ${own.sql} ORDER BY n LIMIT ?`, ...own.values, limit)
    .map(toRemovable);
}

/** See `Store.idleThreads`. */
export function idleThreads(
  { connection }: Context,
  idle: Idle,
  after: number,
): { threads: RemovableThread[]; next: number | null } {
  const last = connection.row(
    'SELECT max(n), count(*) FROM (SELECT n FROM threads WHERE n > ? ORDER BY n LIMIT ?)',
    after,
    LOOKED_AT,
  ) as [number | null, number];
  const [to, seen] = last;
  if (to === null) return { threads: [], next: null };
  const rows = connection.rows(
    `SELECT ${REMOVABLE} FROM threads WHERE n > ? AND n <= ? AND ${IS_IDLE} ORDER BY n`,
    after,
    to,
    ...limits(idle),
  );
  return { threads: rows.map(toRemovable), next: seen < LOOKED_AT ? null : to };
}

const IS_IDLE = `updated_at < CASE visitor WHEN 1 THEN ? ELSE ? END
  AND NOT EXISTS (SELECT 1 FROM runs WHERE thread_id = threads.id AND status IN ('queued', 'running'))`;

/** Nothing is older than the time of a kind that is kept. */
function limits({ visitors, users }: Idle): [number, number] {
  return [visitors ?? Number.MIN_SAFE_INTEGER, users ?? Number.MIN_SAFE_INTEGER];
}

/** See `Store.removeThreads`. */
export function removeThreads(
  context: Context,
  threads: readonly RemovableThread[],
  idle: Idle | null,
): { counts: Holdings; runs: string[] } {
  let counts = NO_HOLDINGS;
  const runs: string[] = [];
  for (const { id } of threads) {
    const removed = removeThread(context, id, idle);
    if (!removed) continue;
    counts = addHoldings(counts, removed.counts);
    runs.push(...removed.runs);
  }
  return { counts, runs };
}

/** Removes one thread; undefined when it is not there, or was used since. */
export function removeThread(
  { connection, open, recent }: Context,
  threadId: string,
  idle: Idle | null,
): { counts: Partial<Holdings>; runs: string[] } | undefined {
  const found = connection.row(
    `SELECT tenant_id, user_id FROM threads WHERE id = ?${idle ? ` AND ${IS_IDLE}` : ''}`,
    threadId,
    ...(idle ? limits(idle) : []),
  );
  if (!found) return undefined;
  const [tenantId, userId] = found as [string, string];
  const counts = { threads: 1, messages: 0, runs: 0, events: 0, keys: 0, deliveries: 0 };
  const runs: string[] = [];
  for (const [n, runId] of connection.rows('SELECT n, id FROM runs WHERE thread_id = ?', threadId)) {
    open.delete(runId as string);
    recent.delete(runId as string);
    runs.push(runId as string);
    counts.events += connection.run('DELETE FROM events WHERE run_n = ?', n as number);
    counts.events += removeArchive(connection, n as number);
    // By the person first: there is no index by run, which every message would pay for.
    const key = 'DELETE FROM sent WHERE tenant_id = ? AND user_id = ? AND run_id = ?';
    counts.keys += connection.run(key, tenantId, userId, runId as string);
    counts.deliveries += connection.run('DELETE FROM webhook_events WHERE run_id = ?', runId as string);
    counts.deliveries += connection.run('DELETE FROM webhook_deliveries WHERE run_id = ?', runId as string);
  }
  counts.runs = connection.run('DELETE FROM runs WHERE thread_id = ?', threadId);
  counts.messages = connection.run('DELETE FROM messages WHERE thread_id = ?', threadId);
  connection.run('DELETE FROM threads WHERE id = ?', threadId);
  return { counts, runs };
}

/** How many events were in it. */
function removeArchive(connection: Connection, n: number): number {
  const events = connection.row('SELECT events FROM archives WHERE run_n = ?', n)?.[0];
  if (typeof events !== 'number') return 0;
  connection.run('DELETE FROM archives WHERE run_n = ?', n);
  return events;
}

/** See `Store.forgetPerson`. */
export function forgetPerson({ connection }: Context, person: Person): Holdings {
  const { tenantId, userId, channel } = person;
  const counters = countersOf(person);
  const gone = { counters: connection.run(`DELETE FROM quotas WHERE ${counters.sql}`, ...counters.values) };
  if (channel !== undefined) return addHoldings(NO_HOLDINGS, gone);
  const own = 'WHERE tenant_id = ? AND user_id = ?';
  return addHoldings(NO_HOLDINGS, {
    ...gone,
    keys: connection.run(`DELETE FROM sent ${own}`, tenantId, userId),
    visitors: connection.run(`DELETE FROM visitor_links ${own}`, tenantId, userId),
  });
}

/** See `Store.visitorsOf`. */
export function visitorsOf({ connection }: Context, { tenantId, userId }: Person): string[] {
  return connection
    .rows('SELECT visitor_id FROM visitor_links WHERE tenant_id = ? AND user_id = ?', tenantId, userId)
    .map(([id]) => id as string);
}
