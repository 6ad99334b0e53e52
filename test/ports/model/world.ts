import { randomUUID } from 'node:crypto';
import { ClewError, type Message, type RunEvent } from '../../../packages/server/src/model/index.ts';
import { type Lease, LeaseLost, type OutboxEntry, type Store } from '../../../packages/server/src/ports/index.ts';

/** Threads that nobody deletes or gives away: what is held of keys and of the order of messages is held here. */
export const KEPT = 2;
/** Threads that are deleted, removed and made again under the same id. */
export const LOST = 2;
/** The same, of a visitor: they become `anna`'s now and then. */
export const VISITED = 2;

/** A lease that some worker has, or had, and how far it has written. */
export interface Held {
  readonly lease: Lease;
  seq: number;
}

/** Stores as of several nodes on one database, and what those who use them know. */
export interface World {
  readonly stores: readonly Store[];
  /** Ids: first the kept threads, then those that are lost, then the visitor's. */
  readonly threads: readonly string[];
  readonly leases: Held[];
  /** Ids of all runs that were made, deleted ones among them. */
  readonly runs: string[];
  /** Ids of user messages that were sent. */
  readonly said: string[];
  /** For each key the runs that it led to. */
  readonly sent: Map<string, Set<string>>;
  /** For each run what a reader with a cursor has got of it so far. */
  readonly read: Map<string, RunEvent[]>;
  /** For each kept thread the longest list of messages that somebody has got. */
  readonly listed: Map<string, readonly string[]>;
  /** Facts of the outbox whose deliveries some node wanted to make. */
  readonly told: OutboxEntry[];
  /** A time later than all before: milliseconds since 1970. */
  now(): number;
}

/** What an operation draws its lots from: 0 and more, below a million. */
export interface Lots {
  readonly node: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

export function createWorld(stores: readonly Store[], now: () => number): World {
  return {
    stores,
    now,
    threads: Array.from({ length: KEPT + LOST + VISITED }, () => randomUUID()),
    leases: [],
    runs: [],
    said: [],
    sent: new Map(),
    read: new Map(),
    listed: new Map(),
    told: [],
  };
}

/** The node whose store an operation goes to; `next` nodes further. */
export function storeOf({ stores }: World, { node }: Lots, next = 0): Store {
  return stores[(node + next) % stores.length] as Store;
}

/** One of a list by lot; undefined when it is empty. */
export function oneOf<T>(list: readonly T[], lot: number): T | undefined {
  return list[lot % list.length];
}

/** What an operation may be told. Everything else is a fault: an error of the database, above all. */
const REFUSALS = new Set([
  'thread_not_found',
  'message_not_found',
  'run_not_found',
  'run_not_waiting',
  'run_ended',
  'thread_busy',
  'queue_full',
]);

export function isRefusal(error: unknown): boolean {
  return error instanceof LeaseLost || (error instanceof ClewError && REFUSALS.has(error.code));
}

/** A message of the agent that has the lease. */
export function spoken({ lease: { run } }: Held, at: number, change: Partial<Message> = {}): Message {
  return {
    id: randomUUID(),
    threadId: run.threadId,
    runId: run.id,
    role: 'assistant',
    parts: [{ type: 'text', text: `said in ${run.id}` }],
    parentId: run.messageId,
    agentName: run.agentName,
    userId: run.userId,
    userName: run.userName,
    createdAt: at,
    updatedAt: at,
    incomplete: false,
    interrupt: false,
    steps: [],
    state: null,
    ...change,
  };
}
