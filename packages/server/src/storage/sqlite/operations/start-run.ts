import { ClewError, type Message, type NewEvent, type Run, type Scope } from '../../../model/index.ts';
import type { Lease, Started, StartRun } from '../../../ports/index.ts';
import { answerRun } from './answer-run.ts';
import { type Context, owned } from './context.ts';
import { insertEvents, insertMessage, insertThread, touchThread } from './insert.ts';
import { readMessageById, readRun } from './read.ts';

/** See `Store.startRun`. */
export function startRun(context: Context, scope: Scope, command: StartRun): Started {
  const before = sentBefore(context, scope, command);
  if (before) return before;
  const threadExists = checkThread(context, scope, command);
  const waiting = command.answerWaiting && threadExists ? waitingRun(context, scope, command.threadId) : undefined;
  const started = waiting
    ? answer(context, scope, { command, runId: waiting })
    : start(context, scope, { command, threadExists });
  remember(context, scope, { command, started });
  return started;
}

function start(
  context: Context,
  scope: Scope,
  { command, threadExists }: { command: StartRun; threadExists: boolean },
): Started {
  const { connection } = context;
  const { at, threadId, agentId, agentName, claim } = command;
  if (!threadExists) makeThread(context, scope, command);
  const message: Message = {
    ...spokenBy(scope, command),
    id: freeMessageId(context, command),
    runId: command.runId,
    role: 'user',
    parts: command.message.parts,
    agentName: null,
    ...(command.message.extra ? { extra: command.message.extra } : {}),
  };
  const earlier = command.earlier.map(
    (sent): Message => ({ ...spokenBy(scope, command), ...sent, runId: sent.role === 'user' ? command.runId : null }),
  );
  for (const sent of earlier) insertMessage(connection, sent);
  insertMessage(connection, message);
  const run: Run = {
    id: command.runId,
    tenantId: scope.tenantId,
    userId: scope.userId,
    userName: scope.userName,
    threadId,
    agentId,
    agentName,
    status: claim ? 'running' : 'queued',
    messageId: message.id,
    context: command.context,
    options: command.options,
    epoch: claim ? 1 : 0,
    lastSeq: claim ? 2 : 1,
    cancelRequested: false,
    createdAt: at,
    startedAt: claim ? at : null,
    endedAt: null,
    error: null,
  };
  const n = connection.insert(
    `INSERT INTO runs (id, tenant_id, user_id, user_name, thread_id, agent_id, agent_name, status, message_id, context, options,
       epoch, worker, lease_until, cancelling, created_at, started_at, inputs)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)`,
    run.id,
    run.tenantId,
    run.userId,
    run.userName,
    threadId,
    agentId,
    agentName,
    run.status,
    message.id,
    JSON.stringify(run.context),
    JSON.stringify(run.options),
    run.epoch,
    claim?.worker ?? null,
    claim ? at + claim.ttlMs : null,
    at,
    run.startedAt,
    earlier.length + 1,
  );
  const events: NewEvent[] = [
    { type: 'run.created', at, data: { agentId, agentName, threadId, messageId: message.id } },
  ];
  if (claim) events.push({ type: 'run.started', at, data: { epoch: 1 } });
  const size = insertEvents(connection, { n, seq: 0 }, events);
  if (threadExists) touchThread(connection, threadId, at);
  let lease: Lease | null = null;
  if (claim) {
    context.recent.begin(run.id, run);
    context.recent.add(run.id, { seq: 0, size }, events);
    lease = { run, worker: claim.worker, epoch: 1, ttlMs: claim.ttlMs };
    context.open.set(run.id, { n, threadId, worker: claim.worker, epoch: 1, lastSeq: 2, cancelling: false });
  }
  return { run, message, inputs: [...earlier, message], lease, created: true, after: 0 };
}

function answer(context: Context, scope: Scope, { command, runId }: { command: StartRun; runId: string }): Started {
  const { run, message, after } = answerRun(context, scope, {
    runId,
    answer: { ...command.message, id: freeMessageId(context, command), at: command.at },
  });
  return { run, message, inputs: [message], lease: null, created: true, after };
}

/** What an earlier call with the same key led to. */
function sentBefore({ connection }: Context, scope: Scope, { once }: StartRun): Started | undefined {
  if (!once) return undefined;
  const row = connection.row(
    'SELECT fingerprint, run_id, message_id, after FROM sent WHERE tenant_id = ? AND user_id = ? AND key = ?',
    scope.tenantId,
    scope.userId,
    once.key,
  );
  if (!row) return undefined;
  const [fingerprint, runId, messageId, after] = row as [string, string, string, number];
  if (fingerprint !== once.fingerprint) throw new ClewError('idempotency_conflict');
  const message = readMessageById(connection, messageId);
  return {
    run: readRun(connection, scope, runId),
    message,
    inputs: [message],
    lease: null,
    created: false,
    after,
  };
}

function remember(
  { connection }: Context,
  scope: Scope,
  { command, started }: { command: StartRun; started: Started },
): void {
  if (!command.once) return;
  const { key, fingerprint } = command.once;
  const { run, message, after } = started;
  connection.run(
    'INSERT INTO sent VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    scope.tenantId,
    scope.userId,
    key,
    fingerprint,
    run.id,
    message.id,
    after,
    command.at,
  );
}

function checkThread({ connection }: Context, scope: Scope, command: StartRun): boolean {
  if (command.thread === 'new') return false;
  const own = owned(scope);
  if (connection.row(`SELECT 1 FROM threads WHERE id = ? AND ${own.sql}`, command.threadId, ...own.values)) return true;
  if (command.thread === 'existing' || connection.row('SELECT 1 FROM threads WHERE id = ?', command.threadId)) {
    throw new ClewError('thread_not_found');
  }
  return false;
}

function makeThread({ connection }: Context, scope: Scope, command: StartRun): void {
  const { at, threadId } = command;
  insertThread(connection, {
    id: threadId,
    tenantId: scope.tenantId,
    userId: scope.userId,
    userName: scope.userName,
    title: command.title,
    agentId: command.agentId,
    status: 'open',
    createdAt: at,
    updatedAt: at,
    extra: {},
  });
  for (const earlier of command.history)
    insertMessage(connection, { ...spokenBy(scope, command), runId: null, ...earlier });
}

function spokenBy(scope: Scope, { at, threadId }: StartRun) {
  return {
    threadId,
    parentId: null,
    userId: scope.userId,
    userName: scope.userName,
    createdAt: at,
    updatedAt: at,
    incomplete: false,
    interrupt: false,
    steps: [],
    state: null,
  };
}

function freeMessageId({ connection }: Context, { message, spareMessageId }: StartRun): string {
  if (message.id === spareMessageId) return message.id;
  return connection.row('SELECT 1 FROM messages WHERE id = ?', message.id) ? spareMessageId : message.id;
}

function waitingRun({ connection }: Context, scope: Scope, threadId: string): string | undefined {
  const own = owned(scope);
  const row = connection.row(
    `SELECT id FROM runs WHERE thread_id = ? AND status = 'waiting' AND ${own.sql} ORDER BY n DESC LIMIT 1`,
    threadId,
    ...own.values,
  );
  return row?.[0] as string | undefined;
}
