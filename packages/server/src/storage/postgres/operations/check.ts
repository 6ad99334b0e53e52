import type { Database } from '../database.ts';
import { refuseReadOnly } from '../read-only.ts';

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
