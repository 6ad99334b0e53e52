import {
  type Delivery,
  type DeliveryCounts,
  type DeliveryEnd,
  type NewDelivery,
  type OutboxEntry,
  WEBHOOKS_SETTING,
  type WebhookEvent,
} from '../../../ports/index.ts';
import { DELIVERY, toDelivery, toEntry } from '../../outbox-rows.ts';
import type { Session } from '../database.ts';
import { columnsOf } from '../group.ts';
import { readSetting, writeSetting } from './settings.ts';

/**
 * See `Store.subscribe`. The triggers look at the setting. Rejected: making them when they are wanted, as SQLite does, since that waits for everybody who works on runs, and here a trigger
 * costs a run one look-up.
 */
export async function subscribe(session: Session, types: readonly WebhookEvent[]): Promise<void> {
  if (types.length === 0 && (await readSetting(session, WEBHOOKS_SETTING)) === undefined) return;
  await writeSetting(session, WEBHOOKS_SETTING, types);
}

/** See `Store.readOutbox`. */
export async function readOutbox(session: Session, limit: number): Promise<OutboxEntry[]> {
  const sql = 'SELECT n, type, tenant_id, run_id, message_id, at FROM clew.webhook_events ORDER BY n LIMIT $1';
  return (await session.rows(sql, limit)).map(toEntry);
}

/** See `Store.fanOut`. Of two nodes with the same entries the second waits at their rows, and finds them gone. */
export async function fanOut(
  session: Session,
  { entries, deliveries, at }: { entries: readonly number[]; deliveries: readonly NewDelivery[]; at: number },
): Promise<void> {
  const rows = deliveries.map(({ entry, id, endpoint, type, tenantId, runId, messageId, at: happened }) => [
    ...[entry, id, endpoint, type, tenantId, runId, messageId, happened],
  ]);
  await session.run(
    `WITH found AS MATERIALIZED (
       SELECT n FROM clew.webhook_events WHERE n = ANY ($1::bigint[]) ORDER BY n FOR UPDATE
     ), taken AS (
       DELETE FROM clew.webhook_events USING found WHERE webhook_events.n = found.n RETURNING webhook_events.n
     )
     INSERT INTO clew.webhook_deliveries (id, endpoint, type, tenant_id, run_id, message_id, at, attempts, next_at)
     SELECT id, endpoint, type, tenant_id, run_id, message_id, at, 0, $2::bigint
     FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[])
       WITH ORDINALITY AS made (entry, id, endpoint, type, tenant_id, run_id, message_id, at, place)
     JOIN taken ON taken.n = made.entry ORDER BY place`,
    entries,
    at,
    ...columnsOf(rows, 8),
  );
}

/** See `Store.claimDeliveries`. */
export async function claimDeliveries(
  session: Session,
  endpoints: readonly string[],
  { at, until, limit }: { at: number; until: number; limit: number },
): Promise<Delivery[]> {
  const rows = await session.rows(
    `WITH due AS MATERIALIZED (
       SELECT n, next_at FROM clew.webhook_deliveries WHERE next_at <= $1 AND endpoint = ANY ($2::text[])
       ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED
     ), claimed AS (
       UPDATE clew.webhook_deliveries SET attempts = attempts + 1, next_at = $4 FROM due WHERE webhook_deliveries.n = due.n
       RETURNING webhook_deliveries.*, due.next_at AS was_due
     )
     SELECT ${DELIVERY} FROM claimed ORDER BY was_due`,
    at,
    endpoints,
    limit,
    until,
  );
  return rows.map(toDelivery);
}

/** See `Store.settleDelivery`. */
export async function settleDelivery(
  session: Session,
  id: string,
  { attempts, end }: { attempts: number; end: DeliveryEnd },
): Promise<void> {
  if (end.state === 'delivered') {
    await session.run('DELETE FROM clew.webhook_deliveries WHERE id = $1', id);
    return;
  }
  await session.run(
    'UPDATE clew.webhook_deliveries SET next_at = $1, problem = $2 WHERE id = $3 AND attempts = $4',
    end.state === 'failed' ? end.nextAt : null,
    end.problem,
    id,
    attempts,
  );
}

/** See `Store.listDeliveries`. */
export async function listDeliveries(
  session: Session,
  { endpoint, limit }: { endpoint?: string; limit: number },
): Promise<Delivery[]> {
  const rows = await session.rows(
    `SELECT ${DELIVERY} FROM clew.webhook_deliveries WHERE $1::text IS NULL OR endpoint = $1 ORDER BY n DESC LIMIT $2`,
    endpoint ?? null,
    limit,
  );
  return rows.map(toDelivery);
}

/** See `Store.countDeliveries`. */
export async function countDeliveries(session: Session): Promise<Record<string, DeliveryCounts>> {
  const rows = await session.rows(
    'SELECT endpoint, count(next_at), count(*) FROM clew.webhook_deliveries GROUP BY endpoint',
  );
  return Object.fromEntries(
    (rows as [string, number, number][]).map(([name, pending, all]) => [name, { pending, dead: all - pending }]),
  );
}

/** See `Store.retryDeliveries`. */
export function retryDeliveries(session: Session, ids: readonly string[] | null, at: number): Promise<number> {
  if (ids === null)
    return session.run('UPDATE clew.webhook_deliveries SET next_at = $1, attempts = 0 WHERE next_at IS NULL', at);
  const sql = 'UPDATE clew.webhook_deliveries SET next_at = $1, attempts = 0 WHERE id = ANY ($2::text[])';
  return session.run(sql, at, ids);
}

/** See `Store.pruneDeliveries`. */
export function pruneDeliveries(session: Session, before: number): Promise<number> {
  return session.run('DELETE FROM clew.webhook_deliveries WHERE next_at IS NULL AND at < $1', before);
}
