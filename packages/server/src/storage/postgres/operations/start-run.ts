import { ClewError, type Run } from '../../../model/index.ts';
import type { Started } from '../../../ports/index.ts';
import { joined, newRun, newThread, type Start } from '../../new-run.ts';
import { answeredRun, interruption, placeIn, type Unended } from '../../turns.ts';
import type { Session } from '../database.ts';
import { places } from '../rows.ts';
import { answerRun } from './answer-run.ts';
import { inOrder } from './hold.ts';
import { insertEvents, insertMessages, insertThread, touchThread } from './insert.ts';
import { readMessageById, readRun, readRunById } from './read.ts';
import { cancel } from './request-cancel.ts';
import { owned } from './scope.ts';
import { bringState } from './thread-state.ts';
import { checkRoom, follow, holdUnended, nextTurn, unendedRuns } from './turns.ts';

/** See `Store.startRun`: any call. To be called in a transaction; `start-runs.ts` does the ordinary ones in one statement. */
export async function startRun(session: Session, call: Start): Promise<Started> {
  const before = await sentBefore(session, call);
  if (before) return before;
  const { scope, command } = call;
  const found = await hold(session, call);
  const waiting = answeredRun(scope, command, found.unended);
  const started = waiting ? await answer(session, call, waiting.id) : await start(session, call, found);
  await remember(session, call, started);
  return started;
}

/** What a call finds in its thread. */
interface Found {
  readonly threadExists: boolean;
  /** The runs that have not ended, the oldest first. */
  readonly unended: readonly Unended[];
}

/** Holds the runs of the thread that have not ended, and the thread. */
async function hold(session: Session, call: Start): Promise<Found> {
  const { thread, threadId } = call.command;
  if (thread === 'new') return { threadExists: false, unended: [] };
  return inOrder(session, async (mayWait) => {
    const held = await holdUnended(session, threadId);
    const threadExists = await holdThread(session, call);
    const unended = threadExists ? await unendedRuns(session, threadId) : [];
    if (unended.every(({ id }) => held.has(id))) return { threadExists, unended };
    const late = await holdUnended(session, threadId, { mayWait });
    // What they do changes until they are held: so they are read again.
    return unended.every(({ id }) => late.has(id))
      ? { threadExists, unended: await unendedRuns(session, threadId) }
      : undefined;
  });
}

async function start(
  session: Session,
  { scope, command: asked }: Start,
  { threadExists, unended }: Found,
): Promise<Started> {
  const { before, interrupted: others, isMore } = placeIn(unended, asked);
  const command = before ? { ...asked, claim: null } : asked;
  const call = { scope, command };
  const { at, threadId, claim, lane } = command;
  if (!claim && isMore) await checkRoom(session, command);
  const interrupted: Run[] = [];
  for (const { n, id } of others)
    interrupted.push(await cancel(session, { n, run: await readRunById(session, id) }, interruption(at)));
  if (before) await follow(session, before);
  if (!threadExists) await insertThread(session, newThread(call), { visitor: call.scope.audience === 'visitor' });
  await joinHistory(session, call, threadExists);
  await bringState(session, command);
  const { run, inputs, events, lease } = newRun(call, await freeMessageId(session, call));
  await insertMessages(session, inputs);
  const values = [
    ...[
      run.id,
      run.tenantId,
      run.userId,
      run.userName,
      threadId,
      run.agentId,
      run.agentName,
      run.status,
      run.messageId,
    ],
    ...[JSON.stringify(run.context), JSON.stringify(run.options), inputs.length, run.epoch],
    ...[claim?.worker ?? null, claim ? at + claim.ttlMs : null, at, run.startedAt],
    ...[lane, claim || before ? -1 : await nextTurn(session, lane), before !== undefined],
  ];
  const row = await session.row(
    `INSERT INTO clew.runs (id, tenant_id, user_id, user_name, thread_id, agent_id, agent_name, status, message_id, context, options, inputs, epoch,
       worker, lease_until, created_at, started_at, lane, turn, behind) VALUES (${places(values)}) RETURNING n`,
    ...values,
  );
  await insertEvents(session, { n: row?.[0], seq: 0 }, events);
  if (threadExists) await touchThread(session, threadId, at);
  const message = inputs.at(-1) as Started['message'];
  return { run, message, inputs, lease, interrupted, created: true, after: 0 };
}

