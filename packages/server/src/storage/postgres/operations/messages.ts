import { ClewError, type Message, type Scope } from '../../../model/index.ts';
import type { MessageChange, Page } from '../../../ports/index.ts';
import type { Session } from '../database.ts';
import { MESSAGE, orNull, toMessage } from '../rows.ts';
import { readRun } from './read.ts';
import { readThread } from './threads.ts';

/** See `Store.listMessages`. */
export async function listMessages(
  session: Session,
  scope: Scope,
  { threadId, limit, offset }: { threadId: string; limit: number; offset: number },
): Promise<Page<Message>> {
  await readThread(session, scope, threadId);
  const [rows, total] = await Promise.all([
    session.rows(
      `SELECT ${MESSAGE} FROM clew.messages WHERE thread_id = $1 ORDER BY n LIMIT $2 OFFSET $3`,
      threadId,
      limit,
      offset,
    ),
    session.row('SELECT count(*) FROM clew.messages WHERE thread_id = $1', threadId),
  ]);
  return { items: rows.map(toMessage), total: total?.[0] as number };
}

/** See `Store.listMessageIds`. */
export async function listMessageIds(
  session: Session,
  scope: Scope,
  threadId: string,
): Promise<Pick<Message, 'id' | 'origin'>[]> {
  await readThread(session, scope, threadId);
  const rows = await session.rows('SELECT id, origin FROM clew.messages WHERE thread_id = $1 ORDER BY n', threadId);
  return rows.map(([id, origin]) => ({ id, ...(origin === null ? {} : { origin }) }));
}

/** See `Store.listRunMessages`. */
export async function listRunMessages(session: Session, scope: Scope, runId: string): Promise<Message[]> {
  const { threadId } = await readRun(session, scope, runId);
  const rows = await session.rows(
    `SELECT ${MESSAGE} FROM clew.messages WHERE thread_id = $1 AND run_id = $2 AND role = 'assistant' ORDER BY n`,
    threadId,
    runId,
  );
  return rows.map(toMessage);
}

/** See `Store.readMessage`. */
export async function readMessage(
  session: Session,
  scope: Scope,
  { threadId, messageId, hold = false }: { threadId: string; messageId: string; hold?: boolean },
): Promise<Message> {
  await readThread(session, scope, threadId);
  const row = await session.row(
    `SELECT ${MESSAGE} FROM clew.messages WHERE id = $1 AND thread_id = $2 ${hold ? 'FOR UPDATE' : ''}`,
    messageId,
    threadId,
  );
  if (!row) throw new ClewError('message_not_found');
  return toMessage(row);
}

/** See `Store.updateMessage`. To be called in a transaction. */
export async function updateMessage(
  session: Session,
  scope: Scope,
  { threadId, messageId, change }: { threadId: string; messageId: string; change: MessageChange },
): Promise<Message> {
  const { at, ...members } = change;
  const before = await readMessage(session, scope, { threadId, messageId, hold: true });
  const message = { ...before, ...members, updatedAt: at };
  await session.run(
    'UPDATE clew.messages SET parts = $1::json, state = $2::json, extra = $3::json, updated_at = $4 WHERE id = $5',
    JSON.stringify(message.parts),
    orNull(message.state),
    orNull(message.extra),
    at,
    messageId,
  );
  return message;
}
