import type { EventData, NewEvent } from '../../../model/index.ts';
import type { ExpiredWait } from '../../../ports/index.ts';
import { expiredAnswer } from '../../new-run.ts';
import type { Session } from '../database.ts';
import { insertEvents } from './insert.ts';

/** Questions ended by one call: they all end in one transaction. */
const MOST = 100;

/** See `Store.expireWaits`. Of many nodes that look at the same time, each ends others. To be called in a transaction. */
export async function expireWaits(
  session: Session,
  before: number | null,
  event: NewEvent & { type: 'run.failed' },
): Promise<ExpiredWait[]> {
  // Two statements, each by its own index: of one with OR the planner reads all that wait.
  const due = await session.rows(
    `SELECT ${COLUMNS} FROM clew.runs WHERE status = 'waiting' AND waiting_until IS NOT NULL AND waiting_until <= $1
     ORDER BY waiting_until LIMIT ${MOST} FOR NO KEY UPDATE SKIP LOCKED`,
    event.at,
  );
  const late =
    before === null
      ? []
      : await session.rows(
          `SELECT ${COLUMNS} FROM clew.runs WHERE status = 'waiting' AND waiting_since < $1 AND waiting_until IS NULL
           ORDER BY waiting_since LIMIT ${MOST} FOR NO KEY UPDATE SKIP LOCKED`,
          before,
        );
  const expired: ExpiredWait[] = [];
  for (const row of [...due, ...late].slice(0, MOST)) expired.push(await expire(session, row as Waiting, event));
  return expired;
}

const COLUMNS = 'n, id, thread_id, user_id, user_name';
type Waiting = [n: number, runId: string, threadId: string, userId: string, userName: string];

async function expire(
  session: Session,
  [n, runId, threadId, userId, userName]: Waiting,
  event: NewEvent & { type: 'run.failed' },
): Promise<ExpiredWait> {
  const last = await session.row(
    `SELECT seq, data FROM clew.events WHERE run_n = $1 AND type = 'run.waiting' ORDER BY seq DESC LIMIT 1`,
    n,
  );
  const [seq, { waitId, messageId, expires }] = last as [number, EventData['run.waiting']];
  if (expires?.action === 'resume') {
    const answer = expiredAnswer({ runId, threadId, userId, userName }, { messageId, at: event.at });
    await insertEvents(session, { n, seq }, [{ type: 'run.resumed', at: event.at, data: { waitId, answer } }]);
    await session.run(`UPDATE clew.runs SET status = 'queued', worker = NULL, lease_until = NULL WHERE n = $1`, n);
    return { runId, status: 'queued' };
  }
  await insertEvents(session, { n, seq }, [event]);
  await session.run(
    `UPDATE clew.runs SET status = 'failed', ended_at = $1, error = $2::json WHERE n = $3`,
    event.at,
    JSON.stringify(event.data.error),
    n,
  );
  return { runId, status: 'failed' };
}
