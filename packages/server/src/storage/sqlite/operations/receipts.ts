import { type ErasureReceipt, toHoldings } from '../../../ports/index.ts';
import type { Context } from './context.ts';

/** See `Store.keepReceipt`. */
export function keepReceipt({ connection }: Context, { id, at, counts }: ErasureReceipt): void {
  connection.run('INSERT INTO erasures (id, at, counts) VALUES (?, ?, ?)', id, at, JSON.stringify(counts));
}

/** See `Store.listReceipts`. */
export function listReceipts({ connection }: Context, limit: number): ErasureReceipt[] {
  return connection
    .rows('SELECT id, at, counts FROM erasures ORDER BY at DESC, id DESC LIMIT ?', limit)
    .map(([id, at, counts]) => ({
      id: id as string,
      at: at as number,
      counts: toHoldings(JSON.parse(counts as string)),
    }));
}

/** See `Store.pruneReceipts`. */
export function pruneReceipts({ connection }: Context, before: number): number {
  return connection.run('DELETE FROM erasures WHERE at < ?', before);
}
