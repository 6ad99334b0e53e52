import type { Scope } from '../../model/index.ts';
import type { Store, VectorIndex } from '../../ports/index.ts';
import { RecentEvents } from '../recent-events.ts';
import { type Checkpointer, createCheckpointer, emptyLog } from './checkpoint.ts';
import { Connection } from './connection.ts';
import { createKnowledgeIndex } from './knowledge.ts';
import { explainDatabase, type OpenDatabase, type OpenOptions, openDatabase } from './open.ts';
import { OpenRuns } from './open-runs.ts';
import { answerRun } from './operations/answer-run.ts';
import { append } from './operations/append.ts';
import { archiveRuns } from './operations/archive-runs.ts';
import { claimRun } from './operations/claim-run.ts';
import type { Context } from './operations/context.ts';
import { expireWaits } from './operations/expire-waits.ts';
import { measurePerson } from './operations/holdings.ts';
import { release, renew } from './operations/leases.ts';
import { measureAgent } from './operations/measure-agent.ts';
import { measureQueue } from './operations/measure-queue.ts';
import { moveThreads } from './operations/move-threads.ts';
import * as outbox from './operations/outbox.ts';
import { pruneDeltas } from './operations/prune-deltas.ts';
import { returnQuotas, takeQuotas } from './operations/quotas.ts';
import { findMessage, listRuns, readEvents, readLog, readMilestones, readRun, readTurn } from './operations/read.ts';
import * as receipts from './operations/receipts.ts';
import * as removal from './operations/removal.ts';
import { requestCancel } from './operations/request-cancel.ts';
import { isRevoked, revoke } from './operations/revocations.ts';
import * as settings from './operations/settings.ts';
import { startRun } from './operations/start-run.ts';
import { subscribe } from './operations/subscribe.ts';
import { readThreadState } from './operations/thread-state.ts';
import * as threads from './operations/threads.ts';
import { scrub } from './scrub.ts';
import { createWriter } from './writer.ts';

/** Everything that is kept in one SQLite file. */
export interface SqliteStorage {
  readonly store: Store;
  readonly knowledge: VectorIndex;
}

/**
 * Opens the database for this process alone. Rejects nothing later that it could refuse now: `database_locked`, `database_newer`,
 * `database_unusable`. Runs that an earlier process left behind can be claimed at once, for nobody else can hold them.
 */
export function openSqlite(options: OpenOptions): SqliteStorage {
  const opened = openDatabase(options);
  try {
    return storageOn(opened, options);
  } catch (error) {
    opened.close();
    throw explainDatabase(error);
  }
}

