import { ClewError, type Message, type Scope, type Thread } from '../../../model/index.ts';
import type { MessageChange, NewThread, Page, ThreadChange, ThreadQuery } from '../../../ports/index.ts';
import type { Value } from '../connection.ts';
import { MESSAGE, orNull, THREAD, toMessage, toThread } from '../rows.ts';
import { type Context, owned } from './context.ts';
import { insertThread } from './insert.ts';
import { readRun } from './read.ts';

/** See `Store.createThread`. */
export function createThread({ connection }: Context, scope: Scope, { at, ...given }: NewThread): Thread {
  const thread: Thread = {
    ...given,
    tenantId: scope.tenantId,
    userId: scope.userId,
    userName: scope.userName,
    status: 'open',
    createdAt: at,
    updatedAt: at,
  };
  insertThread(connection, thread, { visitor: scope.audience === 'visitor' });
  return thread;
}

/** See `Store.readThread`. */
export function readThread({ connection }: Context, scope: Scope, threadId: string): Thread {
  const own = owned(scope);
  const row = connection.row(`SELECT ${THREAD} FROM threads WHERE id = ? AND ${own.sql}`, threadId, ...own.values);
  if (!row) throw new ClewError('thread_not_found');
  return toThread(row);
}

/** See `Store.listThreads`. */
export function listThreads({ connection }: Context, scope: Scope, query: ThreadQuery): Page<Thread> {
  const own = owned(scope);
  const where = query.agentId === undefined ? own.sql : `${own.sql} AND agent_id = ?`;
  const values: Value[] = query.agentId === undefined ? [...own.values] : [...own.values, query.agentId];
  const rows = connection.rows(
    `SELECT ${THREAD} FROM threads WHERE ${where} ORDER BY updated_at DESC, n DESC LIMIT ? OFFSET ?`,
    ...values,
    query.limit,
    query.offset,
  );
  const total = connection.row(`SELECT count(*) FROM threads WHERE ${where}`, ...values)?.[0] as number;
  return { items: rows.map(toThread), total };
}

/** See `Store.updateThread`. */
export function updateThread(
  context: Context,
  scope: Scope,
  { threadId, change }: { threadId: string; change: ThreadChange },
): Thread {
  const { at, ...members } = change;
  const thread = { ...readThread(context, scope, threadId), ...members, updatedAt: at };
  context.connection.run(
    'UPDATE threads SET title = ?, status = ?, agent_id = ?, extra = ?, updated_at = ? WHERE id = ?',
    thread.title,
    thread.status,
    thread.agentId,
    JSON.stringify(thread.extra),
    at,
    threadId,
  );
  return thread;
}

/** See `Store.deleteThread`. */
export function deleteThread(context: Context, scope: Scope, threadId: string): void {
  const { connection, open, recent } = context;
  readThread(context, scope, threadId);
  for (const [runId] of connection.rows('SELECT id FROM runs WHERE thread_id = ?', threadId)) {
    open.delete(runId as string);
    recent.delete(runId as string);
  }
  for (const table of ['events', 'archives'])
    connection.run(`DELETE FROM ${table} WHERE run_n IN (SELECT n FROM runs WHERE thread_id = ?)`, threadId);
  connection.run('DELETE FROM sent WHERE run_id IN (SELECT id FROM runs WHERE thread_id = ?)', threadId);
  connection.run('DELETE FROM runs WHERE thread_id = ?', threadId);
  connection.run('DELETE FROM messages WHERE thread_id = ?', threadId);
  connection.run('DELETE FROM threads WHERE id = ?', threadId);
}

/** See `Store.listMessages`. */
export function listMessages(
  context: Context,
  scope: Scope,
  query: { threadId: string; limit: number; offset: number },
): Page<Message> {
  const { threadId, limit, offset } = query;
  readThread(context, scope, threadId);
  const rows = context.connection.rows(
    `SELECT ${MESSAGE} FROM messages WHERE thread_id = ? ORDER BY n LIMIT ? OFFSET ?`,
    threadId,
    limit,
    offset,
  );
  const total = context.connection.row('SELECT count(*) FROM messages WHERE thread_id = ?', threadId)?.[0] as number;
  return { items: rows.map(toMessage), total };
}

/** See `Store.listMessageIds`. */
export function listMessageIds(context: Context, scope: Scope, threadId: string): Pick<Message, 'id' | 'origin'>[] {
  readThread(context, scope, threadId);
  return context.connection
    .rows('SELECT id, origin FROM messages WHERE thread_id = ? ORDER BY n', threadId)
    .map(([id, origin]) => ({ id: id as string, ...(origin === null ? {} : { origin: origin as string }) }));
}

/** See `Store.listRunMessages`. */
export function listRunMessages({ connection }: Context, scope: Scope, runId: string): Message[] {
  const { threadId } = readRun(connection, scope, runId);
  const rows = connection.rows(
    `SELECT ${MESSAGE} FROM messages WHERE thread_id = ? AND run_id = ? AND role = 'assistant' ORDER BY n`,
    threadId,
    runId,
  );
  return rows.map(toMessage);
}

/** See `Store.readMessage`. */
export function readMessage(
  context: Context,
  scope: Scope,
  { threadId, messageId }: { threadId: string; messageId: string },
): Message {
  readThread(context, scope, threadId);
  const row = context.connection.row(
    `SELECT ${MESSAGE} FROM messages WHERE id = ? AND thread_id = ?`,
    messageId,
    threadId,
  );
  if (!row) throw new ClewError('message_not_found');
  return toMessage(row);
}

/** See `Store.updateMessage`. */
export function updateMessage(
  context: Context,
  scope: Scope,
  { threadId, messageId, change }: { threadId: string; messageId: string; change: MessageChange },
): Message {
  const { at, ...members } = change;
  const message = { ...readMessage(context, scope, { threadId, messageId }), ...members, updatedAt: at };
  context.connection.run(
    'UPDATE messages SET parts = ?, state = ?, extra = ?, updated_at = ? WHERE id = ?',
    JSON.stringify(message.parts),
    orNull(message.state),
    orNull(message.extra),
    at,
    messageId,
  );
  return message;
}
