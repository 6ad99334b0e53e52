import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Notifier, Topic } from '../../ports/index.ts';
import { createListeners } from '../listeners.ts';
import { createConnections, GOODBYE_MS } from './connections.ts';
import { connectionTo } from './database.ts';
import type { Session } from './session.ts';

const CHANNEL = 'clew';
/**
 * A ring is worth nothing after a crash of the database: its transaction does not wait for the disk. Rejected: to set that for the session, which a pooler would give to others, who then write without waiting, too.
 */
const RING = `SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, payload) FROM unnest($2::text[]) AS payload`;
/** PostgreSQL takes less than 8,000 bytes; a topic is ASCII. */
const MOST_CHARACTERS = 7_900;
/** Topics kept while there is no connection; what is more than that is found by polling. */
const MOST_WAITING = 10_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;
/** How often it is tried whether what is rung for comes back; one that did not come by the next time has shown that nothing does. */
const TRY_MS = 5_000;
const DEAF =
  'No notification comes back over this connection. If it leads to a pooler in transaction mode, or to another database, let `storage.directUrl` be the address of the database itself.';

/** What `createNotifier` needs. */
export interface NotifierOptions {
  /** Address of the database itself, not of a pooler: whoever listens needs a session of its own. */
  readonly url: string;
  /** Other connections to the same database. What one of them rings for is heard over `url`, or `url` is no place to listen. */
  readonly others: Pick<Session, 'run'>;
  /** Told when the connection broke, once until it is back. */
  readonly onTrouble: (error: unknown) => void;
  /** How often it is tried whether notifications come back. Default 5,000 ms. */
  readonly tryMs?: number;
}

/**
 * The bell of many nodes: `NOTIFY` with the ids, one connection a node. Listeners here are called at once; the other nodes hear of all topics of one turn of the
 * event loop in one notification, and of those that come while one is on its way in the next. After a broken connection every listener is called: a ring
 * may have been missed. Notifications go over the same connection as they come, in transactions of their own: within one that changes rows, `NOTIFY` would
 * make all commits of the database wait for each other.
 *
 * A node hears its own notifications, too. Every few seconds it rings for nobody, and takes the connection for broken when that does not come back: the network may have
 * dropped it without a word, and TCP notices only after hours. The first of these goes over another connection: a pooler in transaction mode takes `LISTEN`, and delivers only
 * what happens to be rung for by the same connection of its own; so does the address of another database, which hears itself and nobody else.
 */
export function createNotifier({ url, others, onTrouble, tryMs = TRY_MS }: NotifierOptions): Notifier {
  const node = randomUUID();
  const listeners = createListeners();
  const made = createConnections();
  const waiting = new Set<string>();
  let client: pg.Client | undefined;
  let sending = false;
  let closed = false;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let retryMs = FIRST_RETRY_MS;
  let troubled = false;
  void connect();

  async function connect(): Promise<void> {
    const next = new made.Client(connectionTo(url));
    let gone = false;
    /** What comes back when this connection hears; the first of them is known to nobody else. */
    let echo: string = randomUUID();
    /** Whether a notification of its own is on its way. */
    let awaited = false;
    let trying: ReturnType<typeof setInterval> | undefined;
    const heard = () => {
      awaited = false;
      echo = node;
      troubled = false;
      retryMs = FIRST_RETRY_MS;
    };
    const attempt = () => {
      if (awaited) return lost(new Error(DEAF));
      awaited = true;
      const ringing = echo === node ? next.query(RING, [CHANNEL, [node]]) : others.run(RING, CHANNEL, [echo]);
      ringing.catch(lost);
    };
    const lost = (error: unknown) => {
      if (gone) return;
      gone = true;
      clearInterval(trying);
      if (client === next) client = undefined;
      next.end().catch(() => {});
      if (closed) return;
      if (!troubled) onTrouble(error);
      troubled = true;
      retry = setTimeout(() => void connect(), retryMs * (0.5 + Math.random()));
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    };
    next.on('error', lost);
    next.on('end', () => lost(new Error('The connection was closed.')));
    next.on('notification', ({ payload = '' }) => {
      const [sender, ...topics] = payload.split(' ');
      if (sender === echo) heard();
      else if (sender !== node) for (const topic of topics) listeners.ring(topic);
    });
    try {
      await next.connect();
      await next.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      lost(error);
      return;
    }
    if (closed) return void next.end().catch(() => {});
    client = next;
    attempt();
    trying = setInterval(attempt, tryMs);
    for (const topic of listeners.topics()) listeners.ring(topic);
    schedule();
  }

  function schedule(): void {
    if (sending || !client || waiting.size === 0) return;
    sending = true;
    setImmediate(() => void send());
  }

  async function send(): Promise<void> {
    try {
      while (client && waiting.size > 0) {
        const payloads = takeAll();
        await client.query(RING, [CHANNEL, payloads]);
      }
    } catch {
      // The connection says so itself, and comes back.
    } finally {
      sending = false;
      schedule();
    }
  }

  function takeAll(): string[] {
    const payloads: string[] = [];
    let payload = node;
    for (const topic of waiting) {
      if (payload.length + topic.length >= MOST_CHARACTERS) {
        payloads.push(payload);
        payload = node;
      }
      payload += ` ${topic}`;
    }
    waiting.clear();
    return [...payloads, payload];
  }

  return {
    notify(topic: Topic) {
      listeners.ring(topic);
      if (closed || waiting.size >= MOST_WAITING) return;
      waiting.add(topic);
      schedule();
    },
    listen: listeners.listen,
    async close() {
      closed = true;
      clearTimeout(retry);
      listeners.clear();
      client?.end().catch(() => {});
      // One that is being made says goodbye as soon as it is.
      await made.closed(GOODBYE_MS);
    },
  };
}
