import { onTestFinished } from 'vitest';
import { type ModelServer, startModelServer } from '../../../../../test/kit/model-server.ts';
import { type Agent, type EventOf, type JsonObject, type RunEvent, textOf } from '../../../src/model/index.ts';
import type { KnowledgeIndex, Runtime, Tool, Toolbox } from '../../../src/ports/index.ts';
import type { Pace } from '../../../src/runtimes/code/index.ts';
import { createLlmRuntime, type ModelAccess, type ModelTrouble } from '../../../src/runtimes/llm/index.ts';
import { createTestEngine, type TestEngineOptions } from '../../engine/kit.ts';
import { fakePace } from '../recorder.ts';

export interface SceneOptions extends TestEngineOptions {
  readonly agent?: Partial<Agent>;
  readonly access?: Partial<ModelAccess>;
  readonly tools?: readonly Tool[];
  readonly index?: KnowledgeIndex;
  /** Default: one that never really waits. */
  readonly pace?: Pace;
  /** Default: a new one. */
  readonly model?: ModelServer;
}

/** A model that is scripted, an agent `thinker` that thinks with it, and an engine on a real SQLite file. */
export async function scene(options: SceneOptions = {}) {
  const {
    agent,
    access,
    tools = [],
    index = NO_DOCUMENTS,
    pace = fakePace(),
    model: given,
    ...engineOptions
  } = options;
  const model = given ?? (await startModelServer());
  const troubles: ModelTrouble[] = [];
  const runtime = createLlmRuntime(accessTo(model, access), {
    index,
    pace,
    random: () => 0.5,
    toolbox: toolboxOf(tools),
    onTrouble: (trouble) => troubles.push(trouble),
  });
  const around = createTestEngine({ thinker: as(runtime, agent) }, engineOptions);
  onTestFinished(async () => {
    await around.close().catch(() => {});
    if (!given) await model.close();
  });
  return {
    ...around,
    model,
    troubles,
    pace,
    /** Sends a text and gives back the whole log of its run. */
    async ask(text = 'Hello', more: object = {}): Promise<RunEvent[]> {
      const { run } = await around.send('thinker', text, more);
      return around.log(run.id);
    },
  };
}

export function accessTo(model: ModelServer, more: Partial<ModelAccess> = {}): ModelAccess {
  return {
    provider: 'test',
    model: 'small',
    baseUrl: model.baseUrl,
    headers: { Authorization: 'Bearer sk-secret-key' },
    query: {},
    defaults: {},
    prices: {},
    firstTokenMs: 5_000,
    nextTokenMs: 5_000,
    missing: null,
    ...more,
  };
}

/** The runtime for an agent with these fields. */
function as(runtime: Runtime, more: Partial<Agent> = {}): Runtime {
  return {
    ...runtime,
    run: (turn, emit, signal) =>
      runtime.run({ ...turn, agent: { ...turn.agent, llm: 'test/small', ...more } }, emit, signal),
  };
}

function toolboxOf(tools: readonly Tool[]): Toolbox {
  return { resolve: async (names) => tools.filter(({ name }) => names.includes(name)), close: async () => {} };
}

/** A tool that only reads. */
export function tool(name: string, call: Tool['call'], more: Partial<Tool> = {}): Tool {
  return {
    name,
    displayName: name,
    description: `Does ${name}.`,
    inputSchema: { type: 'object', properties: {} },
    permission: 'read_only',
    approve: undefined,
    timeoutMs: 5_000,
    call,
    ...more,
  };
}

/** The text of all messages of a run, as they were completed. */
export function textIn(events: readonly RunEvent[]): string {
  return of(events, 'message.completed')
    .map(({ data }) => textOf(data.message.parts))
    .join('|');
}

/** The text as it was streamed. */
export function streamed(events: readonly RunEvent[]): string {
  return of(events, 'message.delta')
    .map(({ data }) => data.text)
    .join('');
}

export function of<T extends RunEvent['type']>(events: readonly RunEvent[], type: T): EventOf<T>[] {
  return events.filter((event) => event.type === type) as EventOf<T>[];
}

/** The code of the error that a run failed with. */
export function failureOf(events: readonly RunEvent[]): string | undefined {
  return of(events, 'run.failed')[0]?.data.error.code;
}

/** The steps of a run that are done, as one line each. */
export function steps(events: readonly RunEvent[]): string[] {
  return of(events, 'step.started').map(({ data: { kind, name } }) => `${kind} ${name}`);
}

/** The output of the model's steps. */
export function outputs(events: readonly RunEvent[]): JsonObject[] {
  return of(events, 'step.completed').flatMap(({ data }) => (data.kind === 'model' ? [data.output as JsonObject] : []));
}

export const NO_DOCUMENTS: KnowledgeIndex = {
  list: async () => [],
  known: async () => new Map(),
  update: async () => {},
  search: async () => [],
  frequency: async () => ({ matching: 0, total: 0 }),
  outline: async () => [],
};
