import type { Session, Value } from '../database.ts';

/** How often runs and threads are held anew. */
const MOST_ATTEMPTS = 20;

/**
 * Runs are held before their threads. A run that began before the thread was held, and after the runs were, can be held out of that order only when nobody else holds it: its worker may
 * wait for the thread, and who waits for the worker then is in a deadlock, which takes the database a second to find, and with it all that this worker writes. So `hold` gives up
 * (undefined) instead of waiting there; then everything is let go, and held again. With `mayWait` it waits, whatever comes of it.
 */
export async function inOrder<T>(session: Session, hold: (mayWait: boolean) => Promise<T | undefined>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    await session.run('SAVEPOINT unheld');
    const held = await hold(attempt >= MOST_ATTEMPTS);
    if (held !== undefined) return held;
    await session.run('ROLLBACK TO SAVEPOINT unheld');
  }
}

/** Some threads: a condition on `clew.threads` with its parameters, and how they are held, their runs too. */
export interface Wanted {
  readonly sql: string;
  readonly values: readonly Value[];
  readonly how: 'FOR UPDATE' | 'FOR NO KEY UPDATE';
}

/** Holds threads with all their runs; ids of the threads. Until the end of the transaction no run comes to them, and nobody writes to one. */
export function holdThreads(session: Session, { sql, values, how }: Wanted): Promise<string[]> {
  return inOrder(session, async (mayWait) => {
    const runs = await session.rows(
      `SELECT thread_id FROM clew.runs WHERE thread_id IN (SELECT id FROM clew.threads WHERE ${sql}) ORDER BY id ${how}`,
      ...values,
    );
    const threads = await session.rows(`SELECT id FROM clew.threads WHERE ${sql} ORDER BY id ${how}`, ...values);
    const ids = threads.map(([id]) => id as string);
    const found = new Set(ids);
    const held = runs.filter(([threadId]) => found.has(threadId)).length;
    const all = await session.row('SELECT count(*) FROM clew.runs WHERE thread_id = ANY ($1::text[])', ids);
    if (all?.[0] === held) return ids;
    const late = await session.rows(
      `SELECT 1 FROM clew.runs WHERE thread_id = ANY ($1::text[]) ORDER BY id ${how}${mayWait ? '' : ' SKIP LOCKED'}`,
      ids,
    );
    return late.length === all?.[0] ? ids : undefined;
  });
}
