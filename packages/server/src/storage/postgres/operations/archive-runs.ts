import { packLog } from '../../packed-log.ts';
import type { Session } from '../database.ts';
import { columnsOf } from '../group.ts';
import { readLogs } from './logs.ts';

/**
 * See `Store.archiveRuns`. To be called in a transaction. Gives back the ids of the runs. Runs that somebody else holds, to remove them or to archive them too, are passed over: nothing is
 * waited for, so that no order of locks is needed.
 */
export async function archiveRuns(
  session: Session,
  before: number,
  limit: number,
): Promise<{ runs: readonly string[]; events: number }> {
  const runs = await session.rows(
    `SELECT n, id FROM clew.runs WHERE ended_at IS NOT NULL AND ended_at < $1 AND archived_seq IS NULL
     ORDER BY ended_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`,
    before,
    limit,
  );
  if (runs.length === 0) return { runs: [], events: 0 };
  const numbers = runs.map(([n]) => n as number);
  const logs = await readLogs(session, numbers);
  const packed = [...logs].flatMap(([n, log]) => {
    if (log.length === 0) return [];
    const { events, log: bytes } = packLog(log);
    return [[n, events, Buffer.from(bytes).toString('hex')]];
  });
  await session.run(
    `INSERT INTO clew.archives (run_n, events, log)
     SELECT n, events, decode(log, 'hex') FROM unnest($1::bigint[], $2::int[], $3::text[]) AS packed (n, events, log)`,
    ...columnsOf(packed, 3),
  );
  const events = await session.run('DELETE FROM clew.events WHERE run_n = ANY ($1::bigint[])', numbers);
  await session.run(
    `UPDATE clew.runs SET archived_seq = packed.seq FROM unnest($1::bigint[], $2::int[]) AS packed (n, seq)
     WHERE runs.n = packed.n`,
    numbers,
    numbers.map((n) => logs.get(n)?.at(-1)?.seq ?? 0),
  );
  return { runs: runs.map(([, id]) => id as string), events };
}
