import type { Message, NewEvent, Thread } from '../../../model/index.ts';
import type { Connection, Value } from '../connection.ts';
import { fromMessage, MESSAGE } from '../rows.ts';

/** Most rows in one statement. Several at once cost two thirds of one by one: 14 rows in 15 µs instead of 22. */
const ROWS = 16;
/** `INSERT` statements by their number of rows. */
const INSERT_EVENTS = Array.from(
  { length: ROWS + 1 },
  (_, rows) => `INSERT INTO events VALUES ${Array.from({ length: rows }, () => '(?, ?, ?, ?, ?)').join(', ')}`,
);

/** Appends events to the log of run number `n` after `seq`; the number of characters of their data. */
export function insertEvents(
  connection: Connection,
  at: { n: number; seq: number },
  events: readonly NewEvent[],
): number {
  let { seq } = at;
  let size = 0;
  for (let from = 0; from < events.length; from += ROWS) {
    const values: Value[] = [];
    const rows = Math.min(ROWS, events.length - from);
    for (const event of events.slice(from, from + rows)) {
      seq += 1;
      const data = JSON.stringify(event.data);
      size += data.length;
      values.push(at.n, seq, event.type, event.at, data);
    }
    connection.run(INSERT_EVENTS[rows] as string, ...values);
  }
  return size;
}

export function insertMessage(connection: Connection, message: Message): void {
  connection.run(
    `INSERT INTO messages (${MESSAGE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...fromMessage(message),
  );
}

/** `visitor`: an anonymous visitor owns it. */
export function insertThread(connection: Connection, thread: Thread, { visitor }: { visitor: boolean }): void {
  connection.run(
    `INSERT INTO threads (id, tenant_id, user_id, user_name, title, agent_id, status, created_at, updated_at, extra, visitor)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
    visitor ? 1 : 0,
  );
}

/** Moves the thread to the top of its list. */
export function touchThread(connection: Connection, threadId: string, at: number): void {
  connection.run('UPDATE threads SET updated_at = ? WHERE id = ?', at, threadId);
}
