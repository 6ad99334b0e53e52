import {
  AgentError,
  ClewError,
  charactersSaid,
  type ErrorCode,
  type ErrorInfo,
  emptyState,
  fold,
  type Message,
  type NewEvent,
  type Run,
  type RunEvent,
  type RunState,
  visibleContext,
} from '../model/index.ts';
import { type Clock, type Lease, LeaseLost } from '../ports/index.ts';
import { APART_AFTER, enterApart, type LostAttempts, lostAttempts, wasInterrupted } from './attempts.ts';
import { Emitter } from './emitter.ts';
import { createRunLog, type RunLog } from './run-log.ts';
import type { Surroundings, Working } from './surroundings.ts';
import { findState } from './thread-state.ts';
import { createTurn, reportedContext } from './turn.ts';
import { untilAborted } from './within.ts';

/** Why a worker lets go of a run before its runtime is done. */
export class Abandoned extends Error {
  override readonly name = 'Abandoned';
  /**
   * `cancel`: somebody asked · `shutdown`: another worker goes on · `lost`: another worker already has it, or the log cannot be written · `lapsed`: the lease has run
   * out, so that another worker may have it · `too_long`: it said more than it may.
   */
  readonly why: 'cancel' | 'shutdown' | 'lost' | 'lapsed' | 'too_long';

  constructor(why: Abandoned['why'], cause?: unknown) {
    super(`The run was abandoned: ${why}.`, { cause });
    this.why = why;
  }
}

/** A run to work on. */
export interface Execution {
  readonly lease: Lease;
  /** The messages that started the run, when the caller has them at hand. */
  readonly inputs?: readonly Message[];
  /** Aborting it with `Abandoned` ends the execution. */
  readonly controller: AbortController;
}

/**
 * Works on a claimed run until it ends, waits or is abandoned. Never rejects: whatever an agent does ends in the log. After `shutdown` the lease is still
 * held, and everything said so far is in the log. `unwritten`: the log cannot be written, or the lease has lapsed;
 * it may still be held.
 */
export async function executeRun(around: Working, execution: Execution): Promise<'settled' | 'unwritten'> {
  const { store, notifier, clock, settings, gate, onDefect } = around;
  const { lease, controller } = execution;
  const { signal } = controller;
  const { id: runId } = lease.run;
  let broken: unknown;
  let leave: (() => void) | undefined;
  try {
    const events = lease.epoch > 1 ? await store.readLog(lease) : [];
    const logged = lease.epoch > 1 ? fold(events) : emptyState();
    const log = createRunLog({
      store,
      notifier,
      clock,
      lease,
      lastSeq: lease.run.lastSeq,
      coalesceMs: settings.coalesceMs,
      coalesceBytes: settings.coalesceBytes,
      room: (settings.runCharacters ?? Number.POSITIVE_INFINITY) - charactersSaid(events),
      onFull: () => controller.abort(new Abandoned('too_long')),
      onAppended(count) {
        around.meter.appended(count);
        leave?.();
      },
      onError: (error) => {
        if (!(error instanceof LeaseLost)) {
          broken = error;
          onDefect(error, { runId });
        }
        controller.abort(new Abandoned('lost', error));
      },
    });
    const emitter = new Emitter({
      log,
      clock,
      run: lease.run,
      logged,
      signal,
      findState: () => findState(around, lease.run),
    });
    if (lease.run.cancelRequested) controller.abort(new Abandoned('cancel'));
    const apart = async (lost: LostAttempts) => {
      // Called with the next append: it is over when the run ends or says something new.
      leave = await enterApart({ gate, log, clock, signal, lost });
    };
    const outcome = await work(around, execution, { emitter, events, logged, apart });
    await settle({ outcome, log, emitter, clock, runId, onDefect });
    if (broken === undefined && hasLeft(outcome))
      await around.admission?.left(lease.run).catch((error) => onDefect(error, { runId }));
    const lapsed = outcome.is === 'abandoned' && outcome.why === 'lapsed';
    return broken === undefined && !lapsed ? 'settled' : 'unwritten';
  } catch (error) {
    controller.abort(new Abandoned('lost', error));
    if (error instanceof LeaseLost) return 'settled';
    onDefect(error, { runId });
    return 'unwritten';
  } finally {
    leave?.();
  }
}

interface Prepared {
  readonly emitter: Emitter;
  readonly events: readonly RunEvent[];
  readonly logged: RunState;
  /** Resolves when it is this run's turn among those that were lost again and again. */
  readonly apart: (lost: LostAttempts) => Promise<void>;
}

