import { ClewError, isEnded, type NewEvent, type Run, type Scope } from '../../../model/index.ts';
import { endsAtOnce } from '../../turns.ts';
import type { Context } from './context.ts';
import { insertEvents } from './insert.ts';
import { readRun, runNumber } from './read.ts';
import { freeNext } from './turns.ts';

/** See `Store.requestCancel`. */
export function requestCancel(context: Context, scope: Scope, request: { runId: string; event: NewEvent }): Run {
  const run = readRun(context.connection, scope, request.runId);
  if (isEnded(run.status)) throw new ClewError('run_ended');
  const cancelled = cancel(context, run, request.event);
  if (cancelled.status === 'cancelled') freeNext(context.connection, run.threadId);
  return cancelled;
}

/** Ends a run that has not ended, or marks it for its worker. Whoever calls lets go on what waits for its end. */
export function cancel({ connection, open, recent }: Context, run: Run, event: NewEvent): Run {
  const n = runNumber(connection, run.id);
  // A run that is queued again has an answer begun, perhaps: the next worker closes it, and then the run.
  if (!endsAtOnce(run)) {
    connection.run('UPDATE runs SET cancelling = 1 WHERE n = ?', n);
    const held = open.find(run.id);
    if (held) held.cancelling = true;
    return { ...run, cancelRequested: true };
  }
  recent.delete(run.id);
  insertEvents(connection, { n, seq: run.lastSeq }, [event]);
  connection.run(`UPDATE runs SET status = 'cancelled', cancelling = 1, ended_at = ? WHERE n = ?`, event.at, n);
  return { ...run, status: 'cancelled', endedAt: event.at, lastSeq: run.lastSeq + 1 };
}
