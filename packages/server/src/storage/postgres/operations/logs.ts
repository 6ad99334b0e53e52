import type { RunEvent } from '../../../model/index.ts';
import type { Session } from '../database.ts';
import { EVENT, toEvent } from '../rows.ts';

/** The logs of some runs by their numbers, each from its beginning; empty where `clew.events` has nothing of the run. */
export async function readLogs(session: Session, numbers: readonly number[]): Promise<ReadonlyMap<number, RunEvent[]>> {
  const logs = new Map<number, RunEvent[]>(numbers.map((n) => [n, []]));
  const rows = await session.rows(
    `SELECT run_n, ${EVENT} FROM clew.events WHERE run_n = ANY ($1::bigint[]) ORDER BY run_n, seq`,
    numbers,
  );
  for (const [n, ...event] of rows) logs.get(n)?.push(toEvent(event));
  return logs;
}
