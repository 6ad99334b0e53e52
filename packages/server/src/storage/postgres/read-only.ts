import { READ_ONLY } from './explain.ts';
import type { Session } from './session.ts';

/** Whether nothing can be written: the database is a replica, or `default_transaction_read_only` is set. */
export async function isReadOnly(session: Session): Promise<boolean> {
  const row = await session.row(`SELECT current_setting('transaction_read_only') = 'on'`);
  return row?.[0] === true;
}

/** Rejects with `READ_ONLY` when nothing can be written. */
export async function refuseReadOnly(session: Session): Promise<void> {
  if (await isReadOnly(session)) throw Object.assign(new Error('Nothing can be written.'), { code: READ_ONLY });
}
