import type { NewEvent } from '../../../model/index.ts';
import type { Session } from '../database.ts';

/** Runs ended by one call: they all end in one transaction. */
const MOST = 100;

/** See `Store.expireWaits`. Of many nodes that look at the same time, each ends others. */
export async function expireWaits(
  session: Session,
  before: number,
  event: NewEvent & { type: 'run.failed' },
): Promise<string[]> {
  const rows = await session.rows(
    `WITH late AS MATERIALIZED (
       SELECT n FROM clew.runs WHERE status = 'waiting' AND waiting_since < $1 ORDER BY waiting_since LIMIT ${MOST}
       FOR NO KEY UPDATE SKIP LOCKED
     ), logged AS (
       INSERT INTO clew.events (run_n, seq, type, at, data)
       SELECT n, (SELECT max(seq) + 1 FROM clew.events WHERE run_n = n), 'run.failed', $2, $3::json FROM late
     )
     UPDATE clew.runs SET status = 'failed', ended_at = $2, error = $4::json FROM late WHERE runs.n = late.n RETURNING runs.id`,
    before,
    event.at,
    JSON.stringify(event.data),
    JSON.stringify(event.data.error),
  );
  return rows.map(([id]) => id as string);
}
