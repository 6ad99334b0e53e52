import { ClewError } from '../../../model/index.ts';
import type { StartRun } from '../../../ports/index.ts';
import type { Unended } from '../../turns.ts';
import type { Session } from '../database.ts';

const UNENDED = `status IN ('queued', 'running', 'waiting')`;
/** The round that the queue is in: that of the first run that has not begun. */
export const CURRENT_TURN = `(SELECT coalesce(min(turn), 0) FROM clew.runs WHERE status = 'queued' AND NOT behind AND turn >= 0)`;

/**
 * Holds the runs of a thread that have not ended, so that none ends meanwhile without hearing that another one waits for it; their ids. Before the thread is held, as everywhere; after that
 * without waiting: those that others hold are left out.
 */
export async function holdUnended(
  session: Session,
  threadId: string,
  { mayWait = true }: { readonly mayWait?: boolean } = {},
): Promise<ReadonlySet<string>> {
  const rows = await session.rows(
    `SELECT id FROM clew.runs WHERE thread_id = $1 AND ${UNENDED} ORDER BY id FOR NO KEY UPDATE${mayWait ? '' : ' SKIP LOCKED'}`,
    threadId,
  );
  return new Set(rows.map(([id]) => id as string));
}

/** The runs of a thread that have not ended, the oldest first. With the thread held, none comes to them. */
export async function unendedRuns(session: Session, threadId: string): Promise<Unended[]> {
  const rows = await session.rows(
    `SELECT n, id, user_id, status, epoch FROM clew.runs WHERE thread_id = $1 AND ${UNENDED} ORDER BY n`,
    threadId,
  );
  return rows.map(([n, id, userId, status, epoch]) => ({ n, id, userId, status, epoch }));
}

/** Another run begins when this one has ended: whoever ends it then calls `freeNext`. */
export async function follow(session: Session, { n }: Unended): Promise<void> {
  await session.run('UPDATE clew.runs SET followed = true WHERE n = $1', n);
}

const FREE = `UPDATE clew.runs SET behind = false, turn = ${CURRENT_TURN}
  WHERE status = 'queued' AND behind
    AND NOT EXISTS (SELECT 1 FROM clew.runs before WHERE before.thread_id = runs.thread_id AND before.n < runs.n AND before.${UNENDED})`;

/**
 * Lets the next runs of these threads be claimed, where none before them is left; whether there was one. To be called after the transaction that ended a run: its own statement
 * sees what others committed until then. A process that dies in between leaves it to `freeAll`.
 */
export async function freeNext(session: Session, threadIds: readonly string[]): Promise<boolean> {
  return (await session.run(`${FREE} AND thread_id = ANY ($1::text[])`, threadIds)) > 0;
}

/** The same for all threads. Costs little where no thread has two messages at once. */
export async function freeAll(session: Session): Promise<boolean> {
  return (await session.run(FREE)) > 0;
}

/**
 * The round of a new run: one after the last of its lane, but none that is over. So a lane with much in the queue stretches over many rounds, and one with a single run
 * is served in the current one (start-time fair queueing, Goyal et al. 1996). Two runs that come at the same moment may get the same round: it is a matter of fairness, not of truth.
 */
export async function nextTurn(session: Session, lane: string): Promise<number> {
  const row = await session.row(`SELECT greatest(${CURRENT_TURN}, ${lastTurn('$1')} + 1)`, lane);
  return row?.[0];
}

/** SQL: the last round that a lane has a run in. */
export function lastTurn(lane: string): string {
  return `coalesce((SELECT max(turn) FROM clew.runs WHERE status = 'queued' AND lane = ${lane}), -1)`;
}

/** SQL: how many runs are queued, counted no further than the limit. Null limits count all. */
export function queuedUpTo(limit: string, lane?: string): string {
  const inLane = lane === undefined ? '' : ` AND lane = ${lane}`;
  return `(SELECT count(*) FROM (SELECT 1 FROM clew.runs WHERE status = 'queued'${inLane} LIMIT ${limit}) counted)`;
}

/** Throws `queue_full` when one more run would be too many. */
export async function checkRoom(session: Session, { queue, lane }: Pick<StartRun, 'queue' | 'lane'>): Promise<void> {
  if (!queue) return;
  const row = await session.row(
    `SELECT ${queuedUpTo('$1', '$3')} >= $1::bigint OR ${queuedUpTo('$2')} >= $2::bigint`,
    queue.laneLimit,
    queue.limit,
    lane,
  );
  if (row?.[0]) throw new ClewError('queue_full');
}
