import type { OutgoingMessage } from '../events/events.ts';

/** A message on its way to the server. */
export interface Row {
  /** Id of the message, and the key under which the server takes it once. */
  readonly key: string;
  /** The conversation: id of its thread, or `new:…` as long as it has none. Rows of one are sent one after another. */
  readonly room: string;
  /** When it was said, milliseconds since 1970; no two rows of a tab have the same. */
  readonly at: number;
  /** What the reader's bubble shows. */
  readonly text: string;
  /** Names of the files that go with it. Default: none. */
  readonly files?: readonly string[];
  /** It has no bubble. */
  readonly silent: boolean;
  /** The body of the run, the same at every attempt. */
  readonly body: OutgoingMessage;
}

/** Messages that the server has not taken yet. Calls take effect in their order. */
export interface Outbox {
  put(row: Row): Promise<void>;
  remove(key: string): Promise<void>;
  /** All of them, the oldest first. */
  rows(): Promise<Row[]>;
  close(): void;
}

/** An outbox that lives as long as its page. */
export function memoryOutbox(): Outbox {
  const rows = new Map<string, Row>();
  return {
    async put(row) {
      rows.set(row.key, row);
    },
    async remove(key) {
      rows.delete(key);
    },
    rows: async () => inOrder([...rows.values()]),
    close() {},
  };
}

/** The row as it is once its conversation has a thread. */
export function inThread(row: Row, threadId: string): Row {
  return { ...row, room: threadId, body: { ...row.body, thread_id: threadId } };
}

export function inOrder(rows: Row[]): Row[] {
  return rows.sort((a, b) => a.at - b.at);
}
