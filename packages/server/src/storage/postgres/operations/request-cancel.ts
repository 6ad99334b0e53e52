import { ClewError, isEnded, type NewEvent, type Run, type Scope } from '../../../model/index.ts';
import { endsAtOnce } from '../../turns.ts';
import type { Session } from '../database.ts';
import { insertEvents } from './insert.ts';
import { readRun } from './read.ts';
import { owned } from './scope.ts';

/** See `Store.requestCancel`. To be called in a transaction, and `freeNext` after it when the run has ended. */
export async function requestCancel(
  session: Session,
  scope: Scope,
  { runId, event }: { runId: string; event: NewEvent },
): Promise<Run> {
  const own = owned(scope, 2);
  const row = await session.row(
    `SELECT n FROM clew.runs WHERE id = $1 AND ${own.sql} FOR NO KEY UPDATE`,
    runId,
    ...own.values,
  );
  if (!row) throw new ClewError('run_not_found');
  const run = await readRun(session, scope, runId);
  if (isEnded(run.status)) throw new ClewError('run_ended');
  return cancel(session, { n: row[0] as number, run }, event);
}

/** Ends a run that is held and has not ended, or marks it for its worker. */
export async function cancel(
  session: Session,
  { n, run }: { readonly n: number; readonly run: Run },
  event: NewEvent,
): Promise<Run> {
  // A run that is queued again has an answer begun, perhaps: the next worker closes it, and then the run.
  if (!endsAtOnce(run)) {
    await session.run('UPDATE clew.runs SET cancelling = true WHERE n = $1', n);
    return { ...run, cancelRequested: true };
  }
  await insertEvents(session, { n, seq: run.lastSeq }, [event]);
  await session.run(
    `UPDATE clew.runs SET status = 'cancelled', cancelling = true, ended_at = $1 WHERE n = $2`,
    event.at,
    n,
  );
  return { ...run, status: 'cancelled', endedAt: event.at, lastSeq: run.lastSeq + 1 };
}
