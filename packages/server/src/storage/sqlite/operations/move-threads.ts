import type { Scope } from '../../../model/index.ts';
import type { Context } from './context.ts';

/** See `Store.moveThreads`. */
export function moveThreads({ connection, recent }: Context, from: Scope, to: Scope): number {
  if (from.tenantId !== to.tenantId || from.userId === to.userId) return 0;
  const { tenantId, userId: before } = from;
  const { userId, userName } = to;
  const threads = connection.rows('SELECT id FROM threads WHERE tenant_id = ? AND user_id = ?', tenantId, before);
  for (const [threadId] of threads) {
    for (const [runId] of connection.rows('SELECT id FROM runs WHERE thread_id = ?', threadId as string)) {
      recent.delete(runId as string);
    }
    connection.run(
      'UPDATE runs SET user_id = ?, user_name = ? WHERE thread_id = ?',
      userId,
      userName,
      threadId as string,
    );
    connection.run(
      'UPDATE messages SET user_id = ?, user_name = ? WHERE thread_id = ? AND user_id = ?',
      userId,
      userName,
      threadId as string,
      before,
    );
  }
  connection.run(
    'UPDATE threads SET user_id = ?, user_name = ?, visitor = ? WHERE tenant_id = ? AND user_id = ?',
    userId,
    userName,
    to.audience === 'visitor' ? 1 : 0,
    tenantId,
    before,
  );
  if (threads.length > 0)
    connection.run('INSERT OR IGNORE INTO visitor_links VALUES (?, ?, ?)', tenantId, userId, before);
  connection.run('UPDATE OR IGNORE sent SET user_id = ? WHERE tenant_id = ? AND user_id = ?', userId, tenantId, before);
  connection.run('DELETE FROM sent WHERE tenant_id = ? AND user_id = ?', tenantId, before);
  return threads.length;
}
