import { ClewError, type Scope, type Thread } from '../../../model/index.ts';
import type { NewThread, Page, ThreadChange, ThreadQuery } from '../../../ports/index.ts';
import type { Session, Value } from '../database.ts';
import { THREAD, toThread } from '../rows.ts';
import { holdThreads } from './hold.ts';
import { insertThread } from './insert.ts';
import { owned } from './scope.ts';

/** See `Store.createThread`. */
export async function createThread(session: Session, scope: Scope, { at, ...given }: NewThread): Promise<Thread> {
  const thread: Thread = {
    ...given,
    tenantId: scope.tenantId,
    userId: scope.userId,
    userName: scope.userName,
    status: 'open',
    createdAt: at,
    updatedAt: at,
  };
  await insertThread(session, thread, { visitor: scope.audience === 'visitor' });
  return thread;
}

/** See `Store.readThread`. */
export async function readThread(session: Session, scope: Scope, threadId: string): Promise<Thread> {
  const own = owned(scope, 2);
  const row = await session.row(
    `SELECT ${THREAD} FROM clew.threads WHERE id = $1 AND ${own.sql}`,
    threadId,
    ...own.values,
  );
  if (!row) throw new ClewError('thread_not_found');
  return toThread(row);
}

/** The thread, so that nobody else changes it until the transaction ends. */
async function holdThread(session: Session, scope: Scope, threadId: string): Promise<Thread> {
  const own = owned(scope, 2);
  const row = await session.row(
    `SELECT ${THREAD} FROM clew.threads WHERE id = $1 AND ${own.sql} FOR UPDATE`,
    threadId,
    ...own.values,
  );
  if (!row) throw new ClewError('thread_not_found');
  return toThread(row);
}

/** See `Store.listThreads`. */
export async function listThreads(session: Session, scope: Scope, query: ThreadQuery): Promise<Page<Thread>> {
  const own = owned(scope, 1);
  const values: Value[] = [...own.values];
  const where = query.agentId === undefined ? own.sql : `${own.sql} AND agent_id = $${values.push(query.agentId)}`;
  const [rows, total] = await Promise.all([
    session.rows(
      `SELECT ${THREAD} FROM clew.threads WHERE ${where} ORDER BY updated_at DESC, n DESC
       LIMIT $${values.length + 1} OFFSET $${values.length + 2}`,
      ...values,
      query.limit,
      query.offset,
    ),
    session.row(`SELECT count(*) FROM clew.threads WHERE ${where}`, ...values),
  ]);
  return { items: rows.map(toThread), total: total?.[0] as number };
}

/** See `Store.updateThread`. To be called in a transaction. */
export async function updateThread(
  session: Session,
  scope: Scope,
  { threadId, change }: { threadId: string; change: ThreadChange },
): Promise<Thread> {
  const { at, ...members } = change;
  const thread = { ...(await holdThread(session, scope, threadId)), ...members, updatedAt: at };
  await session.run(
    'UPDATE clew.threads SET title = $1, status = $2, agent_id = $3, extra = $4::json, updated_at = $5 WHERE id = $6',
    thread.title,
    thread.status,
    thread.agentId,
    JSON.stringify(thread.extra),
    at,
    threadId,
  );
  return thread;
}

/** See `Store.deleteThread`. Gives back the ids of the runs that are gone with it. To be called in a transaction. */
export async function deleteThread(session: Session, scope: Scope, threadId: string): Promise<string[]> {
  const own = owned(scope, 2);
  const held = await holdThreads(session, {
    sql: `id = $1 AND ${own.sql}`,
    values: [threadId, ...own.values],
    how: 'FOR UPDATE',
  });
  if (held.length === 0) throw new ClewError('thread_not_found');
  const runs = await session.rows('SELECT id FROM clew.runs WHERE thread_id = $1', threadId);
  for (const table of ['events', 'archives'])
    await session.run(
      `DELETE FROM clew.${table} WHERE run_n IN (SELECT n FROM clew.runs WHERE thread_id = $1)`,
      threadId,
    );
  await session.run('DELETE FROM clew.sent WHERE run_id IN (SELECT id FROM clew.runs WHERE thread_id = $1)', threadId);
  await session.run('DELETE FROM clew.runs WHERE thread_id = $1', threadId);
  await session.run('DELETE FROM clew.messages WHERE thread_id = $1', threadId);
  await session.run('DELETE FROM clew.threads WHERE id = $1', threadId);
  return runs.map(([id]) => id as string);
}
