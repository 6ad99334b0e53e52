import { prunable, pruneMark } from '../../../model/index.ts';
import { EVENT, toEvent } from '../rows.ts';
import type { Context } from './context.ts';

/** See `Store.pruneDeltas`. */
export function pruneDeltas(
  { connection, recent }: Context,
  before: number,
  limit: number,
): { runs: number; events: number } {
  const runs = connection.rows(
    'SELECT n, id FROM runs WHERE ended_at IS NOT NULL AND ended_at < ? AND pruned = 0 ORDER BY ended_at LIMIT ?',
    before,
    limit,
  ) as [number, string][];
  let events = 0;
  for (const [n, id] of runs) {
    recent.delete(id);
    const log = connection.rows(`SELECT ${EVENT} FROM events WHERE run_n = ? ORDER BY seq`, n).map(toEvent);
    for (const stretch of prunable(log)) {
      const { seq, type, data } = pruneMark(stretch);
      connection.run('DELETE FROM events WHERE run_n = ? AND seq BETWEEN ? AND ?', n, data.from, seq - 1);
      const mark = 'UPDATE events SET type = ?, data = ? WHERE run_n = ? AND seq = ?';
      connection.run(mark, type, JSON.stringify(data), n, seq);
      events += stretch.length;
    }
    connection.run('UPDATE runs SET pruned = 1 WHERE n = ?', n);
  }
  return { runs: runs.length, events };
}
