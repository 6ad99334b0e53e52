import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { createEngine, type EngineSettings, type Surroundings } from '../../src/engine/index.ts';
import type { Agent, RunEvent, Scope } from '../../src/model/index.ts';
import type { AgentDirectory, Runtime, Store } from '../../src/ports/index.ts';
import { createLocalNotifier } from '../../src/storage/sqlite/notifier.ts';
import { openSqlite } from '../../src/storage/sqlite/store.ts';

export const anna: Scope = {
  tenantId: '00000000-0000-4000-8000-0000000000a0',
  userId: '00000000-0000-4000-8000-0000000000a1',
  userName: 'anna@example.org',
  audience: 'operator',
};

/** An engine on a real SQLite file, with agents that are plain functions. */
export function createTestEngine(runtimes: Record<string, Runtime['run'] | Runtime>, options: TestEngineOptions = {}) {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'clew-engine-'));
  const { store } = openSqlite({ file: join(folder, 'clew.db') });
  const clock = options.clock ?? { now: () => Date.now(), id: () => crypto.randomUUID() };
  const defects: unknown[] = [];
  const settings = { leaseMs: 10_000, concurrency: 100, coalesceMs: 40, coalesceBytes: 2048, ...options.settings };
  const engine = createEngine({
    store: options.wrap?.(store) ?? store,
    notifier: createLocalNotifier(),
    clock,
    agents: options.agents ?? directory(runtimes),
    settings,
    onDefect: (error) => defects.push(error),
    ...(options.fetchJson ? { fetchJson: options.fetchJson } : {}),
  });
  if (options.start !== false) engine.start();
  return {
    engine,
    store,
    folder,
    defects,
    /** The whole log, once the run ends or waits. */
    async log(runId: string, after = 0): Promise<RunEvent[]> {
      const events: RunEvent[] = [];
      for await (const batch of engine.tail(anna, runId, after, { untilWaiting: true })) events.push(...batch);
      return events;
    },
    send: (agent: string, text = 'Hello', more: object = {}) =>
      engine.startRun(anna, { agent, message: { parts: [{ type: 'text', text }] }, ...more }),
    /** Ends the process's part as a kill would: nothing is released. */
    async crash(): Promise<void> {
      await store.close();
    },
    async close(): Promise<void> {
      await engine.stop(0);
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface TestEngineOptions {
  readonly folder?: string;
  readonly settings?: Partial<EngineSettings>;
  readonly clock?: { now(): number; id(): string };
  readonly start?: boolean;
  /** Default: those of `runtimes`. */
  readonly agents?: AgentDirectory;
  readonly fetchJson?: Surroundings['fetchJson'];
  readonly wrap?: (store: Store) => Store;
}

function directory(runtimes: Record<string, Runtime['run'] | Runtime>): AgentDirectory {
  const agents = Object.keys(runtimes).map(agentNamed);
  return {
    list: () => agents,
    find: (idOrName) => agents.find(({ id, name }) => id === idOrName || name === idOrName),
    default: () => agents[0],
    runtime: ({ name }) => {
      const runtime = runtimes[name];
      return typeof runtime === 'function' ? { recovery: 'restart', run: runtime } : runtime;
    },
  };
}

export function agentNamed(name: string): Agent {
  return {
    id: `agent-${name}`,
    name,
    displayName: name,
    description: '',
    instructions: '',
    llm: 'test',
    style: 'default',
    hidden: false,
    starterPrompts: [],
    hasOwnPrompts: false,
    welcome: { message: '', description: '', isDefault: true },
    contextAccess: true,
    contextVariables: ['colour', 'wxo_email_id'],
    knowledgeBases: [],
    tools: [],
    collaborators: [],
    hideReasoning: false,
    icon: null,
    spec: {},
    createdAt: 0,
    updatedAt: 0,
  };
}

/** Makes engines for the tests of a file, and closes those of a test after it. */
export function engines(): typeof createTestEngine {
  let open: ReturnType<typeof createTestEngine>[] = [];
  afterEach(async () => {
    for (const one of open) await one.close().catch(() => {});
    open = [];
  });
  return (runtimes, options) => {
    const made = createTestEngine(runtimes, options);
    open.push(made);
    return made;
  };
}

/** A log in one line each: type, and what tells it apart. */
export function lines(events: readonly RunEvent[]): string[] {
  return events.map((event) => {
    switch (event.type) {
      case 'message.delta':
        return `delta ${event.data.part} ${event.data.text}`;
      case 'message.part':
        return `part ${event.data.part} ${event.data.value.type === 'text' ? event.data.value.text : event.data.value.type}`;
      case 'message.completed': {
        const { parts, incomplete, interrupt, steps } = event.data.message;
        const flags = [
          incomplete && 'incomplete',
          interrupt && 'interrupt',
          steps.length && `${steps.length} steps`,
        ].filter(Boolean);
        return [
          'completed',
          ...flags,
          parts.map((part) => (part.type === 'text' ? part.text : `<${part.type}>`)).join('|'),
        ].join(' ');
      }
      case 'step.started':
      case 'step.completed':
        return `${event.type} ${event.data.stepId}`;
      case 'run.started':
        return `run.started ${event.data.epoch}`;
      case 'run.failed':
        return `run.failed ${event.data.error.code}`;
      default:
        return event.type;
    }
  });
}
