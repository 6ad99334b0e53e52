import { type Agent, ClewError, fold, type JsonObject, type Run, reaches, type Scope, textOf } from '../model/index.ts';
import type { StartRun } from '../ports/index.ts';
import { CHANNEL_OPTION } from './admission.ts';
import type { Engine, StartCommand, StartedRun } from './engine.ts';
import { createMeter, type EngineMeasures } from './meter.ts';
import type { EngineSettings, Surroundings } from './surroundings.ts';
import { tail, visibleEvents } from './tail.ts';
import { createWorker } from './worker.ts';

export { type Admission, createAdmission, type RunLimits } from './admission.ts';
export type { Library, TailOptions } from './engine.ts';
export { createErasure, type Erasure } from './erasure.ts';
export type { EngineMeasures, Histogram } from './meter.ts';
export { createSignOuts } from './sign-outs.ts';
export { createSweeper, type RetentionSettings, type Sweeper, type Swept } from './sweeper.ts';
export { createUploads, type Uploads } from './uploads.ts';
export type { Engine, EngineSettings, StartCommand, StartedRun, Surroundings };

/** An engine and the two ends of its life. */
export interface RunningEngine extends Engine {
  /** Name that its leases stand under. */
  readonly workerId: string;
  /** What it has done since it was made, and does now. */
  measure(): EngineMeasures;
  /** Begins to work on what is queued. */
  start(): void;
  /** No new runs; running ones get the grace, then are released for another worker; tails end. */
  stop(graceMs: number): Promise<void>;
}

/** Longest title that is made from a message. */
const TITLE_LENGTH = 80;

/** Open runs of a deleted thread that hear of it at once; more would find out by themselves. */
const MOST_TOLD = 1000;

