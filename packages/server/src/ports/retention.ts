import type { JsonObject } from '../model/index.ts';

/** Somebody whose conversations are meant. */
export interface Person {
  /** UUIDs of the tenant and of the person. */
  readonly tenantId: string;
  readonly userId: string;
  /** Only conversations with a run that came in by this channel, and nothing else of the person. Absent: everything. */
  readonly channel?: string;
}

/** How much there is of each kind, or how much was taken away. */
export interface Holdings {
  readonly threads: number;
  readonly messages: number;
  readonly runs: number;
  readonly events: number;
  /** Uploaded files. */
  readonly files: number;
  /** Documents of the full-text index that were made from files of threads. */
  readonly documents: number;
  /** Client message ids by which a message that is sent twice is known again. */
  readonly keys: number;
  /** Counts of what the person has used up. */
  readonly counters: number;
  /** Visitors that the person was before they signed in. */
  readonly visitors: number;
  /** Webhooks about the runs that were not delivered yet. */
  readonly deliveries: number;
}

export const NO_HOLDINGS: Holdings = {
  threads: 0,
  messages: 0,
  runs: 0,
  events: 0,
  files: 0,
  documents: 0,
  keys: 0,
  counters: 0,
  visitors: 0,
  deliveries: 0,
};

/** A thread that may be removed. */
export interface RemovableThread {
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string;
  /** Whether a message of its person has what looks like the address of a file. */
  readonly mayHaveFiles: boolean;
}

/** Since when nothing was said in a thread, milliseconds since 1970; null: threads of this kind are kept. */
export interface Idle {
  /** Threads of anonymous visitors. */
  readonly visitors: number | null;
  /** All others. */
  readonly users: number | null;
}

/** That somebody was erased, without who it was. */
export interface ErasureReceipt {
  /** UUID. */
  readonly id: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly at: number;
  readonly counts: Holdings;
}

/** What takes away for good. Nothing here is asked in somebody's name: only erasure and the sweeper call it. */
export interface Retention {
  /** How much there is of a person; of files and documents those only that are of a thread and stand in the database: the rest is not the store's. */
  measurePerson(person: Person): Promise<Holdings>;
  /** Threads of a person, at most `limit`. */
  threadsOf(person: Person, limit: number): Promise<readonly RemovableThread[]>;
  /**
   * Threads in which nothing was said since `idle`, and nobody works. They are looked for in the order of their making, some thousand at once: `after` is where the last call
   * stopped, 0 at first; `next` is null at the end.
   */
  idleThreads(
    idle: Idle,
    after: number,
  ): Promise<{ readonly threads: readonly RemovableThread[]; readonly next: number | null }>;
  /**
   * Removes threads with their messages, runs, events, keys and undelivered webhooks, in one transaction. With `idle`, those that have been used since are passed over. Runs that
   * are worked on lose their lease. `runs` are the ids of the runs.
   */
  removeThreads(
    threads: readonly RemovableThread[],
    idle: Idle | null,
  ): Promise<{ readonly counts: Holdings; readonly runs: readonly string[] }>;
  /** Removes what is left of a person once the threads are gone: keys, counters, links to the visitors that they were. With a `channel` nothing but counters of that. */
  forgetPerson(person: Person): Promise<Holdings>;
  /** The visitors that a person was before they signed in, as `moveThreads` was told; UUIDs. */
  visitorsOf(person: Pick<Person, 'tenantId' | 'userId'>): Promise<readonly string[]>;
  /**
   * Prunes the deltas of at most `limit` runs that ended before `before`, those first that ended first, archived or not: a stretch of them becomes one `log.pruned`. `runs` is 0 when
   * none is left.
   */
  pruneDeltas(before: number, limit: number): Promise<{ readonly runs: number; readonly events: number }>;
  /**
   * Archives the logs of at most `limit` runs that ended before `before`, those first that ended first: each becomes one compressed piece, which every operation reads as it reads any
   * other log. `runs` is 0 when none is left; `events` is how many were put away.
   */
  archiveRuns(before: number, limit: number): Promise<{ readonly runs: number; readonly events: number }>;
  /**
   * Looks after the storage itself. PostgreSQL makes partitions ahead and drops those of which no run is left, and before that, those in which every run is archived or of a thread that
   * `idle` gives up. How many were dropped.
   */
  maintain(idle: Idle): Promise<number>;
  /** Makes what was removed unreadable in the files of the database as well, as far as this is in the hands of the store. */
  scrub(removed: Pick<Holdings, 'threads' | 'documents'>): Promise<void>;

  keepReceipt(receipt: ErasureReceipt): Promise<void>;
  /** The newest first. */
  listReceipts(limit: number): Promise<readonly ErasureReceipt[]>;
  /** Forgets receipts from before `before`. How many. */
  pruneReceipts(before: number): Promise<number>;
}

/** Sums of all members. */
export function addHoldings(one: Holdings, other: Partial<Holdings>): Holdings {
  const sum = { ...one } as Record<keyof Holdings, number>;
  for (const [kind, count] of Object.entries(other)) sum[kind as keyof Holdings] += count ?? 0;
  return sum;
}

/** Counts as they were stored; kinds that were not counted then are 0. */
export function toHoldings(stored: JsonObject): Holdings {
  return { ...NO_HOLDINGS, ...(stored as Partial<Holdings>) };
}
