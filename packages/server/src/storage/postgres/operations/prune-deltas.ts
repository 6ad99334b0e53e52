import { prunable, pruneMark, type RunEvent } from '../../../model/index.ts';
import type { Session } from '../database.ts';
import { columnsOf } from '../group.ts';
import { EVENT, toEvent } from '../rows.ts';

/** See `Store.pruneDeltas`. To be called in a transaction. Gives back the ids of the runs. */
export async function pruneDeltas(
  session: Session,
  before: number,
  limit: number,
): Promise<{ runs: readonly string[]; events: number }> {
  const runs = await session.rows(
    `SELECT n, id FROM clew.runs WHERE ended_at IS NOT NULL AND ended_at < $1 AND NOT pruned
     ORDER BY ended_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`,
    before,
    limit,
  );
  if (runs.length === 0) return { runs: [], events: 0 };
  const numbers = runs.map(([n]) => n as number);
  const logs = new Map<number, RunEvent[]>(numbers.map((n) => [n, []]));
  const rows = await session.rows(
    `SELECT run_n, ${EVENT} FROM clew.events WHERE run_n = ANY ($1::bigint[]) ORDER BY run_n, seq`,
    numbers,
  );
  for (const [n, ...event] of rows) logs.get(n)?.push(toEvent(event));
  const marks: (string | number)[][] = [];
  let events = 0;
  for (const [n, log] of logs) {
    for (const stretch of prunable(log)) {
      const { seq, type, data } = pruneMark(stretch);
      marks.push([n, data.from, seq, type, JSON.stringify(data)]);
      events += stretch.length;
    }
  }
  const given = columnsOf(marks, 5);
  await session.run(
    `DELETE FROM clew.events USING unnest($1::bigint[], $2::int[], $3::int[]) AS mark (n, first, last)
     WHERE run_n = mark.n AND seq >= mark.first AND seq < mark.last`,
    ...given.slice(0, 3),
  );
  await session.run(
    `UPDATE clew.events SET type = mark.type, data = mark.data::json
     FROM unnest($1::bigint[], $2::int[], $3::text[], $4::text[]) AS mark (n, seq, type, data)
     WHERE run_n = mark.n AND events.seq = mark.seq`,
    ...[given[0], given[2], given[3], given[4]].map((column) => column ?? []),
  );
  await session.run('UPDATE clew.runs SET pruned = true WHERE n = ANY ($1::bigint[])', numbers);
  return { runs: runs.map(([, id]) => id as string), events };
}
