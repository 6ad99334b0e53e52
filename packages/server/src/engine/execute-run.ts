import {
  AgentError,
  ClewError,
  type DoubleTexting,
  type ErrorInfo,
  emptyState,
  fold,
  type Json,
  type JsonObject,
  type Message,
  type NewEvent,
  type RunEvent,
  type RunState,
  visibleContext,
} from '../model/index.ts';
import { type AgentDirectory, type Clock, type Lease, LeaseLost, type Notifier, type Store } from '../ports/index.ts';
import type { Admission } from './admission.ts';
import { Emitter } from './emitter.ts';
import type { Meter } from './meter.ts';
import { createRunLog, type RunLog } from './run-log.ts';
import { findState } from './thread-state.ts';
import { createTurn, reportedContext } from './turn.ts';

/** Why a worker lets go of a run before its runtime is done. */
export class Abandoned extends Error {
  override readonly name = 'Abandoned';
  /**
   * `cancel`: somebody asked · `shutdown`: another worker goes on · `lost`: another worker already has it, or the log cannot be written · `lapsed`: the lease has run
   * out, so that another worker may have it.
   */
  readonly why: 'cancel' | 'shutdown' | 'lost' | 'lapsed';

  constructor(why: Abandoned['why'], cause?: unknown) {
    super(`The run was abandoned: ${why}.`, { cause });
    this.why = why;
  }
}

/** What the engine works with. */
export interface Surroundings {
  readonly store: Store;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly agents: AgentDirectory;
  readonly settings: EngineSettings;
  /** Reads JSON from the address where a client keeps the state of a thread. Default: none is read. */
  readonly fetchJson?: (url: string) => Promise<Json>;
  /** Opens what a signer has encrypted for this server. Default: nothing can be opened. */
  readonly openPayload?: (sealed: string) => Promise<JsonObject | undefined>;
  /** Decides what may come in, and counts it. Default: everything may, and nothing is counted. */
  readonly admission?: Admission;
  /** Told of what callers are not told: defects of agents and of the server itself. */
  readonly onDefect: (error: unknown, about: { readonly runId?: string }) => void;
}

/** Times and sizes; `config` documents them. */
export interface EngineSettings {
  readonly leaseMs: number;
  readonly concurrency: number;
  readonly coalesceMs: number;
  readonly coalesceBytes: number;
  /** What becomes of a second message where the agent does not say. Default: `enqueue`. */
  readonly doubleTexting?: DoubleTexting;
  /** Most runs that may be queued, on all nodes; what would be more is refused with `queue_full`. Default: no end. */
  readonly queue?: number;
  /** Most of them that may have come by one channel, in percent. Default 100. */
  readonly queueShare?: number;
  /** A question that nobody answers for this long fails its run with `answer_timeout`. Default 0: it may wait for ever. */
  readonly waitMs?: number;
}

/** What a worker has beside that. */
export interface Working extends Surroundings {
  readonly meter: Meter;
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
  const { store, notifier, clock, settings, onDefect } = around;
  const { lease, controller } = execution;
  const { signal } = controller;
  const { id: runId } = lease.run;
  let broken: unknown;
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
      onAppended: (count) => around.meter.appended(count),
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
    const outcome = await work(around, execution, { emitter, events, logged });
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
  }
}

type Outcome =
  | { readonly is: 'completed'; readonly context: RunState['context'] }
  | { readonly is: 'failed'; readonly error: ErrorInfo; readonly defect?: unknown }
  | { readonly is: 'abandoned'; readonly why: Abandoned['why'] }
  | { readonly is: 'suspended' };

async function work(
  { store, agents, onDefect, openPayload }: Surroundings,
  { lease, inputs, controller: { signal } }: Execution,
  { emitter, events, logged }: { emitter: Emitter; events: readonly RunEvent[]; logged: RunState },
): Promise<Outcome> {
  const agent = agents.find(lease.run.agentId) ?? agents.find(lease.run.agentName);
  const runtime = agent && agents.runtime(agent);
  if (signal.aborted) {
    const outcome = abandonedBy(signal);
    // Not awaited: what is open elsewhere does not hold up the end of the run.
    if (outcome.is === 'abandoned' && outcome.why === 'cancel')
      runtime?.cancelled?.(logged.steps).catch((error) => onDefect(error, { runId: lease.run.id }));
    return outcome;
  }
  if (!agent || !runtime) {
    const name = lease.run.agentName;
    const defect = new ClewError(
      'agent_unavailable',
      `The project of this server has no agent ${name}, or its file is broken. All servers on one database need the same project.`,
    );
    return { ...failed(new ClewError('agent_unavailable')), defect };
  }
  if (runtime.recovery === 'fail' && wasInterrupted(events)) return failed(new ClewError('run_lost'));
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
    await untilAborted(runtime.run(turn, emitter, signal), signal);
    if (emitter.suspended) return { is: 'suspended' };
    if (signal.aborted) return abandonedBy(signal);
    return { is: 'completed', context: reportedContext(visible, emitter.context) };
  } catch (error) {
    if (emitter.suspended) return { is: 'suspended' };
    if (signal.aborted) return abandonedBy(signal);
    if (error instanceof AgentError) return { is: 'failed', error: { code: error.code, message: error.message } };
    return { ...failed(new ClewError('agent_failed')), defect: error };
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

/** Waits for the runtime, but not for one that does not listen to its signal: what it still says is refused. */
function untilAborted(running: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    running.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Whether an attempt began and did not end by a question that has been answered since. */
function wasInterrupted(events: readonly RunEvent[]): boolean {
  const last = events.findLastIndex((event) => event.type === 'run.started');
  const earlier = events.slice(0, last);
  return earlier.some((event) => event.type === 'run.started') && earlier.at(-1)?.type !== 'run.resumed';
}

function failed(error: ClewError): Outcome & { is: 'failed' } {
  return { is: 'failed', error: { code: error.code, message: error.message } };
}

function abandonedBy(signal: AbortSignal): Outcome {
  return { is: 'abandoned', why: signal.reason instanceof Abandoned ? signal.reason.why : 'lost' };
}