/** Puts the engine together. */
export function createEngine(around: Surroundings): RunningEngine {
  const { store, notifier, clock, agents, admission, settings, onDefect } = around;
  const queueBound = boundOf(settings);
  const meter = createMeter();
  const workerId = clock.id();
  const worker = createWorker({ ...around, meter }, workerId);
  const closing = new AbortController();
  let stopping = false;

  async function startRun(scope: Scope, command: StartCommand): Promise<StartedRun> {
    if (stopping) throw new ClewError('server_closing');
    const agent = agentFor(scope, command);
    if (!agent) throw new ClewError(command.agent === undefined ? 'no_agents' : 'agent_not_found');
    const runId = clock.id();
    await admit(scope, runId, command);
    const claim = worker.reserve();
    const messageId = clock.id();
    try {
      const started = await store.startRun(scope, {
        runId,
        at: clock.now(),
        agentId: agent.id,
        agentName: agent.name,
        threadId: command.threadId ?? clock.id(),
        thread: command.threadId === undefined ? 'new' : command.mayCreateThread ? 'either' : 'existing',
        title: command.title ?? titleOf(command),
        message: { ...command.message, id: command.message.id ?? messageId },
        spareMessageId: messageId,
        earlier: (command.earlier ?? []).map((message) => ({ ...message, id: clock.id() })),
        history: (command.history ?? []).map((message) => ({ ...message, id: clock.id() })),
        state: command.state ?? null,
        context: { ...command.context, ...scope.context },
        options: optionsOf(scope, command),
        once: command.once ?? null,
        answerWaiting: command.answerWaiting ?? false,
        doubleTexting: agent.doubleTexting ?? settings.doubleTexting ?? 'enqueue',
        lane: scope.channel === undefined ? scope.tenantId : `${scope.tenantId} ${scope.channel}`,
        queue: queueBound,
        claim,
      });
      const { run, message, inputs, lease, created, after } = started;
      for (const other of started.interrupted) await tellCancelled(scope, other);
      if (admission && isCounted(scope) && run.id !== runId)
        await (created ? admission.move(scope, runId, run.id) : admission.release(runId));
      if (claim && lease) worker.take(lease, inputs);
      else if (claim) worker.pass();
      notifier.notify(`run:${run.id}`);
      if (!lease && created) notifier.notify('queue');
      return { run, message, created, after };
    } catch (error) {
      if (claim) worker.pass();
      if (isCounted(scope)) await admission?.release(runId);
      throw isFull(error) ? await whenToComeAgain(error) : error;
    }
  }

  async function whenToComeAgain(error: ClewError): Promise<ClewError> {
    meter.turnedAway();
    const measures = await store.measureQueue().catch(() => undefined);
    const retryAfterSeconds = worker.drain.secondsToRoom(measures, clock.now());
    return new ClewError('queue_full', undefined, { cause: error, retryAfterSeconds });
  }

  /** Whoever works on a cancelled run, or reads it, hears of it. */
  async function tellCancelled(scope: Scope, run: Run): Promise<void> {
    notifier.notify(`cancel:${run.id}`);
    notifier.notify(`run:${run.id}`);
    if (run.status !== 'cancelled') return;
    await admission?.release(run.id);
    void tellRuntime(scope, run);
  }

  async function admit(scope: Scope, runId: string, command: StartCommand): Promise<void> {
    if (!admission || !isCounted(scope)) return;
    const { message, earlier = [], history = [], threadId, mayCreateThread } = command;
    const makesThread = threadId === undefined || (mayCreateThread === true && !(await hasThread(scope, threadId)));
    await admission.admitRun(scope, runId, { messages: [message, ...earlier, ...history], makesThread });
  }

  function hasThread(scope: Scope, threadId: string): Promise<boolean> {
    return store.readThread(scope, threadId).then(
      () => true,
      () => false,
    );
  }

  function agentFor(scope: Scope, { agent: named }: StartCommand): Agent | undefined {
    const agent = named === undefined ? agents.default() : agents.find(named);
    if (agent && reaches(scope, agent)) return agent;
    return named === undefined ? agents.list().find((other) => reaches(scope, other)) : undefined;
  }

  /** Its runs are told, so that agents stop and readers are let go at once. */
  async function deleteThread(scope: Scope, threadId: string): Promise<void> {
    const open = { threadId, status: ['queued', 'running', 'waiting'], limit: MOST_TOLD, offset: 0 } as const;
    const { items } = await store.listRuns(scope, open);
    await store.deleteThread(scope, threadId);
    for (const { id } of items) {
      if (isCounted(scope)) await admission?.release(id);
      notifier.notify(`cancel:${id}`);
      notifier.notify(`run:${id}`);
    }
  }

  /** The run has ended without a worker: its runtime may have something open elsewhere. */
  async function tellRuntime(scope: Scope, { id, agentId, agentName }: Run): Promise<void> {
    try {
      const agent = agents.find(agentId) ?? agents.find(agentName);
      const runtime = agent && agents.runtime(agent);
      if (runtime?.cancelled) await runtime.cancelled(fold(await store.readMilestones(scope, id)).steps);
    } catch (error) {
      onDefect(error, { runId: id });
    }
  }

  return {
    agents,
    clock,
    library: {
      ...store,
      deleteThread,
      async createThread(scope, thread) {
        await admission?.admitThread(scope);
        return store.createThread(scope, thread);
      },
      // What is said is bounded, and must not grow afterwards: the next run reads it.
      async updateMessage(scope, threadId, messageId, change) {
        if (change.parts) await admission?.admitChange(scope, change.parts);
        return store.updateMessage(scope, threadId, messageId, change);
      },
    },
    startRun,
    tail: (scope, runId, after, options) =>
      tail(
        { store, notifier, clock, meter, scope, runId, closing: closing.signal, silenceMs: settings.leaseMs },
        after,
        options,
      ),
    readEvents: async (scope, runId) => visibleEvents(scope, await store.readEvents(scope, runId, 0, -1)),
    readMilestones: async (scope, runId) => visibleEvents(scope, await store.readMilestones(scope, runId)),
    async answerRun(scope, runId, answer) {
      if (stopping) throw new ClewError('server_closing');
      await admission?.admitRun(scope, runId, { messages: [answer], makesThread: false });
      const run = await store
        .answerRun(scope, runId, { ...answer, id: clock.id(), at: clock.now() })
        .catch(async (error: unknown) => {
          await admission?.takeBack(scope, runId);
          throw error;
        });
      notifier.notify(`run:${runId}`);
      notifier.notify('queue');
      return run;
    },
    async cancelRun(scope, runId) {
      const run = await store.requestCancel(scope, runId, {
        type: 'run.cancelled',
        at: clock.now(),
        data: { reason: 'requested' },
      });
      await tellCancelled(scope, run);
      // A worker has to close it, or the next run of its thread can begin.
      if (run.status !== 'running') notifier.notify('queue');
      return run;
    },
    measure: () => ({ ...meter.read(), active: worker.active(), concurrency: settings.concurrency }),
    workerId,
    start: () => worker.start(),
    async stop(graceMs) {
      stopping = true;
      await worker.stop(graceMs);
      closing.abort();
    },
  };
}

function isFull(error: unknown): error is ClewError {
  return error instanceof ClewError && error.code === 'queue_full';
}

function boundOf({ queue, queueShare = 100 }: EngineSettings): StartRun['queue'] {
  return queue === undefined ? null : { limit: queue, laneLimit: Math.max(1, Math.floor((queue * queueShare) / 100)) };
}

/** Whether limits may hold for what the caller does. */
function isCounted({ channel }: Scope): boolean {
  return channel !== undefined;
}

function optionsOf({ sealedPayload, channel }: Scope, { options = {} }: StartCommand): JsonObject {
  return {
    ...options,
    ...(sealedPayload === undefined ? {} : { user_payload: sealedPayload }),
    ...(channel === undefined ? {} : { [CHANNEL_OPTION]: channel }),
  };
}

function titleOf({ message, agent }: StartCommand): string {
  const text = textOf(message.parts).trim().replace(/\s+/g, ' ');
  if (text === '') return agent ?? 'Untitled';
  const characters = [...text];
  return characters.length > TITLE_LENGTH ? `${characters.slice(0, TITLE_LENGTH - 1).join('')}…` : text;
}