type Outcome =
  | { readonly is: 'completed'; readonly context: RunState['context'] }
  | { readonly is: 'failed'; readonly error: ErrorInfo; readonly defect?: unknown }
  | { readonly is: 'abandoned'; readonly why: Exclude<Abandoned['why'], 'too_long'> }
  | { readonly is: 'suspended' };

async function work(
  { store, agents, settings, onDefect, openPayload }: Surroundings,
  { lease, inputs, controller: { signal } }: Execution,
  { emitter, events, logged, apart }: Prepared,
): Promise<Outcome> {
  const agent = agents.find(lease.run.agentId) ?? agents.find(lease.run.agentName);
  const runtime = agent && agents.runtime(agent);
  // Not awaited: what is open elsewhere does not hold up the end of the run.
  const tellCancelled = () =>
    void runtime?.cancelled?.(logged.steps).catch((error) => onDefect(error, { runId: lease.run.id }));
  let isEntered = false;
  const left = () => {
    const outcome = abandonedBy(signal, lease.run);
    // One that is entered follows the signal.
    if (!isEntered && hasLeft(outcome)) tellCancelled();
    return outcome;
  };
  if (signal.aborted) return left();
  if (!agent || !runtime) {
    return failed(
      'agent_unavailable',
      `The project of this server has no agent ${lease.run.agentName}, or its file is broken. All servers on one database need the same project.`,
    );
  }
  if (runtime.recovery === 'fail' && wasInterrupted(events)) return failed('run_lost');
  const lost = lostAttempts(events);
  if (settings.attempts && lost.apart >= settings.attempts) {
    tellCancelled();
    return failed(
      'run_abandoned',
      `The agent ${agent.name} had just begun when the server stopped without a word, ${lost.all} times in a row: most likely it is what stops it, by ending the process or by using up its memory.`,
    );
  }
  const visible = visibleContext(agent, lease.run);
  const context = { ...visible, ...logged.context };
  const turn = await createTurn({
    store,
    lease,
    agent,
    context,
    said: emitter.said,
    openPayload,
    ...(inputs ? { inputs } : {}),
  });
  try {
    if (lost.all >= APART_AFTER) await apart(lost);
    signal.throwIfAborted();
    isEntered = true;
    await untilAborted(runtime.run(turn, emitter, signal), signal);
    if (emitter.suspended) return { is: 'suspended' };
    if (signal.aborted) return left();
    return { is: 'completed', context: reportedContext(visible, emitter.context) };
  } catch (error) {
    if (emitter.suspended) return { is: 'suspended' };
    if (signal.aborted) return left();
    if (error instanceof AgentError) return { is: 'failed', error: { code: error.code, message: error.message } };
    return failed('agent_failed', error);
  }
}

async function settle(how: {
  outcome: Outcome;
  log: RunLog;
  emitter: Emitter;
  clock: Clock;
  runId: string;
  onDefect: Surroundings['onDefect'];
}): Promise<void> {
  const { outcome, log, emitter, clock, runId, onDefect } = how;
  const at = clock.now();
  const end = (event: NewEvent, incomplete: boolean) => [...emitter.end({ incomplete }), event];
  switch (outcome.is) {
    case 'completed':
      return log.close(end({ type: 'run.completed', at, data: { context: outcome.context } }, false), {
        status: 'completed',
      });
    case 'failed':
      if (outcome.defect !== undefined) onDefect(outcome.defect, { runId });
      return log.close(end({ type: 'run.failed', at, data: { error: outcome.error } }, true), { status: 'failed' });
    case 'suspended':
      return;
    case 'abandoned':
      if (outcome.why === 'shutdown') return log.flush();
      if (outcome.why === 'lost' || outcome.why === 'lapsed') return;
      return log.close(end({ type: 'run.cancelled', at, data: { reason: 'requested' } }, true), {
        status: 'cancelled',
      });
    default:
      outcome satisfies never;
  }
}

/** Whether no worker goes on with the run from here. */
function hasLeft(outcome: Outcome): boolean {
  return outcome.is !== 'abandoned' || outcome.why === 'cancel';
}

/** `defect`: what is told to whoever runs the server, and to nobody else. */
function failed(code: ErrorCode, defect?: unknown): Outcome {
  return {
    is: 'failed',
    error: { code, message: new ClewError(code).message },
    defect: typeof defect === 'string' ? new ClewError(code, defect) : defect,
  };
}

function abandonedBy(signal: AbortSignal, { agentName }: Run): Outcome {
  const why = signal.reason instanceof Abandoned ? signal.reason.why : 'lost';
  if (why !== 'too_long') return { is: 'abandoned', why };
  return failed(
    'run_too_long',
    `The agent ${agentName} said more than one run may (\`engine.runCharacters\`), and was stopped.`,
  );
}
