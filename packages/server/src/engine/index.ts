import { ClewError, type Scope, textOf } from '../model/index.ts';
import type { Engine, StartCommand, StartedRun } from './engine.ts';
import type { EngineSettings, Surroundings } from './execute-run.ts';
import { tail, visibleEvents } from './tail.ts';
import { createWorker } from './worker.ts';

export type { Library, TailOptions } from './engine.ts';
export type { Engine, EngineSettings, StartCommand, StartedRun, Surroundings };

/** An engine and the two ends of its life. */
export interface RunningEngine extends Engine {
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
  const { store, notifier, clock, agents } = around;
  const worker = createWorker(around, clock.id());
  const closing = new AbortController();
  let stopping = false;

  async function startRun(scope: Scope, command: StartCommand): Promise<StartedRun> {
    if (stopping) throw new ClewError('server_closing');
    const agent = command.agent === undefined ? agents.default() : agents.find(command.agent);
    if (!agent) throw new ClewError(command.agent === undefined ? 'no_agents' : 'agent_not_found');
    const claim = worker.reserve();
    const messageId = clock.id();
    try {
      const started = await store.startRun(scope, {
        runId: clock.id(),
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
        context: command.context ?? {},
        options: command.options ?? {},
        once: command.once ?? null,
        answerWaiting: command.answerWaiting ?? false,
        claim,
      });
      const { run, message, inputs, lease, created, after } = started;
      if (claim && lease) worker.take(lease, inputs);
      else if (claim) worker.pass();
      notifier.notify(`run:${run.id}`);
      if (!lease && created) notifier.notify('queue');
      return { run, message, created, after };
    } catch (error) {
      if (claim) worker.pass();
      throw error;
    }
  }

  /** Its runs are told, so that agents stop and readers are let go at once. */
  async function deleteThread(scope: Scope, threadId: string): Promise<void> {
    const open = { threadId, status: ['queued', 'running', 'waiting'], limit: MOST_TOLD, offset: 0 } as const;
    const { items } = await store.listRuns(scope, open);
    await store.deleteThread(scope, threadId);
    for (const { id } of items) {
      notifier.notify(`cancel:${id}`);
      notifier.notify(`run:${id}`);
    }
  }

  return {
    agents,
    clock,
    library: { ...store, deleteThread },
    startRun,
    tail: (scope, runId, after, options) =>
      tail({ store, notifier, scope, runId, closing: closing.signal }, after, options),
    readEvents: async (scope, runId) => visibleEvents(scope, await store.readEvents(scope, runId, 0, -1)),
    async answerRun(scope, runId, answer) {
      if (stopping) throw new ClewError('server_closing');
      const run = await store.answerRun(scope, runId, { ...answer, id: clock.id(), at: clock.now() });
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
      notifier.notify(`cancel:${runId}`);
      notifier.notify(`run:${runId}`);
      if (run.status === 'queued') notifier.notify('queue');
      return run;
    },
    start: () => worker.start(),
    async stop(graceMs) {
      stopping = true;
      await worker.stop(graceMs);
      closing.abort();
    },
  };
}

function titleOf({ message, agent }: StartCommand): string {
  const text = textOf(message.parts).trim().replace(/\s+/g, ' ');
  if (text === '') return agent ?? 'Untitled';
  const characters = [...text];
  return characters.length > TITLE_LENGTH ? `${characters.slice(0, TITLE_LENGTH - 1).join('')}…` : text;
}
