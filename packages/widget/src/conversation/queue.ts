import { inThread, type Outbox, type Row } from '../outbox/outbox.ts';
import { replyKey } from './entries.ts';
import type { Question } from './state.ts';
import type { StateStore } from './store.ts';

/** What waits to be sent in one room, with its bubbles and its copy in the outbox. */
export interface Queue {
  readonly rows: readonly Row[];
  /** Takes up what the outbox has for the room. */
  load(room: string): Promise<void>;
  /** Adds what was said here. Resolves when the outbox has it. */
  add(row: Row): Promise<void>;
  /** Adds what was said in another tab, unless it is known. Gives back whether it was added. */
  take(row: Row, question: Question | undefined): boolean;
  drop(key: string): void;
  /** The server has it, in this thread: the rest goes there, too. `store`: this tab keeps the outbox. */
  sent(key: string, to: { threadId: string; store: boolean }): void;
  /** The server does not want it. */
  refuse(key: string): void;
  /** What was refused, by the key of its reply. */
  takeRefused(key: string): Row | undefined;
  show(row: Row, delivery: Question['delivery']): Question | undefined;
  /** The bubble of a message, if it has one. */
  bubble(key: string): Question | undefined;
  mark(key: string, delivery: Question['delivery']): void;
}

export function createQueue({ store, outbox }: { store: StateStore; outbox: Outbox }): Queue {
  const refused = new Map<string, Row>();
  let rows: readonly Row[] = [];

  const show = ({ key, text, files = [], at, silent }: Row, delivery: Question['delivery']): Question | undefined => {
    if (silent) return undefined;
    const question: Question = { kind: 'question', key, text, files, delivery, at };
    store.put(question);
    return question;
  };
  const bubble = (key: string): Question | undefined => {
    const entry = store.find(key);
    return entry?.kind === 'question' ? entry : undefined;
  };
  const mark = (key: string, delivery: Question['delivery']) => {
    const question = bubble(key);
    if (question && question.delivery !== delivery) store.put({ ...question, delivery });
  };
  const drop = (key: string) => {
    rows = rows.filter((row) => row.key !== key);
  };

  return {
    get rows() {
      return rows;
    },
    async load(room) {
      const kept = (await outbox.rows()).filter((row) => row.room === room && !rows.some(({ key }) => key === row.key));
      const waiting = kept.filter(({ key }) => {
        // In the thread already: whoever sent it did not live to take it out.
        const known = store.find(key) !== undefined;
        if (known) void outbox.remove(key);
        return !known;
      });
      for (const row of waiting) show(row, 'waiting');
      rows = [...waiting, ...rows];
    },
    add(row) {
      rows = [...rows, row];
      return outbox.put(row);
    },
    take(row, question) {
      if (rows.some(({ key }) => key === row.key) || bubble(row.key)?.delivery === 'sent') return false;
      if (question) store.put(question);
      refused.delete(row.key);
      rows = [...rows, row];
      return true;
    },
    drop,
    sent(key, { threadId, store: keeps }) {
      drop(key);
      const homeless = rows.filter(({ body }) => !body.thread_id);
      rows = rows.map((row) => (row.body.thread_id ? row : inThread(row, threadId)));
      if (!keeps) return;
      // First these: should the tab die between the two, the first message is sent again, and the others stay behind it.
      for (const row of homeless) void outbox.put(inThread(row, threadId));
      void outbox.remove(key);
    },
    refuse(key) {
      const row = rows.find((one) => one.key === key);
      if (row) refused.set(replyKey(key), row);
      drop(key);
      mark(key, 'failed');
      void outbox.remove(key);
    },
    takeRefused(key) {
      const row = refused.get(key);
      refused.delete(key);
      return row;
    },
    show,
    bubble,
    mark,
  };
}
