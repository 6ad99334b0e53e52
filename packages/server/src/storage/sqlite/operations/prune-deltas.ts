import { prunable, pruneMark } from '../../../model/index.ts';
import { pruneLog } from '../../packed-log.ts';
import type { Connection } from '../connection.ts';
import { EVENT, toEvent } from '../rows.ts';
import type { Context } from './context.ts';

/** See `Store.pruneDeltas`. */
export function pruneDeltas(
  { connection, recent }: Context,
  before: number,
  limit: number,
): { runs: number; events: number } {
  const runs = connection.rows(
    'SELECT n, id, archived_seq FROM runs WHERE ended_at IS NOT NULL AND ended_at < ? AND pruned = 0 ORDER BY ended_at LIMIT ?',
    before,
    limit,
  ) as [number, string, number | null][];
  let events = 0;
  for (const [n, id, archivedSeq] of runs) {
    recent.delete(id);
    events += archivedSeq === null ? pruneRows(connection, n) : pruneArchive(connection, n);
    connection.run('UPDATE runs SET pruned = 1 WHERE n = ?', n);
  }
  return { runs: runs.length, events };
}

function pruneRows(connection: Connection, n: number): number {
  const log = connection.rows(`SELECT ${EVENT} FROM events WHERE run_n = ? ORDER BY seq`, n).map(toEvent);
  let pruned = 0;
  for (const stretch of prunable(log)) {
    const { seq, type, data } = pruneMark(stretch);
    connection.run('DELETE FROM events WHERE run_n = ? AND seq BETWEEN ? AND ?', n, data.from, seq - 1);
    const mark = 'UPDATE events SET type = ?, data = ? WHERE run_n = ? AND seq = ?';
    connection.run(mark, type, JSON.stringify(data), n, seq);
    pruned += stretch.length;
  }
  return pruned;
}

function pruneArchive(connection: Connection, n: number): number {
  const log = connection.row('SELECT log FROM archives WHERE run_n = ?', n)?.[0] as Uint8Array | undefined;
  const left = log && pruneLog(log);
  if (!left) return 0;
  connection.run('UPDATE archives SET events = ?, log = ? WHERE run_n = ?', left.events, left.log, n);
  return left.pruned;
}
