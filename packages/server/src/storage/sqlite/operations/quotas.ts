import type { FullQuota, Quota } from '../../../ports/index.ts';
import type { Context } from './context.ts';

/** See `Store.takeQuotas`. */
export function takeQuotas({ connection }: Context, quotas: readonly Quota[], at: number): FullQuota | null {
  for (const { key, limit } of quotas) {
    if (limit === null) continue;
    const row = connection.row('SELECT total(amount), min(until) FROM quotas WHERE key = ? AND until > ?', key, at);
    const [used, freeAt] = row as [number, number | null];
    if (used >= limit) return { key, freeAt };
  }
  if (connection.row('SELECT 1 FROM quotas WHERE until <= ? LIMIT 1', at)) {
    connection.run('DELETE FROM quotas WHERE until <= ?', at);
  }
  for (const { key, slot, amount, until } of quotas) {
    if (amount === 0) continue;
    connection.run(
      `INSERT INTO quotas VALUES (?, ?, ?, ?)
       ON CONFLICT (key, slot) DO UPDATE SET amount = amount + excluded.amount, until = max(until, excluded.until)`,
      key,
      slot,
      amount,
      until,
    );
  }
  return null;
}

/** See `Store.returnQuotas`. */
export function returnQuotas({ connection }: Context, slot: string): void {
  connection.run('DELETE FROM quotas WHERE slot = ?', slot);
}
