import { ClewError } from '../../../model/index.ts';
import type { StartRun } from '../../../ports/index.ts';
import type { Unended } from '../../turns.ts';
import type { Connection } from '../connection.ts';

const UNENDED = `status IN ('queued', 'running', 'waiting')`;

/** The runs of a thread that have not ended, the oldest first. */
export function unendedRuns(connection: Connection, threadId: string): Unended[] {
  return connection
    .rows(`SELECT n, id, user_id, status, epoch FROM runs WHERE thread_id = ? AND ${UNENDED} ORDER BY n`, threadId)
    .map(([n, id, userId, status, epoch]) => ({ n, id, userId, status, epoch }) as Unended);
}

/** Lets the next run of the thread be claimed, when none before it is left. Whether there was one. */
export function freeNext(connection: Connection, threadId: string): boolean {
  const [first] = connection.rows(
    `SELECT n, behind FROM runs WHERE thread_id = ? AND ${UNENDED} ORDER BY n LIMIT 1`,
    threadId,
  );
  if (!first || first[1] === 0) return false;
  connection.run('UPDATE runs SET behind = 0, turn = ? WHERE n = ?', currentTurn(connection), first[0] as number);
  return true;
}

/** The round that the queue is in: that of the first run that has not begun. */
function currentTurn(connection: Connection): number {
  const row = connection.row(
    `SELECT turn FROM runs WHERE status = 'queued' AND behind = 0 AND turn >= 0 ORDER BY turn LIMIT 1`,
  );
  return (row?.[0] as number | undefined) ?? 0;
}

/**
 * The round of a new run: one after the last of its lane, but none that is over. So a lane with much in the queue stretches over many rounds, and one with a single run
 * is served in the current one (start-time fair queueing, Goyal et al. 1996). Runs that wait for their thread have a round when they are free.
 */
export function nextTurn(connection: Connection, lane: string): number {
  const last = connection.row(
    `SELECT turn FROM runs WHERE status = 'queued' AND lane = ? ORDER BY turn DESC LIMIT 1`,
    lane,
  );
  return Math.max(currentTurn(connection), ((last?.[0] as number | undefined) ?? -1) + 1);
}

/** Throws `queue_full` when one more run would be too many. */
export function checkRoom(connection: Connection, { queue, lane }: Pick<StartRun, 'queue' | 'lane'>): void {
  if (!queue) return;
  const inLane = connection.row(`SELECT count(*) FROM runs WHERE status = 'queued' AND lane = ?`, lane);
  if ((inLane?.[0] as number) >= queue.laneLimit) throw new ClewError('queue_full');
  const all = connection.row(`SELECT count(*) FROM runs WHERE status = 'queued'`);
  if ((all?.[0] as number) >= queue.limit) throw new ClewError('queue_full');
}
