import type { Delivery, DeliveryCounts, DeliveryEnd, NewDelivery, OutboxEntry } from '../../../ports/index.ts';
import { DELIVERY, toDelivery, toEntry } from '../../outbox-rows.ts';
import type { Value } from '../connection.ts';
import type { Context } from './context.ts';

/** See `Store.readOutbox`. */
export function readOutbox({ connection }: Context, limit: number): OutboxEntry[] {
  const sql = 'SELECT n, type, tenant_id, run_id, message_id, at FROM webhook_events ORDER BY n LIMIT ?';
  return connection.rows(sql, limit).map(toEntry);
}

/** See `Store.fanOut`. */
export function fanOut(
  { connection }: Context,
  { entries, deliveries, at }: { entries: readonly number[]; deliveries: readonly NewDelivery[]; at: number },
): void {
  const taken = new Set(entries.filter((n) => connection.run('DELETE FROM webhook_events WHERE n = ?', n) > 0));
  for (const { entry, id, endpoint, type, tenantId, runId, messageId, at: happened } of deliveries) {
    if (!taken.has(entry)) continue;
    connection.run(
      `INSERT INTO webhook_deliveries (id, endpoint, type, tenant_id, run_id, message_id, at, attempts, next_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)`,
      ...[id, endpoint, type, tenantId, runId, messageId, happened, at],
    );
  }
}

/** See `Store.claimDeliveries`. */
export function claimDeliveries(
  { connection }: Context,
  endpoints: readonly string[],
  { at, until, limit }: { at: number; until: number; limit: number },
): Delivery[] {
  const due = connection.rows(
    `SELECT n FROM webhook_deliveries WHERE next_at <= ? AND endpoint IN (SELECT value FROM json_each(?)) ORDER BY next_at LIMIT ?`,
    at,
    JSON.stringify(endpoints),
    limit,
  );
  return due.map(([n]) => {
    connection.run(
      'UPDATE webhook_deliveries SET attempts = attempts + 1, next_at = ? WHERE n = ?',
      until,
      n as number,
    );
    return toDelivery(connection.row(`SELECT ${DELIVERY} FROM webhook_deliveries WHERE n = ?`, n as number) as Value[]);
  });
}

/** See `Store.settleDelivery`. */
export function settleDelivery(
  { connection }: Context,
  id: string,
  { attempts, end }: { attempts: number; end: DeliveryEnd },
): void {
  if (end.state === 'delivered') {
    connection.run('DELETE FROM webhook_deliveries WHERE id = ?', id);
    return;
  }
  connection.run(
    'UPDATE webhook_deliveries SET next_at = ?, problem = ? WHERE id = ? AND attempts = ?',
    end.state === 'failed' ? end.nextAt : null,
    end.problem,
    id,
    attempts,
  );
}

/** See `Store.listDeliveries`. */
export function listDeliveries(
  { connection }: Context,
  { endpoint, limit }: { endpoint?: string; limit: number },
): Delivery[] {
  return connection
    .rows(
      `SELECT ${DELIVERY} FROM webhook_deliveries WHERE ?1 IS NULL OR endpoint = ?1 ORDER BY n DESC LIMIT ?2`,
      endpoint ?? null,
      limit,
    )
    .map(toDelivery);
}

/** See `Store.countDeliveries`. */
export function countDeliveries({ connection }: Context): Record<string, DeliveryCounts> {
  const rows = connection.rows('SELECT endpoint, count(next_at), count(*) FROM webhook_deliveries GROUP BY endpoint');
  return Object.fromEntries(
    (rows as [string, number, number][]).map(([name, pending, all]) => [name, { pending, dead: all - pending }]),
  );
}

/** See `Store.retryDeliveries`. */
export function retryDeliveries({ connection }: Context, ids: readonly string[] | null, at: number): number {
  if (ids === null)
    return connection.run('UPDATE webhook_deliveries SET next_at = ?, attempts = 0 WHERE next_at IS NULL', at);
  const sql = 'UPDATE webhook_deliveries SET next_at = ?, attempts = 0 WHERE id IN (SELECT value FROM json_each(?))';
  return connection.run(sql, at, JSON.stringify(ids));
}

/** See `Store.pruneDeliveries`. */
export function pruneDeliveries({ connection }: Context, before: number): number {
  return connection.run('DELETE FROM webhook_deliveries WHERE next_at IS NULL AND at < ?', before);
}
