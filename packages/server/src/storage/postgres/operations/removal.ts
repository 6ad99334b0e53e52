import {
  addHoldings,
  type Holdings,
  type Idle,
  NO_HOLDINGS,
  type Person,
  type RemovableThread,
} from '../../../ports/index.ts';
import type { Row, Session } from '../database.ts';
import { holdThreads } from './hold.ts';
import { countersOf, ofPerson } from './holdings.ts';

/** Threads that one call of `idleThreads` looks at. */
const LOOKED_AT = 5_000;

/** `LIMIT` keeps the database from reading all messages of all people at once. */
const REMOVABLE = `id, tenant_id, user_id,
  coalesce((SELECT true FROM clew.messages WHERE thread_id = threads.id AND (role = 'user' AND strpos(parts::text, '/files/') > 0 OR strpos(steps::text, '"clew/files"') > 0) LIMIT 1), false)`;

function toRemovable([id, tenantId, userId, mayHaveFiles]: Row): RemovableThread {
  return { id, tenantId, userId, mayHaveFiles };
}

/** See `Store.threadsOf`. */
export async function threadsOf(session: Session, person: Person, limit: number): Promise<RemovableThread[]> {
  const own = ofPerson(person);
  const rows = await session.rows(
    `SELECT ${REMOVABLE} FROM clew.threads WHERE ${own.sql} ORDER BY n LIMIT $${own.values.length + 1}`,
    ...own.values,
    limit,
  );
  return rows.map(toRemovable);
}

/** Whether nothing was said since, and nobody works. `visitors` and `users` are parameters. */
const isIdle = (visitors: string, users: string) =>
  `updated_at < CASE WHEN visitor THEN ${visitors}::bigint ELSE ${users}::bigint END
   AND NOT EXISTS (SELECT 1 FROM clew.runs WHERE thread_id = threads.id AND status IN ('queued', 'running'))`;

/** Threads are looked at in the order of their making: an index by their last change would be one more to write with each message. */
export async function idleThreads(
  session: Session,
  idle: Idle,
  after: number,
): Promise<{ threads: RemovableThread[]; next: number | null }> {
  const last = await session.row(
    'SELECT max(n), count(*) FROM (SELECT n FROM clew.threads WHERE n > $1 ORDER BY n LIMIT $2) AS piece',
    after,
    LOOKED_AT,
  );
  const [to, seen] = last as [number | null, number];
  if (to === null) return { threads: [], next: null };
  const rows = await session.rows(
    `SELECT ${REMOVABLE} FROM clew.threads WHERE n > $1 AND n <= $2 AND ${isIdle('$3', '$4')} ORDER BY n`,
    after,
    to,
    idle.visitors,
    idle.users,
  );
  return { threads: rows.map(toRemovable), next: seen < LOOKED_AT ? null : to };
}

/**
 * See `Store.removeThreads`. To be called in a transaction. Whoever starts a run in the meantime has changed its thread, which is then passed over.
 */
export async function removeThreads(
  session: Session,
  threads: readonly RemovableThread[],
  idle: Idle | null,
): Promise<{ counts: Holdings; runs: string[] }> {
  const asked = threads.map(({ id }) => id);
  const ids = await holdThreads(session, {
    sql: `id = ANY ($1::text[])${idle ? ` AND ${isIdle('$2', '$3')}` : ''}`,
    values: [asked, ...(idle ? [idle.visitors, idle.users] : [])],
    how: 'FOR UPDATE',
  });
  if (ids.length === 0) return { counts: NO_HOLDINGS, runs: [] };
  const rows = await session.rows('DELETE FROM clew.runs WHERE thread_id = ANY ($1::text[]) RETURNING n, id', ids);
  const numbers = rows.map(([n]) => n as number);
  const runs = rows.map(([, id]) => id as string);
  const ofRuns = (table: string) => session.run(`DELETE FROM clew.${table} WHERE run_id = ANY ($1::text[])`, runs);
  const counts: Holdings = {
    ...NO_HOLDINGS,
    threads: ids.length,
    runs: runs.length,
    events:
      (await session.run('DELETE FROM clew.events WHERE run_n = ANY ($1::bigint[])', numbers)) +
      (await removeArchives(session, numbers)),
    keys: await ofRuns('sent'),
    deliveries: (await ofRuns('webhook_events')) + (await ofRuns('webhook_deliveries')),
    messages: await session.run('DELETE FROM clew.messages WHERE thread_id = ANY ($1::text[])', ids),
  };
  await session.run('DELETE FROM clew.threads WHERE id = ANY ($1::text[])', ids);
  return { counts, runs };
}

/** How many events were in them. */
async function removeArchives(session: Session, numbers: readonly number[]): Promise<number> {
  const row = await session.row(
    `WITH removed AS (DELETE FROM clew.archives WHERE run_n = ANY ($1::bigint[]) RETURNING events)
     SELECT coalesce(sum(events), 0) FROM removed`,
    numbers,
  );
  return row?.[0] as number;
}

/** See `Store.forgetPerson`. To be called in a transaction. */
export async function forgetPerson(session: Session, person: Person): Promise<Holdings> {
  const { tenantId, userId, channel } = person;
  const counters = countersOf(person);
  const gone = { counters: await session.run(`DELETE FROM clew.quotas WHERE ${counters.sql}`, ...counters.values) };
  if (channel !== undefined) return addHoldings(NO_HOLDINGS, gone);
  const own = 'WHERE tenant_id = $1 AND user_id = $2';
  return addHoldings(NO_HOLDINGS, {
    ...gone,
    keys: await session.run(`DELETE FROM clew.sent ${own}`, tenantId, userId),
    visitors: await session.run(`DELETE FROM clew.visitor_links ${own}`, tenantId, userId),
  });
}

/** See `Store.visitorsOf`. */
export async function visitorsOf(session: Session, { tenantId, userId }: Person): Promise<string[]> {
  const rows = await session.rows(
    'SELECT visitor_id FROM clew.visitor_links WHERE tenant_id = $1 AND user_id = $2',
    tenantId,
    userId,
  );
  return rows.map(([id]) => id as string);
}
