import { charactersOf } from '../../model/index.ts';
import { type Lease, LeaseLost, type Started, type Store } from '../../ports/index.ts';
import type { Start } from '../new-run.ts';
import { RecentEvents } from '../recent-events.ts';
import type { Database } from './database.ts';
import { isAway } from './explain.ts';
import { within } from './group.ts';
import { createGroups } from './groups.ts';
import { answerRun } from './operations/answer-run.ts';
import type { Appended } from './operations/append.ts';
import { archiveRuns } from './operations/archive-runs.ts';
import { check } from './operations/check.ts';
import { claimRun } from './operations/claim-run.ts';
import { expireWaits } from './operations/expire-waits.ts';
import { measurePerson } from './operations/holdings.ts';
import { release, releaseUnknown, renew } from './operations/leases.ts';
import { measureAgent } from './operations/measure-agent.ts';
import { measureQueue } from './operations/measure-queue.ts';
import * as messages from './operations/messages.ts';
import { moveThreads } from './operations/move-threads.ts';
import * as outbox from './operations/outbox.ts';
import { pruneDeltas } from './operations/prune-deltas.ts';
import { returnQuotas } from './operations/quotas.ts';
import { findMessage, listRuns, readLog, readMilestones, readRun, readTurn } from './operations/read.ts';
import * as receipts from './operations/receipts.ts';
import * as removal from './operations/removal.ts';
import { requestCancel } from './operations/request-cancel.ts';
import { isRevoked, revoke } from './operations/revocations.ts';
import { changeSetting, keepSetting, readSetting, writeSetting } from './operations/settings.ts';
import { startRun } from './operations/start-run.ts';
import { isOrdinary } from './operations/start-runs.ts';
import { readThreadState } from './operations/thread-state.ts';
import * as threads from './operations/threads.ts';
import { freeAll, freeNext } from './operations/turns.ts';
import { maintainPartitions } from './partitions.ts';

/** How often the events of ended runs are forgotten. */
const SWEEP_MS = 2_000;
/** A database that does not answer so long is not ready. */
const CHECK_MS = 3_000;
/** A node that died right after it ended a run may have left another one waiting for that: so often is it looked for, by whoever has nothing else to do. */
const FREE_MS = 2_000;
/** How many claims after a broken connection look for what it may have claimed. */
const SUSPICIOUS_CLAIMS = 3;

