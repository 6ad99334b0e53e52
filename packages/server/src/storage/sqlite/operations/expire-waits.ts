import type { EventData, NewEvent } from '../../../model/index.ts';
import type { ExpiredWait } from '../../../ports/index.ts';
import { expiredAnswer } from '../../new-run.ts';
import type { Context } from './context.ts';
import { insertEvents } from './insert.ts';
import { freeNext } from './turns.ts';

/** Questions ended by one call: they all end in one transaction. */
const MOST = 100;

/** See `Store.expireWaits`. */
export function expireWaits(
  { connection, recent }: Context,
  before: number | null,
  event: NewEvent & { type: 'run.failed' },
): ExpiredWait[] {
  const due = connection.rows(
    `SELECT n FROM runs WHERE status = 'waiting' AND waiting_until IS NOT NULL AND waiting_until <= ? ORDER BY waiting_until LIMIT ${MOST}`,
    event.at,
  );
  const late =
    before === null
      ? []
      : connection.rows(
          `SELECT n FROM runs WHERE status = 'waiting' AND waiting_since < ? AND waiting_until IS NULL ORDER BY waiting_since LIMIT ${MOST}`,
          before,
        );
  return [...due, ...late].slice(0, MOST).map(([n]) => {
    const [runId, threadId, userId, userName, seq, data] = connection.row(
      `SELECT runs.id, runs.thread_id, runs.user_id, runs.user_name, seq, data FROM runs JOIN events ON run_n = runs.n
       WHERE runs.n = ? AND type = 'run.waiting' ORDER BY seq DESC LIMIT 1`,
      n as number,
    ) as [string, string, string, string, number, string];
    const { waitId, messageId, expires }: EventData['run.waiting'] = JSON.parse(data);
    recent.delete(runId);
    if (expires?.action === 'resume') {
      const answer = expiredAnswer({ runId, threadId, userId, userName }, { messageId, at: event.at });
      const resumed = { type: 'run.resumed', at: event.at, data: { waitId, answer } } as const;
      insertEvents(connection, { n: n as number, seq }, [resumed]);
      connection.run(`UPDATE runs SET status = 'queued', worker = NULL, lease_until = NULL WHERE n = ?`, n as number);
      return { runId, status: 'queued' };
    }
    insertEvents(connection, { n: n as number, seq }, [event]);
    connection.run(
      `UPDATE runs SET status = 'failed', ended_at = ?, error = ? WHERE n = ?`,
      event.at,
      JSON.stringify(event.data.error),
      n as number,
    );
    freeNext(connection, threadId);
    return { runId, status: 'failed' };
  });
}
