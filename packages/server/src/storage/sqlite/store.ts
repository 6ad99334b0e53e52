import type { Scope } from '../../model/index.ts';
import type { KnowledgeIndex, Store } from '../../ports/index.ts';
import { RecentEvents } from '../recent-events.ts';
import { type Checkpointer, createCheckpointer, emptyLog } from './checkpoint.ts';
import { Connection } from './connection.ts';
import { createKnowledgeIndex } from './knowledge.ts';
import { explainDatabase, type OpenDatabase, type OpenOptions, openDatabase } from './open.ts';
import { OpenRuns } from './open-runs.ts';
import { answerRun } from './operations/answer-run.ts';
import { append } from './operations/append.ts';
import { claimRun } from './operations/claim-run.ts';
import type { Context } from './operations/context.ts';
import { expireWaits } from './operations/expire-waits.ts';
import { release, renew } from './operations/leases.ts';
import { measureAgent } from './operations/measure-agent.ts';
import { moveThreads } from './operations/move-threads.ts';
import { returnQuotas, takeQuotas } from './operations/quotas.ts';
import { findMessage, listRuns, readEvents, readLog, readMilestones, readRun, readTurn } from './operations/read.ts';
import { requestCancel } from './operations/request-cancel.ts';
import { startRun } from './operations/start-run.ts';
import { readThreadState } from './operations/thread-state.ts';
import * as threads from './operations/threads.ts';
import { createWriter } from './writer.ts';

/** Everything that is kept in one SQLite file. */
export interface SqliteStorage {
  readonly store: Store;
  readonly knowledge: KnowledgeIndex;
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

    measureAgent: async (scope, agentId, limit) => measureAgent(context, scope, { agentId, limit }),

    takeQuotas: (quotas, at) => writer.write(() => takeQuotas(context, quotas, at)),
    returnQuotas: (slot) => writer.write(() => returnQuotas(context, slot)),

    readSetting: async (key) => {
      const row = connection.row('SELECT value FROM settings WHERE key = ?', key);
      return row ? JSON.parse(row[0] as string) : undefined;
    },
    writeSetting: (key, value) =>
      writer.write(() => {
        connection.run(
          'INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
          key,
          JSON.stringify(value),
        );
      }),
    keepSetting: (key, value) =>
      writer.write(() => {
        connection.run('INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO NOTHING', key, JSON.stringify(value));
        return JSON.parse(connection.row('SELECT value FROM settings WHERE key = ?', key)?.[0] as string);
      }),
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
