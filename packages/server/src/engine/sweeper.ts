import { setTimeout as wait } from 'node:timers/promises';
import {
  addHoldings,
  type Clock,
  type FileStore,
  type Holdings,
  type Idle,
  NO_HOLDINGS,
  type Store,
} from '../ports/index.ts';

/** How long what is kept, milliseconds; null: for ever. */
export interface RetentionSettings {
  /** Threads, from the last time that somebody spoke in them. */
  readonly threads: number | null;
  /** The same for threads of anonymous visitors; null: as `threads`. */
  readonly visitorThreads: number | null;
  /** Deltas, from the end of their run. */
  readonly deltas: number | null;
  /** Logs as they were written, from the end of their run; then they are archived. */
  readonly archive: number | null;
  /** Uploaded files, from their upload. */
  readonly files: number | null;
  /** Receipts of erasures. */
  readonly receipts: number | null;
}

/** What `createSweeper` needs. */
export interface SweeperParts {
  readonly store: Store;
  readonly files: Pick<FileStore, 'list' | 'remove'>;
  readonly clock: Clock;
  readonly settings: RetentionSettings;
  /** Told after each round that took or put something away. */
  readonly onSwept: (swept: Swept) => void;
  readonly onDefect: (error: unknown) => void;
}

/** What a round took away, and what it put away. */
export interface Swept extends Holdings {
  /** Deltas that were pruned, and the runs whose they were. */
  readonly deltas: number;
  readonly prunedRuns: number;
  /** Events that were archived, and the runs whose they were. */
  readonly archivedEvents: number;
  readonly archivedRuns: number;
  readonly receipts: number;
  /** Partitions of the log that were dropped as a whole. */
  readonly partitions: number;
}

/** Takes away what is older than it may be, and archives what is old, a little at a time. */
export interface Sweeper {
  /** One round; undefined when another node does it. */
  sweep(): Promise<Swept | undefined>;
  /** Does a round now and then. */
  start(): void;
  /** Ends between two batches. */
  stop(): Promise<void>;
}

/** Runs whose logs were changed, and how many of their events. */
interface SweptLogs {
  readonly runs: number;
  readonly events: number;
}

const NO_LOGS: SweptLogs = { runs: 0, events: 0 };

/** Setting that says which node sweeps, and until when nobody else does. */
const LEASE = 'sweeper';
const LEASE_MS = 60_000;
const FIRST_MS = 5_000;
const ROUND_MS = 600_000;
/** Threads, and runs, of one transaction: answers wait no longer than one of them takes. */
const THREADS = 25;
const RUNS = 25;
/** Runs archived by one transaction. */
const ARCHIVED = 10;
/** Between two batches others have their turn. */
const PAUSE_MS = 10;

