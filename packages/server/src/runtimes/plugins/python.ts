import { AgentError, type JsonObject } from '../../model/index.ts';
import type { Toolbox, ToolResult } from '../../ports/index.ts';
import { PYTHON_TOOLKIT } from '../tools/index.ts';
import type { Plugin, PluginAnswer, PluginTurn, PluginVerdict } from './plugin.ts';

/** A function that `@tool(kind=PythonToolKind.AGENTPREINVOKE)`, or `AGENTPOSTINVOKE`, marks in a Python file. */
export interface PythonPlugin {
  readonly name: string;
  readonly hook: 'before' | 'after';
}

/**
 * Makes a plugin of it, which works in the process of the Python tools. A function that fails fails the run, as every plugin does.
 *
 * @param toolbox That of the project. Without one the plugin can be looked at and fails when it is called: whoever reads a project has no tools to call yet.
 */
export function pythonPlugin({ name, hook }: PythonPlugin, toolbox?: Pick<Toolbox, 'resolve'>): Plugin {
  const look = async (seen: PluginTurn | PluginAnswer): Promise<PluginVerdict> => {
    const { runId, threadId, agent, text, context, signal } = seen;
    const [tool] = (await toolbox?.resolve([`${PYTHON_TOOLKIT}:${name}`], signal)) ?? [];
    if (!tool) throw new AgentError('plugin_unknown', `The plugin \`${name}\` of the agent does not exist.`);
    const input = { run_id: runId, thread_id: threadId, agent, text, context };
    const timeout = AbortSignal.timeout(tool.timeoutMs);
    const call = { runId, threadId, stepId: name, context, signal: AbortSignal.any([signal, timeout]), show: () => {} };
    return verdictIn(await tool.call(input, call));
  };
  return hook === 'before' ? { name, before: look } : { name, after: look };
}

function verdictIn({ structuredContent, isError, content }: ToolResult): PluginVerdict {
  if (isError) throw new Error(content.map(({ text }) => text).join(' '));
  const { text, refuse } = (structuredContent ?? {}) as JsonObject;
  if (typeof refuse === 'string') return { refuse };
  return typeof text === 'string' ? { text } : undefined;
}
