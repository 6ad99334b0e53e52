import { type ErasureReceipt, toHoldings } from '../../../ports/index.ts';
import type { Session } from '../database.ts';

/** See `Store.keepReceipt`. */
export async function keepReceipt(session: Session, { id, at, counts }: ErasureReceipt): Promise<void> {
  await session.run(
    'INSERT INTO clew.erasures (id, at, counts) VALUES ($1, $2, $3::json)',
    id,
    at,
    JSON.stringify(counts),
  );
}

/** See `Store.listReceipts`. */
export async function listReceipts(session: Session, limit: number): Promise<ErasureReceipt[]> {
  const rows = await session.rows('SELECT id, at, counts FROM clew.erasures ORDER BY at DESC, id DESC LIMIT $1', limit);
  return rows.map(([id, at, counts]) => ({ id, at, counts: toHoldings(counts) }));
}

/** See `Store.pruneReceipts`. */
export function pruneReceipts(session: Session, before: number): Promise<number> {
  return session.run('DELETE FROM clew.erasures WHERE at < $1', before);
}
