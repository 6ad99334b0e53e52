import type { Delivery, OutboxEntry, WebhookEvent } from '../ports/index.ts';

/** Columns of a delivery, in the order in which `toDelivery` takes them. */
export const DELIVERY = 'id, endpoint, type, tenant_id, run_id, message_id, at, attempts, next_at, problem';

/** An entry of the outbox: `n, type, tenant_id, run_id, message_id, at`. */
export function toEntry(row: readonly unknown[]): OutboxEntry {
  const [n, type, tenantId, runId, messageId, at] = row as [
    number,
    WebhookEvent,
    string,
    string,
    string | null,
    number,
  ];
  return { n, type, tenantId, runId, messageId, at };
}

/** A delivery from its `DELIVERY` columns. */
export function toDelivery([id, endpoint, type, tenantId, runId, messageId, ...rest]: readonly unknown[]): Delivery {
  const [at, attempts, nextAt, problem] = rest as [number, number, number | null, string | null];
  const names = { id, endpoint, type, tenantId, runId, messageId } as Pick<
    Delivery,
    'id' | 'endpoint' | 'type' | 'tenantId' | 'runId' | 'messageId'
  >;
  return { ...names, at, attempts, nextAt, problem };
}
