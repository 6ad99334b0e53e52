import type { Message, NewEvent, Thread } from '../../../model/index.ts';
import type { Session } from '../database.ts';
import { columnsOf } from '../group.ts';
import { fromMessage, MESSAGE, MESSAGE_CELLS, MESSAGE_TYPES, places } from '../rows.ts';

/** Appends events to the log of run number `n` after `seq`. */
export async function insertEvents(
  session: Session,
  { n, seq }: { n: number; seq: number },
  events: readonly NewEvent[],
): Promise<void> {
  const rows = events.map(({ type, at, data }, index) => [seq + index + 1, type, at, JSON.stringify(data)]);
  await session.run(
    `INSERT INTO clew.events (run_n, seq, type, at, data)
     SELECT $1, seq, type, at, data::json FROM unnest($2::int[], $3::text[], $4::bigint[], $5::text[]) AS event (seq, type, at, data)`,
    n,
    ...columnsOf(rows, 4),
  );
}

/** Messages of one thread, in the order in which it shall have them. */
export async function insertMessages(session: Session, messages: readonly Message[]): Promise<void> {
  if (messages.length === 0) return;
  await session.run(INSERT_MESSAGES, ...columnsOf(messages.map(fromMessage), MESSAGE_TYPES.length));
}

const ARRAYS = MESSAGE_TYPES.map((type, at) => `$${at + 1}::${type}[]`).join(', ');
const INSERT_MESSAGES = `INSERT INTO clew.messages (${MESSAGE})
  SELECT ${MESSAGE_CELLS} FROM unnest(${ARRAYS}) WITH ORDINALITY AS message (${MESSAGE}, place) ORDER BY place`;

/** `visitor`: an anonymous visitor owns it. */
export async function insertThread(session: Session, thread: Thread, { visitor }: { visitor: boolean }): Promise<void> {
  const { id, tenantId, userId, userName, title, agentId, status, createdAt, updatedAt, extra } = thread;
  const values = [
    id,
    tenantId,
    userId,
    userName,
    title,
    agentId,
    status,
    createdAt,
    updatedAt,
    JSON.stringify(extra),
    visitor,
  ];
  await session.run(
    `INSERT INTO clew.threads (id, tenant_id, user_id, user_name, title, agent_id, status, created_at, updated_at, extra, visitor)
     VALUES (${places(values)})`,
    ...values,
  );
}

/** Moves the thread to the top of its list. Whoever does so holds it until the transaction ends: messages are in the order of their transactions. */
export async function touchThread(session: Session, threadId: string, at: number): Promise<void> {
  await session.run('UPDATE clew.threads SET updated_at = $1 WHERE id = $2', at, threadId);
}
