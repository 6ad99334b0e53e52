import { packLog } from '../../packed-log.ts';
import { EVENT, toEvent } from '../rows.ts';
import type { Context } from './context.ts';

/** See `Store.archiveRuns`. */
export function archiveRuns(
  { connection, recent }: Context,
  before: number,
  limit: number,
): { runs: number; events: number } {
  const runs = connection.rows(
    'SELECT n, id FROM runs WHERE ended_at IS NOT NULL AND ended_at < ? AND archived_seq IS NULL ORDER BY ended_at LIMIT ?',
    before,
    limit,
  ) as [number, string][];
  let events = 0;
  for (const [n, id] of runs) {
    recent.delete(id);
    const log = connection.rows(`SELECT ${EVENT} FROM events WHERE run_n = ? ORDER BY seq`, n).map(toEvent);
    if (log.length > 0) {
      const packed = packLog(log);
      connection.run('INSERT INTO archives (run_n, events, log) VALUES (?, ?, ?)', n, packed.events, packed.log);
      events += connection.run('DELETE FROM events WHERE run_n = ?', n);
    }
    connection.run('UPDATE runs SET archived_seq = ? WHERE n = ?', log.at(-1)?.seq ?? 0, n);
  }
  return { runs: runs.length, events };
}
