import type { Scope } from '../../../model/index.ts';
import type { Session } from '../database.ts';
import { holdThreads } from './hold.ts';

/** See `Store.moveThreads`. Gives back how many threads, and the ids of their runs. To be called in a transaction. */
export async function moveThreads(
  session: Session,
  from: Scope,
  to: Scope,
): Promise<{ threads: number; runs: readonly string[] }> {
  if (from.tenantId !== to.tenantId || from.userId === to.userId) return { threads: 0, runs: [] };
  const { tenantId, userId: before } = from;
  const { userId, userName } = to;
  const ids = await holdThreads(session, {
    sql: 'tenant_id = $1 AND user_id = $2',
    values: [tenantId, before],
    how: 'FOR NO KEY UPDATE',
  });
  const runs = await session.rows(
    'UPDATE clew.runs SET user_id = $1, user_name = $2 WHERE thread_id = ANY ($3::text[]) RETURNING id',
    userId,
    userName,
    ids,
  );
  await session.run(
    'UPDATE clew.messages SET user_id = $1, user_name = $2 WHERE thread_id = ANY ($3::text[]) AND user_id = $4',
    userId,
    userName,
    ids,
    before,
  );
  await session.run(
    'UPDATE clew.threads SET user_id = $1, user_name = $2, visitor = $4 WHERE id = ANY ($3::text[])',
    userId,
    userName,
    ids,
    to.audience === 'visitor',
  );
  if (ids.length > 0)
    await session.run(
      'INSERT INTO clew.visitor_links VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      tenantId,
      userId,
      before,
    );
  const moved = runs.map(([id]) => id as string);
  // Of these runs alone: what the old owner begins meanwhile stays theirs, with its keys.
  await session.run(
    `UPDATE clew.sent SET user_id = $1 WHERE tenant_id = $2 AND user_id = $3 AND run_id = ANY ($4::text[])
       AND NOT EXISTS (SELECT 1 FROM clew.sent other WHERE other.tenant_id = $2 AND other.user_id = $1 AND other.key = sent.key)`,
    userId,
    tenantId,
    before,
    moved,
  );
  await session.run(
    'DELETE FROM clew.sent WHERE tenant_id = $1 AND user_id = $2 AND run_id = ANY ($3::text[])',
    tenantId,
    before,
    moved,
  );
  return { threads: ids.length, runs: moved };
}
