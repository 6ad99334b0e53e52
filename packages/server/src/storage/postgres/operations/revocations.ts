import type { Session } from '../database.ts';

/** Rows that are past their time, taken away by one call. */
const SWEPT = 100;

/** See `Store.revoke`. Of two calls at once the second waits at the key until the first is done. */
export async function revoke(
  session: Session,
  key: string,
  { until, at }: { until: number; at: number },
): Promise<boolean> {
  await session.run(
    `DELETE FROM clew.revoked WHERE key IN (
       SELECT key FROM clew.revoked WHERE until <= $1 AND key <> $2 ORDER BY until LIMIT ${SWEPT} FOR UPDATE SKIP LOCKED
     )`,
    at,
    key,
  );
  const changed = await session.run(
    `INSERT INTO clew.revoked (key, until) VALUES ($1, $2)
     ON CONFLICT (key) DO UPDATE SET until = excluded.until WHERE revoked.until <= $3`,
    key,
    until,
    at,
  );
  return changed > 0;
}

/** See `Store.isRevoked`. */
export async function isRevoked(session: Session, key: string, at: number): Promise<boolean> {
  return (await session.row('SELECT 1 FROM clew.revoked WHERE key = $1 AND until > $2', key, at)) !== undefined;
}
