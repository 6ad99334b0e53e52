import { addHoldings, type Holdings, NO_HOLDINGS, type Person } from '../../../ports/index.ts';
import type { Session, Value } from '../database.ts';

/**
 * The channel that a run came in by. Whoever looks into JSON here reads all of it, and is refused by the first NUL or half of a surrogate pair that somebody sent: these
 * are made question marks, by an escape, so that it is right behind a backslash as well.
 */
const CHANNEL = String.raw`regexp_replace(runs.options::text, '\\u(0000|d[89a-f][0-9a-f]{2})', '\\u003f', 'gi')::json ->> 'channel'`;

/** The threads of a person, as a condition on `clew.threads`; its parameters begin at number 1. */
export function ofPerson({ tenantId, userId, channel }: Person): { readonly sql: string; readonly values: Value[] } {
  const own = 'tenant_id = $1 AND user_id = $2';
  if (channel === undefined) return { sql: own, values: [tenantId, userId] };
  return {
    sql: `${own} AND EXISTS (SELECT 1 FROM clew.runs WHERE runs.thread_id = threads.id AND ${CHANNEL} = $3)`,
    values: [tenantId, userId, channel],
  };
}

/** Rows of `clew.quotas` that count what a person has used: their keys name the person, whatever is counted. */
export function countersOf({ userId, channel }: Person): { readonly sql: string; readonly values: Value[] } {
  const own = 'strpos(key, $1) > 0';
  if (channel === undefined) return { sql: own, values: [userId] };
  return { sql: `${own} AND strpos(key, $2) > 0`, values: [userId, ` ${channel} person `] };
}

/** See `Store.measurePerson`. */
export async function measurePerson(session: Session, person: Person): Promise<Holdings> {
  const threads = ofPerson(person);
  const row = await session.row(
    `WITH thread AS MATERIALIZED (
       SELECT id FROM clew.threads WHERE ${threads.sql}
     ), run AS MATERIALIZED (
       SELECT n, runs.id FROM clew.runs JOIN thread ON runs.thread_id = thread.id
     )
     SELECT (SELECT count(*) FROM thread), (SELECT count(*) FROM run),
       (SELECT count(*) FROM clew.messages JOIN thread ON messages.thread_id = thread.id),
       (SELECT count(*) FROM run JOIN clew.events ON events.run_n = run.n)
         + (SELECT coalesce(sum((SELECT events FROM clew.archives WHERE run_n = run.n)), 0) FROM run),
       (SELECT count(*) FROM thread JOIN clew.documents ON documents.knowledge_base = 'thread:' || thread.id),
       (SELECT count(*) FROM run JOIN clew.sent ON sent.run_id = run.id),
       (SELECT count(*) FROM run JOIN clew.webhook_events ON webhook_events.run_id = run.id)
         + (SELECT count(*) FROM run JOIN clew.webhook_deliveries ON webhook_deliveries.run_id = run.id)`,
    ...threads.values,
  );
  const [found, runs, messages, events, documents, keys, deliveries] = row as number[];
  const counters = countersOf(person);
  const used = await session.row(`SELECT count(*) FROM clew.quotas WHERE ${counters.sql}`, ...counters.values);
  const links =
    person.channel === undefined
      ? await session.row(
          'SELECT count(*) FROM clew.visitor_links WHERE tenant_id = $1 AND user_id = $2',
          person.tenantId,
          person.userId,
        )
      : undefined;
  return addHoldings(NO_HOLDINGS, {
    threads: found ?? 0,
    runs: runs ?? 0,
    messages: messages ?? 0,
    events: events ?? 0,
    documents: documents ?? 0,
    keys: keys ?? 0,
    deliveries: deliveries ?? 0,
    counters: used?.[0] ?? 0,
    visitors: links?.[0] ?? 0,
  });
}
