import type { Message, NewEvent, Thread } from '../../../model/index.ts';
import type { Connection } from '../connection.ts';
import { fromMessage, MESSAGE } from '../rows.ts';

/** Appends events to the log of run number `n` after `seq`. */
export function insertEvents(
  connection: Connection,
  at: { n: number; seq: number },
  events: readonly NewEvent[],
): void {
  let { seq } = at;
  for (const event of events) {
    seq += 1;
    connection.run(
      'INSERT INTO events VALUES (?, ?, ?, ?, ?)',
      at.n,
      seq,
      event.type,
      event.at,
      JSON.stringify(event.data),
    );
  }
}

export function insertMessage(connection: Connection, message: Message): void {
  connection.run(
    `INSERT INTO messages (${MESSAGE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...fromMessage(message),
  );
}

export function insertThread(connection: Connection, thread: Thread): void {
  connection.run(
    `INSERT INTO threads (id, tenant_id, user_id, user_name, title, agent_id, status, created_at, updated_at, extra)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    thread.id,
    thread.tenantId,
    thread.userId,
    thread.userName,
    thread.title,
    thread.agentId,
    thread.status,
    thread.createdAt,
    thread.updatedAt,
    JSON.stringify(thread.extra),
  );
}

/** Moves the thread to the top of its list. */
export function touchThread(connection: Connection, threadId: string, at: number): void {
  connection.run('UPDATE threads SET updated_at = ? WHERE id = ?', at, threadId);
}
