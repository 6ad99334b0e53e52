import { ClewError, type Message, type Scope } from '../../../model/index.ts';
import type { Started, StartRun } from '../../../ports/index.ts';
import { joined, newRun, newThread, type Start } from '../../new-run.ts';
import { answeredRun, interruption, placeIn, type Unended } from '../../turns.ts';
import type { Connection } from '../connection.ts';
import { answerRun } from './answer-run.ts';
import { type Context, owned } from './context.ts';
import { insertEvents, insertMessage, insertThread, touchThread } from './insert.ts';
import { readMessageById, readRun, readRunById } from './read.ts';
import { cancel } from './request-cancel.ts';
import { bringState } from './thread-state.ts';
import { checkRoom, nextTurn, unendedRuns } from './turns.ts';

/** See `Store.startRun`. */
export function startRun(context: Context, scope: Scope, command: StartRun): Started {
  const before = sentBefore(context, scope, command);
  if (before) return before;
  const threadExists = checkThread(context, scope, command);
  const unended = threadExists ? unendedRuns(context.connection, command.threadId) : [];
  const waiting = answeredRun(scope, command, unended);
  const started = waiting
    ? answer(context, scope, { command, runId: waiting.id })
    : start(context, scope, { command, threadExists, unended });
  remember(context, scope, { command, started });
  return started;
}

function start(
  context: Context,
  scope: Scope,
  { command: asked, threadExists, unended }: { command: StartRun; threadExists: boolean; unended: readonly Unended[] },
): Started {
  const { connection } = context;
  const { before, interrupted: others, isMore } = placeIn(unended, asked);
  const command = before ? { ...asked, claim: null } : asked;
  if (!command.claim && isMore) checkRoom(connection, command);
  const interrupted = others.map(({ id }) => cancel(context, readRunById(connection, id), interruption(command.at)));
  const { at, threadId, claim, lane } = command;
  const call = { scope, command };
  if (!threadExists) insertThread(connection, newThread(call), { visitor: scope.audience === 'visitor' });
  joinHistory(context, call, threadExists);
  bringState(connection, command);
  const { run, inputs, events, lease } = newRun(call, freeMessageId(context, command));
  for (const sent of inputs) insertMessage(connection, sent);
  const n = connection.insert(
    `INSERT INTO runs (id, tenant_id, user_id, user_name, thread_id, agent_id, agent_name, status, message_id, context, options,
       epoch, worker, lease_until, cancelling, created_at, started_at, inputs, lane, turn, behind)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?)`,
    run.id,
    run.tenantId,
    run.userId,
    run.userName,
    threadId,
    run.agentId,
    run.agentName,
    run.status,
    run.messageId,
    JSON.stringify(run.context),
    JSON.stringify(run.options),
    run.epoch,
    claim?.worker ?? null,
    claim ? at + claim.ttlMs : null,
    at,
    run.startedAt,
    inputs.length,
    lane,
    claim || before ? -1 : nextTurn(connection, lane),
    before ? 1 : 0,
  );
  if (before) follow(context, before);
  const size = insertEvents(connection, { n, seq: 0 }, events);
  if (threadExists) touchThread(connection, threadId, at);
  if (lease) {
    const { worker, epoch } = lease;
    context.recent.begin(run.id, run);
    context.recent.add(run.id, { seq: 0, size }, events);
    context.open.set(run.id, { n, threadId, worker, epoch, lastSeq: run.lastSeq, cancelling: false, followed: false });
  }
  return { run, message: inputs.at(-1) as Message, inputs, lease, interrupted, created: true, after: 0 };
}

function answer(context: Context, scope: Scope, { command, runId }: { command: StartRun; runId: string }): Started {
  const { run, message, after } = answerRun(context, scope, {
    runId,
    answer: { ...command.message, id: freeMessageId(context, command), at: command.at },
  });
  return { run, message, inputs: [message], lease: null, interrupted: [], created: true, after };
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
    interrupted: [],
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

function joinHistory({ connection }: Context, call: Start, threadExists: boolean): void {
  const { history, threadId } = call.command;
  for (const earlier of history) {
    const { origin } = earlier;
    if (origin === undefined ? threadExists : hasCopy(connection, threadId, origin)) continue;
    for (const message of joined(call, [earlier])) insertMessage(connection, message);
  }
}

function hasCopy(connection: Connection, threadId: string, origin: string): boolean {
  return connection.row('SELECT 1 FROM messages WHERE thread_id = ? AND origin = ?', threadId, origin) !== undefined;
}

function freeMessageId({ connection }: Context, { message, spareMessageId }: StartRun): string {
  if (message.id === spareMessageId) return message.id;
  return connection.row('SELECT 1 FROM messages WHERE id = ?', message.id) ? spareMessageId : message.id;
}

/** Another run begins when this one has ended. */
function follow({ connection, open }: Context, { n, id }: Unended): void {
  connection.run('UPDATE runs SET followed = 1 WHERE n = ?', n);
  const held = open.find(id);
  if (held) held.followed = true;
}
