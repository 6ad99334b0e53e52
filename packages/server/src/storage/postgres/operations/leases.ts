import type { Lease } from '../../../ports/index.ts';
import type { Session } from '../database.ts';
import { columnsOf } from '../group.ts';

/** Runs are locked in the order of their ids, as `append` does. */
const HELD = `
WITH lease AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[]) AS lease (run_id, worker, epoch, until)
), held AS MATERIALIZED (
  SELECT run.n, lease.until FROM lease CROSS JOIN LATERAL (
    SELECT n FROM clew.runs WHERE id = lease.run_id AND status = 'running' AND worker = lease.worker AND epoch = lease.epoch
    FOR NO KEY UPDATE
  ) run
)`;

/** See `Store.renew`. */
export async function renew(
  session: Session,
  leases: readonly Lease[],
  at: number,
): Promise<{ lost: string[]; cancelled: string[] }> {
  const rows = await session.rows(
    `${HELD} UPDATE clew.runs SET lease_until = held.until FROM held WHERE runs.n = held.n RETURNING runs.id, runs.cancelling`,
    ...columnsOf(inOrder(leases, at), 4),
  );
  const held = new Set(rows.map(([id]) => id as string));
  return {
    lost: leases.map(({ run }) => run.id).filter((id) => !held.has(id)),
    cancelled: rows.filter(([, cancelling]) => cancelling).map(([id]) => id as string),
  };
}

/** See `Store.release`. */
export async function release(session: Session, leases: readonly Lease[]): Promise<void> {
  await session.run(
    `${HELD} UPDATE clew.runs SET status = 'queued', worker = NULL, lease_until = NULL FROM held WHERE runs.n = held.n`,
    ...columnsOf(inOrder(leases, 0), 4),
  );
}

/**
 * Gives back what this worker has claimed without hearing of it, because the connection broke before the answer came: it is alive, so nobody else
 * would take it for dead. `known` are the runs that it does know of.
 */
export async function releaseUnknown(session: Session, worker: string, known: readonly string[]): Promise<void> {
  await session.run(
    `UPDATE clew.runs SET status = 'queued', worker = NULL, lease_until = NULL WHERE status = 'running' AND worker = $1 AND id <> ALL ($2::text[])`,
    worker,
    known,
  );
}

function inOrder(leases: readonly Lease[], at: number): (string | number)[][] {
  return leases
    .map(({ run, worker, epoch, ttlMs }) => [run.id, worker, epoch, at + ttlMs])
    .sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1));
}
