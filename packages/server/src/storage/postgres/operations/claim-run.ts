import type { ClaimRequest, Lease } from '../../../ports/index.ts';
import type { Session } from '../database.ts';
import { RUN, toRun } from '../rows.ts';

/** How long runs of agents that a worker does not have are left to others, in milliseconds. */
const LEFT_MS = 60_000;

/** Each part is the first entry of an index that holds nothing else, however many runs there are, and the next ones where this worker does not have the agent. */
export const CLAIM = `
WITH lapsed AS MATERIALIZED (
  SELECT n FROM clew.runs
  WHERE status = 'running' AND lease_until < $1 AND worker <> $2 AND ($4::text[] IS NULL OR agent_id = ANY ($4) OR lease_until < $1 - ${LEFT_MS})
  ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED
), queued AS MATERIALIZED (
  SELECT n FROM clew.runs
  WHERE status = 'queued' AND NOT behind AND NOT EXISTS (SELECT 1 FROM lapsed) AND ($4::text[] IS NULL OR agent_id = ANY ($4) OR created_at < $1 - ${LEFT_MS})
  ORDER BY turn, n LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE clew.runs SET status = 'running', worker = $2, lease_until = $3, epoch = epoch + 1, started_at = coalesce(started_at, $1), turn = -1
WHERE n = (SELECT n FROM lapsed UNION ALL SELECT n FROM queued) RETURNING n, epoch, EXISTS (SELECT 1 FROM lapsed)`;

/** See `Store.claimRun`. Runs that another node is about to claim or write to are passed over. To be called in a transaction. */
export async function claimRun(
  session: Session,
  { worker, ttlMs, agents }: ClaimRequest,
  at: number,
): Promise<Lease | undefined> {
  const claimed = await session.row(CLAIM, at, worker, at + ttlMs, agents ?? null);
  if (!claimed) return undefined;
  const [n, epoch, lapsed] = claimed as [number, number, boolean];
  // A statement of its own: it sees what the last worker wrote until the run was claimed.
  await session.run(
    `INSERT INTO clew.events (run_n, seq, type, at, data)
     SELECT $1, max(seq) + 1, 'run.started', $2, $3::json FROM clew.events WHERE run_n = $1`,
    n,
    at,
    JSON.stringify({ epoch, ...(lapsed ? { lapsed } : {}) }),
  );
  const run = toRun((await session.row(`SELECT ${RUN} FROM clew.runs WHERE n = $1`, n)) as []);
  return { run, worker, epoch: run.epoch, ttlMs };
}