/** See `Sweeper`. Of many nodes on a store one sweeps at a time; should two, both do what is right. */
export function createSweeper({ store, files, clock, settings, onSwept, onDefect }: SweeperParts): Sweeper {
  const worker = clock.id();
  const stopping = new AbortController();
  const { signal } = stopping;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let round: Promise<unknown> = Promise.resolve();
  let maintainedAt = 0;
  /** Dropped in this round. */
  let partitions = 0;

  /** Whether this node sweeps for the next minute. */
  async function hold(): Promise<boolean> {
    if (signal.aborted) return false;
    const now = clock.now();
    const before = await store.readSetting(LEASE);
    const held = (before ?? {}) as { readonly worker?: string; readonly until?: number };
    if (held.worker === worker && (held.until ?? 0) > now + LEASE_MS / 2) return true;
    if (held.worker !== worker && (held.until ?? 0) > now) return false;
    return store.changeSetting(LEASE, before, { worker, until: now + LEASE_MS });
  }

  async function release(): Promise<void> {
    const held = await store.readSetting(LEASE);
    if ((held as { worker?: string } | undefined)?.worker === worker)
      await store.changeSetting(LEASE, held, { worker, until: 0 });
  }

  const ago = (ms: number | null) => (ms === null ? null : clock.now() - ms);
  const idle = (): Idle => ({
    users: ago(settings.threads),
    visitors: ago(settings.visitorThreads ?? settings.threads),
  });

  /** Makes room for what is to come, and drops what was emptied. */
  async function maintain(): Promise<void> {
    maintainedAt = clock.now();
    partitions += await store.maintain(idle());
  }

  /** After a batch: whether to go on. The first round that archives a large store takes hours, in which the store has to be looked after, too. */
  async function goOn(): Promise<boolean> {
    await wait(PAUSE_MS, undefined, { signal }).catch(() => {});
    if (!(await hold())) return false;
    if (clock.now() - maintainedAt >= ROUND_MS) await maintain();
    return true;
  }

  async function sweepThreads(since: Idle): Promise<Holdings> {
    let counts = NO_HOLDINGS;
    let after: number | null = 0;
    while (after !== null) {
      const { threads, next }: Awaited<ReturnType<Store['idleThreads']>> = await store.idleThreads(since, after);
      for (let from = 0; from < threads.length; from += THREADS) {
        const removed = await store.removeThreads(threads.slice(from, from + THREADS), since);
        counts = addHoldings(counts, removed.counts);
        if (!(await goOn())) return counts;
      }
      after = next;
    }
    return counts;
  }

  /** Does batches of `size` runs until one is not full. */
  async function sweepLogs(batch: (size: number) => Promise<SweptLogs>, size: number): Promise<SweptLogs> {
    let sum = NO_LOGS;
    for (;;) {
      const { runs, events } = await batch(size);
      sum = { runs: sum.runs + runs, events: sum.events + events };
      if (runs < size || !(await goOn())) return sum;
    }
  }

  async function sweepFiles(before: number): Promise<number> {
    let count = 0;
    for await (const file of files.list()) {
      if (signal.aborted) break;
      if (file.createdAt >= before) continue;
      await files.remove(file, [file.id]);
      count += 1;
    }
    return count;
  }

  async function sweepAll(): Promise<Swept> {
    const now = clock.now();
    const since = idle();
    partitions = 0;
    await maintain();
    let counts: Holdings = NO_HOLDINGS;
    let pruned = NO_LOGS;
    let archived = NO_LOGS;
    let receipts = 0;
    if (since.users !== null || since.visitors !== null) counts = await sweepThreads(since);
    const { deltas, archive } = settings;
    if (deltas !== null && (await hold()))
      pruned = await sweepLogs((size) => store.pruneDeltas(now - deltas, size), RUNS);
    if (settings.files !== null && (await hold()))
      counts = addHoldings(counts, { files: await sweepFiles(now - settings.files) });
    if (settings.receipts !== null) receipts = await store.pruneReceipts(now - settings.receipts);
    // Last, since it may take long, and after the deltas: what is pruned and archived in one round is packed once.
    if (archive !== null && (await hold()))
      archived = await sweepLogs((size) => store.archiveRuns(now - archive, size), ARCHIVED);
    return {
      ...counts,
      deltas: pruned.events,
      prunedRuns: pruned.runs,
      archivedEvents: archived.events,
      archivedRuns: archived.runs,
      receipts,
      partitions,
    };
  }

  async function sweep(): Promise<Swept | undefined> {
    if (!(await hold())) return undefined;
    try {
      const swept = await sweepAll();
      if (Object.values(swept).some((count) => count > 0)) onSwept(swept);
      return swept;
    } finally {
      await release();
    }
  }

  function next(ms: number): void {
    if (signal.aborted) return;
    timer = setTimeout(() => {
      round = sweep()
        .catch(onDefect)
        .finally(() => next(ROUND_MS));
    }, ms);
    timer.unref();
  }

  return {
    sweep,
    start: () => next(FIRST_MS),
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await round;
    },
  };
}
