import type { Agent } from '../model/index.ts';
import type { KnowledgeIndex, Runtime } from '../ports/index.ts';
import { type AgentFunction, createCodeRuntime } from './code/index.ts';
import { createEchoRuntime } from './echo/index.ts';
import { createGuideRuntime } from './guide/index.ts';
import { createScriptRuntime } from './script/index.ts';

export { createCodeRuntime } from './code/index.ts';
export { createEchoRuntime } from './echo/index.ts';
export {
  createGuideRuntime,
  type KnowledgeFinding,
  type KnowledgeSource,
  type SyncOptions,
  type SyncReport,
  syncKnowledge,
} from './guide/index.ts';
export { fillInstructions } from './instructions.ts';
export { createScriptRuntime, readScript, type ScriptIssue } from './script/index.ts';

/** Names of the models that Clew brings along. They need no account and no key. */
export const BUILT_IN_MODELS: readonly string[] = ['clew/guide', 'clew/echo', 'clew/script'];

/** Finds the runtime for an agent. `module` is a code agent's function, or the module with it as default export. */
export type FindRuntime = (agent: Agent, module?: unknown) => Runtime | undefined;

/** The runtimes that this package has, by the agent's `llm`. An `llm` of somebody else gives undefined, and so does code without a function. */
export function createRuntimes({ index }: { readonly index: KnowledgeIndex }): FindRuntime {
  const echo = createEchoRuntime();
  const guide = createGuideRuntime({ index });
  return (agent, module) => {
    switch (agent.llm) {
      case 'clew/echo':
        return echo;
      case 'clew/guide':
        return guide;
      case 'clew/script':
        return createScriptRuntime(agent.spec.script);
      case 'code': {
        const run = typeof module === 'function' ? module : (module as { default?: unknown } | undefined)?.default;
        return typeof run === 'function' ? createCodeRuntime(run as AgentFunction) : undefined;
      }
      default:
        return undefined;
    }
  };
}
