import { setTimeout as wait } from 'node:timers/promises';
import { ClewError, type Run, type Scope } from '../model/index.ts';
import {
  addHoldings,
  type Clock,
  type ErasureReceipt,
  type Holdings,
  NO_HOLDINGS,
  type Notifier,
  type Person,
  type Store,
} from '../ports/index.ts';
import { CHANNEL_OPTION } from './admission.ts';
import type { Engine } from './engine.ts';

/** What `createErasure` needs. */
export interface ErasureParts {
  readonly store: Store;
  readonly engine: Pick<Engine, 'cancelRun'>;
  readonly notifier: Notifier;
  readonly clock: Clock;
  /** How long runs that were told to stop may take. Default 5,000 ms; then they lose their lease. */
  readonly stopMs?: number;
}

/** Takes everything away that there is of somebody. A person may have several ids: what is asked is asked of all of them. */
export interface Erasure {
  /** What would be taken away. Changes nothing. */
  measure(persons: readonly Person[]): Promise<Holdings>;
  /**
   * Takes it away. Runs under way are cancelled first. Not one transaction: one that broke off is asked for again. The receipt is kept and says how much it was,
   * not whose.
   */
  erase(persons: readonly Person[]): Promise<ErasureReceipt>;
  /** The newest first. */
  receipts(limit: number): Promise<readonly ErasureReceipt[]>;
}

/** Threads removed in one transaction. */
const BATCH = 50;
/** Runs that are cancelled at once. */
const RUNS = 1_000;
const STOP_MS = 5_000;
const LOOK_MS = 50;
const OPEN = ['queued', 'running', 'waiting'] as const;

/** See `Erasure`. */
export function createErasure({ store, engine, notifier, clock, stopMs = STOP_MS }: ErasureParts): Erasure {
  async function openRuns(person: Person): Promise<readonly Run[]> {
    const { items } = await store.listRuns(scopeOf(person), { status: OPEN, limit: RUNS, offset: 0 });
    return items.filter((run) => person.channel === undefined || channelOf(run) === person.channel);
  }

  /** Told to stop, a runtime closes what it has open elsewhere; removed alone, a run would only be unable to write. */
  async function stopRuns(person: Person): Promise<void> {
    const until = clock.now() + stopMs;
    const told = new Set<string>();
    for (;;) {
      const open = await openRuns(person);
      if (open.length === 0 || clock.now() >= until) return;
      for (const run of open) {
        if (told.has(run.id)) continue;
        told.add(run.id);
        await engine.cancelRun(scopeOf(person, channelOf(run)), run.id).catch(unlessGone);
      }
      await wait(LOOK_MS);
    }
  }

  async function removeThreads(person: Person): Promise<Holdings> {
    let counts = NO_HOLDINGS;
    for (;;) {
      const threads = await store.threadsOf(person, BATCH);
      if (threads.length === 0) return counts;
      const removed = await store.removeThreads(threads, null);
      counts = addHoldings(counts, removed.counts);
      for (const runId of removed.runs) {
        notifier.notify(`cancel:${runId}`);
        notifier.notify(`run:${runId}`);
      }
    }
  }

  return {
    async measure(persons) {
      let counts = NO_HOLDINGS;
      for (const person of persons) counts = addHoldings(counts, await store.measurePerson(person));
      return counts;
    },
    async erase(persons) {
      let counts = NO_HOLDINGS;
      for (const person of persons) {
        const open = await openRuns(person);
        if (open.length > 0) await stopRuns(person);
        counts = addHoldings(counts, await removeThreads(person));
        // What counted them as open, for all of a channel or an address, has their ids and not the person's.
        for (const { id } of open) await store.returnQuotas(id);
        counts = addHoldings(counts, await store.forgetPerson(person));
      }
      await store.scrub(counts);
      const receipt = { id: clock.id(), at: clock.now(), counts };
      await store.keepReceipt(receipt);
      return receipt;
    },
    receipts: (limit) => store.listReceipts(limit),
  };
}

function scopeOf({ tenantId, userId }: Person, channel?: string): Scope {
  return { tenantId, userId, userName: '', audience: 'user', ...(channel === undefined ? {} : { channel }) };
}

function channelOf({ options }: Run): string | undefined {
  const channel = options[CHANNEL_OPTION];
  return typeof channel === 'string' ? channel : undefined;
}

/** It ended, or is no more: all the better. */
function unlessGone(error: unknown): void {
  if (error instanceof ClewError && (error.code === 'run_ended' || error.code === 'run_not_found')) return;
  throw error;
}
