import type { NewEvent } from '../../../model/index.ts';
import type { Context } from './context.ts';
import { insertEvents } from './insert.ts';

/** Runs ended by one call: they all end in one transaction. */
const MOST = 100;

/** See `Store.expireWaits`. */
export function expireWaits(
  { connection, recent }: Context,
  before: number,
  event: NewEvent & { type: 'run.failed' },
): string[] {
  const rows = connection.rows(
    `SELECT n, id, (SELECT max(seq) FROM events WHERE run_n = runs.n) FROM runs
     WHERE status = 'waiting' AND waiting_since < ? ORDER BY waiting_since LIMIT ${MOST}`,
    before,
  );
  return rows.map((row) => {
    const [n, id, seq] = row as [number, string, number];
    recent.delete(id);
    insertEvents(connection, { n, seq }, [event]);
    connection.run(
      `UPDATE runs SET status = 'failed', ended_at = ?, error = ? WHERE n = ?`,
      event.at,
      JSON.stringify(event.data.error),
      n,
    );
    return id;
  });
}
