import type { JsonObject, Message, NewEvent, Part, Run, Scope, Thread } from '../model/index.ts';
import type { Lease, StartRun } from '../ports/index.ts';

/** A call of `startRun`. */
export interface Start {
  readonly scope: Scope;
  readonly command: StartRun;
}

/** What a new run is made of, before anything is stored. */
export interface NewRun {
  readonly run: Run;
  /** What it was sent, its user message last. */
  readonly inputs: readonly Message[];
  readonly events: readonly NewEvent[];
  readonly lease: Lease | null;
}

/** The run that a command asks for; its user message gets this id. */
export function newRun({ scope, command }: Start, messageId: string): NewRun {
  const { at, threadId, agentId, agentName, claim } = command;
  const message: Message = {
    ...spoken(scope, command),
    id: messageId,
    runId: command.runId,
    role: 'user',
    parts: command.message.parts,
    agentName: null,
    ...(command.message.extra ? { extra: command.message.extra } : {}),
  };
  const earlier = command.earlier.map(
    (sent): Message => ({ ...spoken(scope, command), ...sent, runId: sent.role === 'user' ? command.runId : null }),
  );
  const run: Run = {
    id: command.runId,
    tenantId: scope.tenantId,
    userId: scope.userId,
    userName: scope.userName,
    threadId,
    agentId,
    agentName,
    status: claim ? 'running' : 'queued',
    messageId,
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
  const events: NewEvent[] = [{ type: 'run.created', at, data: { agentId, agentName, threadId, messageId } }];
  if (claim) events.push({ type: 'run.started', at, data: { epoch: 1 } });
  const lease = claim ? { run, worker: claim.worker, epoch: 1, ttlMs: claim.ttlMs } : null;
  return { run, inputs: [...earlier, message], events, lease };
}

/** The thread that a command makes. */
export function newThread({ scope, command }: Start): Thread {
  const { at, threadId } = command;
  return {
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
  };
}

/** Messages of a command's history, as they join its thread. */
export function joined({ scope, command }: Start, history: StartRun['history']): Message[] {
  return history.map((earlier) => ({ ...spoken(scope, command), runId: null, ...earlier }));
}

function spoken(scope: Pick<Scope, 'userId' | 'userName'>, { at, threadId }: Pick<StartRun, 'at' | 'threadId'>) {
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

/** An answer to the question that a run waits on. */
export interface Answer {
  readonly runId: string;
  readonly answer: {
    readonly id: string;
    readonly parts: readonly Part[];
    readonly at: number;
    readonly extra?: JsonObject;
    /** The question that is meant; absent: whichever is asked. */
    readonly waitId?: string;
  };
}

/** What stands in the place of an answer to a question that was over; `messageId` is the question. */
export function expiredAnswer(
  { runId, threadId, userId, userName }: Pick<Message, 'threadId' | 'userId' | 'userName'> & { readonly runId: string },
  { messageId, at }: { messageId: string; at: number },
): Message {
  return {
    ...spoken({ userId, userName }, { at, threadId }),
    id: messageId,
    runId,
    role: 'user',
    parts: [],
    parentId: messageId,
    agentName: null,
    expired: true,
  };
}

/** The answer as a message of the run's thread; `parentId` is the question. */
export function answerMessage(
  scope: Scope,
  { runId, answer }: Answer,
  { threadId, parentId }: { threadId: string; parentId: string },
): Message {
  return {
    ...spoken(scope, { at: answer.at, threadId }),
    id: answer.id,
    runId,
    role: 'user',
    parts: answer.parts,
    parentId,
    agentName: null,
    ...(answer.extra ? { extra: answer.extra } : {}),
  };
}
