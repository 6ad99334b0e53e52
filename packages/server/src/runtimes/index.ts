import type { Agent } from '../model/index.ts';
import type { Runtime } from '../ports/index.ts';
import { type AgentFunction, createCodeRuntime } from './code/index.ts';
import { cancelCollaborators } from './collaborators/index.ts';
import { createEchoRuntime } from './echo/index.ts';
import { createGuideRuntime } from './guide/index.ts';
import {
  createLlmRuntime,
  createUnusableRuntime,
  findModel,
  isUsable,
  type LlmOptions,
  type Providers,
  scriptedAccess,
} from './llm/index.ts';
import { type FindPlugin, withPlugins } from './plugins/index.ts';
import { createScriptRuntime } from './script/index.ts';

export { createCodeRuntime } from './code/index.ts';
export { createEchoRuntime } from './echo/index.ts';
export {
  createEmbedder,
  createMeaningIndex,
  type Embedder,
  type EmbeddingTrouble,
  type MeaningIndex,
} from './embeddings/index.ts';
export { formOf } from './form-answer.ts';
export {
  createGuideRuntime,
  syncKnowledge,
} from './guide/index.ts';
export { findModel, isUsable, type ModelTrouble, type Providers, ScriptedModel } from './llm/index.ts';
export { type Plugin, type PythonPlugin, pythonPlugin } from './plugins/index.ts';
export { createScriptRuntime, readScript } from './script/index.ts';
export {
  type CheckedDefinition,
  type Credentials,
  createCodeTool,
  createOpenApiTool,
  createToolbox,
  DEFAULT_TIMEOUT_MS,
  fromStored as toolResultOf,
  inspectPython,
  type McpServer,
  type Place,
  type PythonFile,
  type PythonTool,
  pythonOf,
  pythonServer,
  schemaFault,
} from './tools/index.ts';

/** Names of the models that Clew brings along. They need no account and no key. */
export const BUILT_IN_MODELS: readonly string[] = ['clew/guide', 'clew/echo', 'clew/script'];

/** Finds the runtime for an agent. `module` is a code agent's function, or the module with it as default export. */
export type FindRuntime = (agent: Agent, module?: unknown) => Runtime | undefined;

/** What the runtimes work with. */
export interface RuntimesOptions extends LlmOptions {
  /** Providers of models. Default: none. */
  readonly providers?: Providers;
  /** Finds plugins of the project. Default: there are none. */
  readonly findPlugin?: FindPlugin;
}

/** The runtimes that this package has, by the agent's `llm`. An `llm` of an unknown provider gives undefined, and so does code without a function. */
export function createRuntimes({
  providers = {},
  findPlugin = () => undefined,
  ...options
}: RuntimesOptions): FindRuntime {
  const { index, attachments } = options;
  const echo = createEchoRuntime();
  const guide = createGuideRuntime({ index, attachments });
  const runtimeOf: FindRuntime = (agent, module) => {
    switch (agent.llm) {
      case 'clew/echo':
        return echo;
      case 'clew/guide':
        return guide;
      case 'clew/script':
        return createScriptRuntime(agent.spec.script);
      case 'code': {
        const run = typeof module === 'function' ? module : (module as { default?: unknown } | undefined)?.default;
        return typeof run === 'function' ? createCodeRuntime(run as AgentFunction, options) : undefined;
      }
      default: {
        if (options.openModel) return createLlmRuntime(scriptedAccess(agent.llm), options);
        const found = findModel(agent.llm, providers);
        if (!found) return undefined;
        return isUsable(found) ? createLlmRuntime(found, options) : createUnusableRuntime(found);
      }
    }
  };
  const { colleagues } = options;
  return (agent, module) => {
    const own = runtimeOf(agent, module);
    const runtime = own && withPlugins(own, agent, findPlugin);
    if (!runtime || !colleagues || agent.collaborators.length === 0) return runtime;
    return { ...runtime, cancelled: (steps) => cancelCollaborators(agent, steps, colleagues) };
  };
}
