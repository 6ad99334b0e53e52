import { PROGRESS, type RunEvent } from '../../model/index.ts';
import type { FullQuota, Started } from '../../ports/index.ts';
import type { Start } from '../new-run.ts';
import { codeOf, type Database, UNIQUE_VIOLATION } from './database.ts';
import { isAway } from './explain.ts';
import { createGroup, type Group } from './group.ts';
import { type Append, type Appended, append, refused } from './operations/append.ts';
import { type QuotaCall, takeQuotas } from './operations/quotas.ts';
import { type EventQuery, readEvents } from './operations/read.ts';
import { startRuns } from './operations/start-runs.ts';

/** What many ask for at once, each kind in statements of its own. */
export interface Groups {
  /** Undefined: it is not ordinary, and nothing was done. See `startRuns`. */
  readonly starts: Group<Start, Started | undefined>;
  /** Rejects with `LeaseLost` where the lease is. */
  readonly appends: Group<Append, Appended>;
  readonly reads: Group<EventQuery, RunEvent[]>;
  readonly quotaCalls: Group<QuotaCall, FullQuota | null>;
  /** Resolves when nothing is under way or waiting. */
  idle(): Promise<void>;
}

/** Jobs in one statement, and statements of one kind under way at once. */
export const GROUP = { size: 200, flights: 2 };
/** How long pieces of answers wait for each other: with 200 answers at once that halves the transactions, and saves a third of what they cost the database. */
export const PATIENCE_MS = 5;

/** The groups of one store. */
export function createGroups(database: Database): Groups {
  const starts = createGroup<Start, Started | undefined>({
    ...GROUP,
    order: ({ command }) => command.threadId,
    async work(calls) {
      try {
        return await startRuns(database, calls);
      } catch (error) {
        if (isAway(error)) throw error;
        return calls.map(() => undefined);
      }
    },
  });

  const appends = createGroup<Append, Appended>({
    ...GROUP,
    order: ({ lease }) => lease.run.id,
    patience: { ms: PATIENCE_MS, of: ({ events }) => events.every(({ type }) => PROGRESS.has(type)) },
    async work(writes) {
      try {
        return (await append(database, writes)).map((done) => done ?? refused());
      } catch (error) {
        if (isAway(error)) throw error;
        return Promise.all(writes.map(alone));
      }
    },
  });

  /** One append of a group that broke: only the culprit fails. */
  async function alone(write: Append): Promise<Appended | Error> {
    try {
      const [done] = await database.transaction((session) => append(session, [write]));
      return done ?? refused();
    } catch (error) {
      // Each partition has its own name for it.
      const { constraint = '' } = error as { constraint?: string };
      if (codeOf(error) === UNIQUE_VIOLATION && /^events_.*pkey$/.test(constraint)) return refused();
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  const reads = createGroup<EventQuery, RunEvent[]>({ ...GROUP, work: (queries) => readEvents(database, queries) });

  const quotaCalls = createGroup<QuotaCall, FullQuota | null>({
    size: GROUP.size,
    flights: 1,
    work: (calls) => database.transaction((session) => takeQuotas(session, calls)),
  });

  return {
    starts,
    appends,
    reads,
    quotaCalls,
    async idle() {
      await Promise.all([starts.idle(), appends.idle(), reads.idle(), quotaCalls.idle()]);
    },
  };
}