async function answer(session: Session, call: Start, runId: string): Promise<Started> {
  const { scope, command } = call;
  const id = await freeMessageId(session, call);
  const { run, message, after } = await answerRun(session, scope, {
    runId,
    answer: { ...command.message, id, at: command.at },
  });
  return { run, message, inputs: [message], lease: null, interrupted: [], created: true, after };
}

/** What an earlier call with the same key led to. Of calls at the same time one goes on, the others wait for what becomes of it. */
async function sentBefore(session: Session, call: Start): Promise<Started | undefined> {
  const { once } = call.command;
  if (!once) return undefined;
  const { tenantId, userId } = call.scope;
  const known = await findSent(session, call, once);
  if (known) return known;
  await session.run(
    'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))',
    JSON.stringify([tenantId, userId, once.key]),
  );
  return findSent(session, call, once);
}

async function findSent(
  session: Session,
  { scope }: Start,
  { key, fingerprint }: { readonly key: string; readonly fingerprint: string },
): Promise<Started | undefined> {
  const row = await session.row(
    'SELECT fingerprint, run_id, message_id, after FROM clew.sent WHERE tenant_id = $1 AND user_id = $2 AND key = $3',
    scope.tenantId,
    scope.userId,
    key,
  );
  if (!row) return undefined;
  const [sent, runId, messageId, after] = row as [string, string, string, number];
  if (sent !== fingerprint) throw new ClewError('idempotency_conflict');
  const message = await readMessageById(session, messageId);
  const run = await readRun(session, scope, runId);
  return { run, message, inputs: [message], lease: null, interrupted: [], created: false, after };
}

async function remember(session: Session, { scope, command }: Start, { run, message, after }: Started): Promise<void> {
  if (!command.once) return;
  const { key, fingerprint } = command.once;
  const values = [scope.tenantId, scope.userId, key, fingerprint, run.id, message.id, after, command.at];
  await session.run(`INSERT INTO clew.sent VALUES (${places(values)})`, ...values);
}

/** Whether the thread is there; if so it is held, so that what others send to it comes before or after all of this. */
async function holdThread(session: Session, { scope, command }: Start): Promise<boolean> {
  if (command.thread === 'new') return false;
  const own = owned(scope, 2);
  // One statement: between two, somebody may make the thread.
  const row = await session.row(
    `SELECT ${own.sql} FROM clew.threads WHERE id = $1 FOR NO KEY UPDATE`,
    command.threadId,
    ...own.values,
  );
  if (row ? !row[0] : command.thread === 'existing') throw new ClewError('thread_not_found');
  return row !== undefined;
}

async function joinHistory(session: Session, call: Start, threadExists: boolean): Promise<void> {
  const { history, threadId } = call.command;
  const origins = history.flatMap(({ origin }) => origin ?? []);
  const known = new Set<string>();
  if (threadExists && origins.length > 0) {
    const rows = await session.rows(
      'SELECT origin FROM clew.messages WHERE thread_id = $1 AND md5(origin) IN (SELECT md5(one) FROM unnest($2::text[]) AS one)',
      threadId,
      origins,
    );
    for (const [origin] of rows) known.add(origin);
  }
  const fresh = history.filter(({ origin }) => {
    if (origin === undefined) return !threadExists;
    if (known.has(origin)) return false;
    known.add(origin);
    return true;
  });
  await insertMessages(session, joined(call, fresh));
}

async function freeMessageId(session: Session, { command: { message, spareMessageId } }: Start): Promise<string> {
  if (message.id === spareMessageId) return message.id;
  return (await session.row('SELECT 1 FROM clew.messages WHERE id = $1', message.id)) ? spareMessageId : message.id;
}
