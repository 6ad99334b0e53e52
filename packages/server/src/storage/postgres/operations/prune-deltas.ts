import { prunable, pruneMark } from '../../../model/index.ts';
import { pruneLog } from '../../packed-log.ts';
import type { Session } from '../database.ts';
import { columnsOf } from '../group.ts';
import { readLogs } from './logs.ts';

/** See `Store.pruneDeltas`. To be called in a transaction. Gives back the ids of the runs. */
export async function pruneDeltas(
  session: Session,
  before: number,
  limit: number,
): Promise<{ runs: readonly string[]; events: number }> {
  const runs = await session.rows(
    `SELECT n, id, archived_seq IS NULL FROM clew.runs WHERE ended_at IS NOT NULL AND ended_at < $1 AND NOT pruned
     ORDER BY ended_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`,
    before,
    limit,
  );
  if (runs.length === 0) return { runs: [], events: 0 };
  const numbersOf = (isHot: boolean) => runs.filter(([, , is]) => is === isHot).map(([n]) => n as number);
  const events = (await pruneRows(session, numbersOf(true))) + (await pruneArchives(session, numbersOf(false)));
  await session.run(
    'UPDATE clew.runs SET pruned = true WHERE n = ANY ($1::bigint[])',
    runs.map(([n]) => n as number),
  );
  return { runs: runs.map(([, id]) => id as string), events };
}

/** Prunes logs in `clew.events`; how many deltas there were. */
async function pruneRows(session: Session, numbers: readonly number[]): Promise<number> {
  if (numbers.length === 0) return 0;
  const marks: (string | number)[][] = [];
  let events = 0;
  for (const [n, log] of await readLogs(session, numbers)) {
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
  return events;
}

/** Prunes logs in `clew.archives`; how many deltas there were. */
async function pruneArchives(session: Session, numbers: readonly number[]): Promise<number> {
  if (numbers.length === 0) return 0;
  const rows = await session.rows('SELECT run_n, log FROM clew.archives WHERE run_n = ANY ($1::bigint[])', numbers);
  const left: (string | number)[][] = [];
  let events = 0;
  for (const [n, packed] of rows) {
    const log = pruneLog(packed);
    if (!log) continue;
    left.push([n, log.events, Buffer.from(log.log).toString('hex')]);
    events += log.pruned;
  }
  await session.run(
    `UPDATE clew.archives SET events = packed.events, log = decode(packed.log, 'hex')
     FROM unnest($1::bigint[], $2::int[], $3::text[]) AS packed (n, events, log) WHERE run_n = packed.n`,
    ...columnsOf(left, 3),
  );
  return events;
}
