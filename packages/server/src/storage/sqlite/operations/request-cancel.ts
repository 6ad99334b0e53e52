import { ClewError, isEnded, type NewEvent, type Run, type Scope } from '../../../model/index.ts';
import type { Context } from './context.ts';
import { insertEvents } from './insert.ts';
import { readRun, runNumber } from './read.ts';

/** See `Store.requestCancel`. */
export function requestCancel(context: Context, scope: Scope, request: { runId: string; event: NewEvent }): Run {
  const { connection, open, recent } = context;
  const { runId, event } = request;
  const run = readRun(connection, scope, runId);
  if (isEnded(run.status)) throw new ClewError('run_ended');
  const n = runNumber(connection, runId);
  // A run that is queued again has an answer begun, perhaps: the next worker closes it, and then the run.
  if (run.status === 'running' || (run.status === 'queued' && run.epoch > 0)) {
    connection.run('UPDATE runs SET cancelling = 1 WHERE n = ?', n);
    const held = open.find(runId);
    if (held) held.cancelling = true;
    return { ...run, cancelRequested: true };
  }
  recent.delete(runId);
  insertEvents(connection, { n, seq: run.lastSeq }, [event]);
  connection.run(`UPDATE runs SET status = 'cancelled', cancelling = 1, ended_at = ? WHERE n = ?`, event.at, n);
  return { ...run, status: 'cancelled', endedAt: event.at, lastSeq: run.lastSeq + 1 };
}
