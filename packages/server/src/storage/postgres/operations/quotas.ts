import type { FullQuota, Quota } from '../../../ports/index.ts';
import type { Session } from '../database.ts';
import { columnsOf } from '../group.ts';

/** A call of `takeQuotas`. */
export interface QuotaCall {
  readonly quotas: readonly Quota[];
  readonly at: number;
}

/** Rows that do not count any more, taken away by one call. */
const SWEPT = 100;

/**
 * See `Store.takeQuotas`: many calls, one after the other in their order, in one transaction. A quota that everybody of a channel shares would otherwise let through no
 * more than one call in the time that a commit takes. Keys are locked in one order, whoever asks.
 */
export async function takeQuotas(session: Session, calls: readonly QuotaCall[]): Promise<(FullQuota | null)[]> {
  const keys = [...new Set(calls.flatMap(({ quotas }) => quotas.map(({ key }) => key)))];
  await session.run(
    `SELECT pg_advisory_xact_lock(hash)
     FROM (SELECT DISTINCT hashtextextended(key, 2) AS hash FROM unnest($1::text[]) AS key ORDER BY 1) locks`,
    keys,
  );
  const use = await usage(session, calls);
  const taken: Quota[] = [];
  const results = calls.map(({ quotas, at }, k) => {
    const full = quotas.find(({ key, limit }) => limit !== null && used(key, k, at) >= limit);
    if (full) return { key: full.key, freeAt: freeAt(full.key, k, at) };
    taken.push(...quotas.filter(({ amount }) => amount !== 0));
    return null;
  });
  if (taken.length > 0) await write(session, taken, Math.min(...calls.map(({ at }) => at)));
  return results;

  /** What is stored, and what earlier calls of this group took. */
  function used(key: string, k: number, at: number): number {
    let sum = use.get(`${k} ${key}`)?.sum ?? 0;
    for (const quota of taken) if (quota.key === key && quota.until > at) sum += quota.amount;
    return sum;
  }

  function freeAt(key: string, k: number, at: number): number | null {
    const ends = taken.filter((quota) => quota.key === key && quota.until > at).map(({ until }) => until);
    const stored = use.get(`${k} ${key}`)?.freeAt;
    if (typeof stored === 'number') ends.push(stored);
    return ends.length === 0 ? null : Math.min(...ends);
  }
}

/** What each call finds stored of its keys, by number of the call and key. */
async function usage(session: Session, calls: readonly QuotaCall[]) {
  const asked = calls.flatMap(({ quotas, at }, k) =>
    quotas.filter(({ limit }) => limit !== null).map(({ key }) => [k, key, at]),
  );
  const rows = await session.rows(
    `SELECT asked.k, asked.key, found.sum, found.free_at
     FROM unnest($1::int[], $2::text[], $3::bigint[]) AS asked (k, key, at)
     CROSS JOIN LATERAL (
       SELECT sum(amount) AS sum, min(until) AS free_at FROM clew.quotas WHERE key = asked.key AND until > asked.at
     ) found`,
    ...columnsOf(asked, 3),
  );
  return new Map(
    rows.map(([k, key, sum, freeAt]) => [
      `${k} ${key}`,
      { sum: sum as number | null, freeAt: freeAt as number | null },
    ]),
  );
}

async function write(session: Session, taken: readonly Quota[], at: number): Promise<void> {
  await session.run(
    `DELETE FROM clew.quotas WHERE (key, slot) IN (
       SELECT key, slot FROM clew.quotas WHERE until <= $1 LIMIT ${SWEPT} FOR UPDATE SKIP LOCKED
     )`,
    at,
  );
  await session.run(
    `INSERT INTO clew.quotas (key, slot, amount, until)
     SELECT key, slot, sum(amount), max(until) FROM unnest($2::text[], $3::text[], $4::float8[], $5::bigint[]) AS taken (key, slot, amount, until)
     GROUP BY key, slot
     ON CONFLICT (key, slot) DO UPDATE SET
       amount = excluded.amount + CASE WHEN quotas.until > $1 THEN quotas.amount ELSE 0 END, until = greatest(quotas.until, excluded.until)`,
    at,
    ...columnsOf(
      taken.map(({ key, slot, amount, until }) => [key, slot, amount, until]),
      4,
    ),
  );
}

/** See `Store.returnQuotas`. */
export async function returnQuotas(session: Session, slot: string): Promise<void> {
  await session.run('DELETE FROM clew.quotas WHERE slot = $1', slot);
}