/** `Store` on PostgreSQL. Many processes may have one on the same database. */
export function createStore(database: Database): Store {
  const recent = new RecentEvents();
  /** Runs whose lease this process knows that it has, or may be about to get. */
  const held = new Set<string>();
  let suspicion = 0;
  /** When it was last looked whether some run waits for one that has ended. */
  let freedAt = 0;
  let closing: Promise<void> | undefined;
  const sweeper = setInterval(() => recent.sweep(), SWEEP_MS);
  sweeper.unref();

  const { starts, appends, reads, quotaCalls, idle } = createGroups(database);

  function took(lease: Lease): void {
    held.add(lease.run.id);
    recent.begin(lease.run.id, lease.run);
  }

  function lost(runId: string): void {
    held.delete(runId);
    recent.delete(runId);
  }

  /** A claim whose answer never came may have been done. */
  function suspect(error: unknown): never {
    if (isAway(error)) suspicion = SUSPICIOUS_CLAIMS;
    throw error;
  }

  /** What was to be told is done and stored: should this fail, `claimRun` makes up for it. */
  function free(threadId: string): Promise<boolean> {
    return freeNext(database, [threadId]).catch(() => false);
  }

  async function startAny(call: Start): Promise<Started> {
    const { runId, claim } = call.command;
    if (claim) held.add(runId);
    let lease: Lease | null = null;
    try {
      const started =
        (isOrdinary(call) ? await starts.add(call) : undefined) ??
        (await database.transaction((session) => startRun(session, call)));
      lease = started.lease;
      if (lease) took(lease);
      return started;
    } catch (error) {
      return suspect(error);
    } finally {
      if (!lease) held.delete(runId);
    }
  }

  const inTransaction = database.transaction;
  return {
    startRun: (scope, command) => startAny({ scope, command }),
    async claimRun(claim, at) {
      if (suspicion > 0) {
        await releaseUnknown(database, claim.worker, [...held]);
        suspicion -= 1;
      }
      const next = () => inTransaction((session) => claimRun(session, claim, at)).catch(suspect);
      let lease = await next();
      // Also when the clock was set back.
      if (!lease && Math.abs(at - freedAt) >= FREE_MS) {
        freedAt = at;
        if (await freeAll(database)) lease = await next();
      }
      if (lease) took(lease);
      return lease;
    },
    async append(lease, expectedSeq, events, after) {
      const runId = lease.run.id;
      let done: Appended;
      try {
        done = await appends.add({ lease, expectedSeq, events, after });
      } catch (error) {
        if (error instanceof LeaseLost) lost(runId);
        throw error;
      }
      if (after.status === 'waiting') {
        // A question may have become a cancellation on the way.
        lost(runId);
      } else {
        recent.add(runId, { seq: expectedSeq, size: charactersOf(events) }, events);
        if (after.status === 'running') return { freed: false };
        held.delete(runId);
        recent.end(runId);
      }
      return { freed: done.followed && (await free(lease.run.threadId)) };
    },
    async renew(leases, at) {
      const renewed = await renew(database, leases, at);
      for (const runId of renewed.lost) lost(runId);
      return renewed;
    },
    async release(leases) {
      if (leases.length > 0) await release(database, leases);
      for (const { run } of leases) lost(run.id);
    },
    async requestCancel(scope, runId, event) {
      const run = await inTransaction((session) => requestCancel(session, scope, { runId, event }));
      if (run.status === 'cancelled') await free(run.threadId);
      return run;
    },
    answerRun: async (scope, runId, answer) =>
      (await inTransaction((session) => answerRun(session, scope, { runId, answer }))).run,
    async expireWaits(before, event) {
      const expired = await inTransaction((session) => expireWaits(session, before, event));
      if (expired.some(({ status }) => status === 'failed')) await freeAll(database);
      return expired;
    },

    async readEvents(scope, runId, after, limit) {
      const known = recent.read(scope, runId, after);
      if (known && known.length > 0) return limit >= 0 && known.length > limit ? known.slice(0, limit) : known;
      return reads.add({ scope, runId, after, limit });
    },
    readMilestones: (scope, runId) => readMilestones(database, scope, runId),
    readLog: (lease) => readLog(database, lease),
    readTurn: (lease, limit) => readTurn(database, lease, limit),
    readRun: (scope, runId) => readRun(database, scope, runId),
    listRuns: (scope, query) => listRuns(database, scope, query),

    createThread: (scope, thread) => threads.createThread(database, scope, thread),
    readThread: (scope, threadId) => threads.readThread(database, scope, threadId),
    readThreadState: (scope, threadId) => readThreadState(database, scope, threadId),
    listThreads: (scope, query) => threads.listThreads(database, scope, query),
    updateThread: (scope, threadId, change) =>
      inTransaction((session) => threads.updateThread(session, scope, { threadId, change })),
    async deleteThread(scope, threadId) {
      for (const runId of await inTransaction((session) => threads.deleteThread(session, scope, threadId))) lost(runId);
    },
    async moveThreads(from, to) {
      const moved = await inTransaction((session) => moveThreads(session, from, to));
      for (const runId of moved.runs) recent.delete(runId);
      return moved.threads;
    },

    listMessages: (scope, threadId, query) => messages.listMessages(database, scope, { threadId, ...query }),
    listMessageIds: (scope, threadId) => messages.listMessageIds(database, scope, threadId),
    readMessage: (scope, threadId, messageId) => messages.readMessage(database, scope, { threadId, messageId }),
    updateMessage: (scope, threadId, messageId, change) =>
      inTransaction((session) => messages.updateMessage(session, scope, { threadId, messageId, change })),
    findMessage: (scope, messageId) => findMessage(database, scope, messageId),
    listRunMessages: (scope, runId) => messages.listRunMessages(database, scope, runId),

    measureQueue: () => measureQueue(database),
    measureAgent: (scope, agentId, limit) => measureAgent(database, scope, { agentId, limit }),

    takeQuotas: (quotas, at) => quotaCalls.add({ quotas, at }),
    returnQuotas: (slot) => returnQuotas(database, slot),

    readSetting: (key) => readSetting(database, key),
    writeSetting: (key, value) => writeSetting(database, key, value),
    changeSetting: (key, before, value) => changeSetting(database, key, { before, value }),
    keepSetting: (key, value) => keepSetting(database, key, value),

    subscribe: (types) => outbox.subscribe(database, types),
    readOutbox: (limit) => outbox.readOutbox(database, limit),
    fanOut: (entries, deliveries, at) => outbox.fanOut(database, { entries, deliveries, at }),
    claimDeliveries: (endpoints, claim) => outbox.claimDeliveries(database, endpoints, claim),
    settleDelivery: (id, attempts, end) => outbox.settleDelivery(database, id, { attempts, end }),
    listDeliveries: (query) => outbox.listDeliveries(database, query),
    countDeliveries: () => outbox.countDeliveries(database),
    retryDeliveries: (ids, at) => outbox.retryDeliveries(database, ids, at),
    pruneDeliveries: (before) => outbox.pruneDeliveries(database, before),

    revoke: (key, until, at) => revoke(database, key, { until, at }),
    isRevoked: (key, at) => isRevoked(database, key, at),

    measurePerson: (person) => measurePerson(database, person),
    threadsOf: (person, limit) => removal.threadsOf(database, person, limit),
    idleThreads: (idle, after) => removal.idleThreads(database, idle, after),
    async removeThreads(some, idle) {
      const removed = await inTransaction((session) => removal.removeThreads(session, some, idle));
      for (const runId of removed.runs) lost(runId);
      return removed;
    },
    forgetPerson: (person) => inTransaction((session) => removal.forgetPerson(session, person)),
    visitorsOf: (person) => removal.visitorsOf(database, person),
    async pruneDeltas(before, limit) {
      const { runs, events } = await inTransaction((session) => pruneDeltas(session, before, limit));
      for (const runId of runs) recent.delete(runId);
      return { runs: runs.length, events };
    },
    async archiveRuns(before, limit) {
      const { runs, events } = await inTransaction((session) => archiveRuns(session, before, limit));
      for (const runId of runs) recent.delete(runId);
      return { runs: runs.length, events };
    },
    maintain: (idle) => maintainPartitions(database, idle),
    // Autovacuum overwrites what was removed; the log and dumps of the database are in the hands of whoever runs it.
    scrub: async () => {},
    keepReceipt: (receipt) => receipts.keepReceipt(database, receipt),
    listReceipts: (limit) => receipts.listReceipts(database, limit),
    pruneReceipts: (before) => receipts.pruneReceipts(database, before),

    check: () => within(CHECK_MS, check(database)),
    close() {
      closing ??= shut();
      return closing;
    },
  };

  async function shut(): Promise<void> {
    clearInterval(sweeper);
    await idle();
    await database.close();
  }
}
