import { addHoldings, type Holdings, NO_HOLDINGS, type Person } from '../../../ports/index.ts';
import type { Value } from '../connection.ts';
import type { Context } from './context.ts';

/** The threads of a person, as a condition on `threads`. */
export function ofPerson({ tenantId, userId, channel }: Person): { readonly sql: string; readonly values: Value[] } {
  const own = 'tenant_id = ? AND user_id = ?';
  if (channel === undefined) return { sql: own, values: [tenantId, userId] };
  return {
    sql: `${own} AND EXISTS (SELECT 1 FROM runs WHERE runs.thread_id = threads.id AND runs.options ->> '$.channel' = ?)`,
    values: [tenantId, userId, channel],
  };
}

/** Rows of `quotas` that count what a person has used: their keys name the person, whatever is counted. */
export function countersOf({ userId, channel }: Person): { readonly sql: string; readonly values: Value[] } {
  const own = 'instr(key, ?) > 0';
  if (channel === undefined) return { sql: own, values: [userId] };
  return { sql: `${own} AND instr(key, ?) > 0`, values: [userId, ` ${channel} person `] };
}

/** What there is of some threads: `ids` is a statement that gives them. */
export function measureThreads({ connection }: Context, ids: string, values: readonly Value[]): Holdings {
  const first = (sql: string) => connection.row(`SELECT ${sql}`, ...values)?.[0] as number;
  const count = (sql: string) => first(`count(*) FROM ${sql}`);
  const numbers = `SELECT n FROM runs WHERE thread_id IN (${ids})`;
  const runs = `SELECT id FROM runs WHERE thread_id IN (${ids})`;
  return {
    ...NO_HOLDINGS,
    threads: count(`(${ids})`),
    messages: count(`messages WHERE thread_id IN (${ids})`),
    runs: count(`runs WHERE thread_id IN (${ids})`),
    events:
      count(`events WHERE run_n IN (${numbers})`) +
      first(`coalesce(sum(events), 0) FROM archives WHERE run_n IN (${numbers})`),
    documents: count(`knowledge_documents WHERE knowledge_base IN (SELECT 'thread:' || id FROM (${ids}))`),
    deliveries:
      count(`webhook_events WHERE run_id IN (${runs})`) + count(`webhook_deliveries WHERE run_id IN (${runs})`),
  };
}

/** See `Store.measurePerson`. */
export function measurePerson(context: Context, person: Person): Holdings {
  const { connection } = context;
  const { tenantId, userId, channel } = person;
  const threads = ofPerson(person);
  const counters = countersOf(person);
  const count = (sql: string, ...values: Value[]) =>
    connection.row(`SELECT count(*) FROM ${sql}`, ...values)?.[0] as number;
  const own = channel === undefined ? [tenantId, userId] : undefined;
  return addHoldings(measureThreads(context, `SELECT id FROM threads WHERE ${threads.sql}`, threads.values), {
    keys: own
      ? count('sent WHERE tenant_id = ? AND user_id = ?', ...own)
      : count(
          `sent WHERE tenant_id = ? AND user_id = ? AND run_id IN (SELECT id FROM runs WHERE thread_id IN (SELECT id FROM threads WHERE ${threads.sql}))`,
          tenantId,
          userId,
          ...threads.values,
        ),
    counters: count(`quotas WHERE ${counters.sql}`, ...counters.values),
    visitors: own ? count('visitor_links WHERE tenant_id = ? AND user_id = ?', ...own) : 0,
  });
}
