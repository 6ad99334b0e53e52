import { setTimeout as wait } from 'node:timers/promises';
import { codeOf, type Session } from './database.ts';

/**
 * Milliseconds that the attempts wait for each lock. Everybody else waits behind whoever waits for one, so the first are short, and over before PostgreSQL looks for deadlocks (`deadlock_timeout`, 1 s) and
 * breaks others off. The last are longer than that: only then does it send an autovacuum away.
 */
const ATTEMPTS: readonly number[] = [...Array(40).fill(250), ...Array(5).fill(2_000)];
/** Between two attempts others have their turn. */
const PAUSE_MS = 250;
/** lock_not_available, deadlock_detected. */
const IN_THE_WAY: ReadonlySet<string> = new Set(['55P03', '40P01']);

/** Names of tables of Clew, as statements have them. */
const NAMED = /\bclew\.(\w+)/g;

/**
 * Locks those tables that are there and that the statements name, all of them or none, so that nobody else uses them until the end of the transaction. Rejects with `lock_not_available` when somebody does
 * not let go of one.
 *
 * Rejected: to let each statement take its locks. Who has changed one table and wants the next one meets transactions that do it the other way round: under load a migration of many tables ended in a
 * deadlock each time. `runs` is the first, as in most of what servers do.
 */
export async function lockTables(session: Session, statements: readonly string[]): Promise<void> {
  const named = new Set(statements.flatMap((sql) => [...sql.matchAll(NAMED)].map(([, name]) => name as string)));
  const tables = await session.rows(
    `SELECT format('clew.%I', tablename) FROM pg_catalog.pg_tables WHERE schemaname = 'clew' AND tablename = ANY ($1::text[])
     ORDER BY tablename <> 'runs', tablename`,
    [...named],
  );
  if (tables.length === 0) return;
  for (const [at, ms] of ATTEMPTS.entries()) {
    await session.run('SAVEPOINT unlocked');
    try {
      await session.run(`SET LOCAL lock_timeout = ${ms}`);
      await session.run(`LOCK TABLE ${tables.join(', ')} IN ACCESS EXCLUSIVE MODE`);
      return;
    } catch (error) {
      if (at === ATTEMPTS.length - 1 || !IN_THE_WAY.has(codeOf(error))) throw error;
      await session.run('ROLLBACK TO SAVEPOINT unlocked');
      await wait(PAUSE_MS);
    }
  }
}