function storageOn({ db, close }: OpenDatabase, options: OpenOptions): SqliteStorage {
  const connection = new Connection(db);
  const open = new OpenRuns(connection);
  const recent = new RecentEvents();
  const context: Context = { connection, open, recent };
  const forget = () => {
    open.clear();
    recent.clear();
  };
  const checkpointer: Checkpointer | undefined =
    options.file === ':memory:' ? undefined : createCheckpointer({ file: options.file, db });
  const writer = createWriter({
    connection,
    onRollback: forget,
    onCommit: () => checkpointer?.committed(),
  });
  connection.run(`UPDATE runs SET lease_until = 0 WHERE status = 'running'`);
  let closing: Promise<void> | undefined;

  const store: Store = {
    startRun: (scope, command) => writer.write(() => startRun(context, scope, command)),
    claimRun: (claim, at) => writer.write(() => claimRun(context, claim, at)),
    append: (lease, expectedSeq, events, after) =>
      writer.write(() => append(context, { lease, expectedSeq, events, after })),
    renew: (leases, at) => writer.write(() => renew(context, leases, at)),
    release: (leases) => writer.write(() => release(context, leases)),
    requestCancel: (scope, runId, event) => writer.write(() => requestCancel(context, scope, { runId, event })),
    expireWaits: (before, event) => writer.write(() => expireWaits(context, before, event)),
    answerRun: (scope, runId, answer) => writer.write(() => answerRun(context, scope, { runId, answer }).run),

    readEvents: async (scope, runId, after, limit) => readEvents(context, scope, { runId, after, limit }),
    readMilestones: async (scope, runId) => readMilestones(context, scope, runId),
    readLog: async (lease) => readLog(context, lease),
    readTurn: async (lease, limit) => readTurn(context, lease, limit),
    readRun: async (scope, runId) => readRun(connection, scope, runId),
    listRuns: async (scope, query) => listRuns(context, scope, query),

    createThread: (scope, thread) => writer.write(() => threads.createThread(context, scope, thread)),
    readThread: async (scope, threadId) => threads.readThread(context, scope, threadId),
    readThreadState: async (scope, threadId) => readThreadState(context, scope, threadId),
    listThreads: async (scope, query) => threads.listThreads(context, scope, query),
    updateThread: (scope, threadId, change) =>
      writer.write(() => threads.updateThread(context, scope, { threadId, change })),
    deleteThread: (scope, threadId) => writer.write(() => threads.deleteThread(context, scope, threadId)),
    moveThreads: (from, to) => writer.write(() => moveThreads(context, from, to)),

    listMessages: async (scope, threadId, query) => threads.listMessages(context, scope, { threadId, ...query }),
    listMessageIds: async (scope, threadId) => threads.listMessageIds(context, scope, threadId),
    readMessage: async (scope, threadId, messageId) => threads.readMessage(context, scope, { threadId, messageId }),
    updateMessage: (scope: Scope, threadId, messageId, change) =>
      writer.write(() => threads.updateMessage(context, scope, { threadId, messageId, change })),
    findMessage: async (scope, messageId) => findMessage(context, scope, messageId),
    listRunMessages: async (scope, runId) => threads.listRunMessages(context, scope, runId),

    measureQueue: async () => measureQueue(context),
    measureAgent: async (scope, agentId, limit) => measureAgent(context, scope, { agentId, limit }),

    takeQuotas: (quotas, at) => writer.write(() => takeQuotas(context, quotas, at)),
    returnQuotas: (slot) => writer.write(() => returnQuotas(context, slot)),

    readSetting: async (key) => settings.readSetting(context, key),
    writeSetting: (key, value) => writer.write(() => settings.writeSetting(context, key, value)),
    changeSetting: (key, before, value) => writer.write(() => settings.changeSetting(context, key, { before, value })),
    keepSetting: (key, value) => writer.write(() => settings.keepSetting(context, key, value)),

    subscribe: (types) => writer.write(() => subscribe(context, types)),
    readOutbox: async (limit) => outbox.readOutbox(context, limit),
    fanOut: (entries, deliveries, at) => writer.write(() => outbox.fanOut(context, { entries, deliveries, at })),
    claimDeliveries: (endpoints, claim) => writer.write(() => outbox.claimDeliveries(context, endpoints, claim)),
    settleDelivery: (id, attempts, end) => writer.write(() => outbox.settleDelivery(context, id, { attempts, end })),
    listDeliveries: async (query) => outbox.listDeliveries(context, query),
    countDeliveries: async () => outbox.countDeliveries(context),
    retryDeliveries: (ids, at) => writer.write(() => outbox.retryDeliveries(context, ids, at)),
    pruneDeliveries: (before) => writer.write(() => outbox.pruneDeliveries(context, before)),

    revoke: (key, until, at) => writer.write(() => revoke(context, key, { until, at })),
    isRevoked: async (key, at) => isRevoked(context, key, at),

    measurePerson: async (person) => measurePerson(context, person),
    threadsOf: async (person, limit) => removal.threadsOf(context, person, limit),
    idleThreads: async (idle, after) => removal.idleThreads(context, idle, after),
    removeThreads: (some, idle) => writer.write(() => removal.removeThreads(context, some, idle)),
    forgetPerson: (person) => writer.write(() => removal.forgetPerson(context, person)),
    visitorsOf: async (person) => removal.visitorsOf(context, person),
    pruneDeltas: (before, limit) => writer.write(() => pruneDeltas(context, before, limit)),
    archiveRuns: (before, limit) => writer.write(() => archiveRuns(context, before, limit)),
    maintain: async () => 0,
    scrub: async (removed) => scrub(db, removed),
    keepReceipt: (receipt) => writer.write(() => receipts.keepReceipt(context, receipt)),
    listReceipts: async (limit) => receipts.listReceipts(context, limit),
    pruneReceipts: (before) => writer.write(() => receipts.pruneReceipts(context, before)),

    check: async () => {
      connection.row('SELECT 1 FROM settings LIMIT 1');
    },
    close: () => {
      closing ??= shut();
      return closing;
    },
  };

  async function shut(): Promise<void> {
    writer.close();
    await checkpointer?.close();
    try {
      emptyLog(db);
    } finally {
      close();
    }
  }

  return { store, knowledge: createKnowledgeIndex(db) };
}
