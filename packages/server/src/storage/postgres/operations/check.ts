import type { Database, Session } from '../database.ts';
import { READ_ONLY } from '../explain.ts';

/** Whether nothing can be written: the database is a replica, or `default_transaction_read_only` is set. */
export async function isReadOnly(session: Session): Promise<boolean> {
  const row = await session.row(`SELECT current_setting('transaction_read_only') = 'on'`);
  return row?.[0] === true;
}

/** Rejects with `READ_ONLY` when nothing can be written. */
export async function refuseReadOnly(session: Session): Promise<void> {
  if (await isReadOnly(session)) throw Object.assign(new Error('Nothing can be written.'), { code: READ_ONLY });
}

/**
 * Resolves when the database can be read and written; else rejects with `database_unavailable`. In a transaction, since that does not give back a connection on which nothing can
 * be written. Rejected: to write something, which would cost a commit whenever a load balancer asks.
 */
export async function check(database: Database): Promise<void> {
  await database.transaction(async (session) => {
    await session.row('SELECT 1 FROM clew.settings LIMIT 1');
    await refuseReadOnly(session);
  });
}
