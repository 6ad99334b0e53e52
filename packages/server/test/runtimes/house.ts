import { onTestFinished } from 'vitest';
import { type ModelServer, startModelServer } from '../../../../test/kit/model-server.ts';
import type { Agent, RunEvent } from '../../src/model/index.ts';
import type { AgentDirectory, Runtime } from '../../src/ports/index.ts';
import { createRuntimes } from '../../src/runtimes/index.ts';
import { agentNamed, anna, createTestEngine, type TestEngineOptions } from '../engine/kit.ts';
import { accessTo, NO_DOCUMENTS } from './llm/kit.ts';

export type Written = Partial<Agent> & { readonly run?: unknown; readonly runtime?: Runtime };

/** An engine with these agents, who may hand over to each other as their files say. */
export async function house(
  written: Record<string, Written>,
  options: TestEngineOptions & { model?: ModelServer } = {},
) {
  const model = options.model ?? (await startModelServer());
  const agents = Object.entries(written).map(([name, { run, runtime, ...more }]) => ({
    ...agentNamed(name),
    description: `Does ${name}.`,
    contextVariables: [],
    ...more,
    llm: run ? 'code' : 'test/small',
  }));
  const defects: unknown[] = [];
  const runtimes = createRuntimes({
    index: NO_DOCUMENTS,
    providers: { test: accessTo(model) },
    colleagues: { find: (name) => directory.find(name), runtime: (agent) => directory.runtime(agent) },
    onDefect: (error) => defects.push(error),
  });
  const made = new Map<string, Runtime | undefined>();
  for (const agent of agents) {
    const { run, runtime } = written[agent.name] as Written;
    made.set(agent.name, runtime ?? runtimes(agent, run));
  }
  const directory: AgentDirectory = {
    list: () => agents,
    find: (idOrName) => agents.find(({ id, name }) => id === idOrName || name === idOrName),
    default: () => agents[0],
    runtime: ({ name }) => made.get(name),
  };
  const around = createTestEngine({}, { ...options, agents: directory });
  onTestFinished(async () => {
    await around.close().catch(() => {});
    if (!options.model) await model.close();
  });
  const first = agents[0]?.name as string;
  return {
    ...around,
    model,
    handed: defects,
    async ask(text = 'Hello', more: object = {}) {
      const { run } = await around.send(first, text, more);
      return { run, events: await around.log(run.id) };
    },
    /** The events from the answer on. */
    async answer(runId: string, text: string): Promise<RunEvent[]> {
      const before = await around.engine.readEvents(anna, runId);
      await around.engine.answerRun(anna, runId, { parts: [{ type: 'text', text }] });
      return around.log(runId, before.length);
    },
  };
}

/** A call of a model that hands over. */
export const call = (to: string, message: string, id = 'a') => ({
  call: { id, name: `chat_with_collaborator_${to}`, arguments: JSON.stringify({ message }) },
});
