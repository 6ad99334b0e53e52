/**
 * The package `clew` for authors of agents and tools (`agents/*.ts` and `tools/*.ts` of a project) and for programs that carry the server inside.
 *
 * @example
 * import { ask, type CodeTurn, textOf } from 'clew';
 *
 * export default async function* greet(turn: CodeTurn) {
 *   const answer = yield ask('What is your name?');
 *   yield `Hello ${textOf(answer.parts)}, you said: ${turn.text}`;
 * }
 */
export { type ClewServer, createServer, type ServerOptions } from './app/index.ts';
export { type Config, ConfigError, type LoadOptions, loadConfig, readEnvironment } from './config/index.ts';
export { AgentError } from './model/errors.ts';
export type { Json, JsonObject } from './model/json.ts';
export type { Message, StepKind } from './model/message.ts';
export {
  type CitationPart,
  type FilePart,
  type FormPart,
  type ItemPart,
  type Part,
  type TextPart,
  textOf,
} from './model/part.ts';
export type { Run, RunStatus } from './model/run.ts';
export type { ToolCall, ToolPermission, ToolResult } from './ports/tool.ts';
export {
  type AgentFunction,
  type AgentMetadata,
  type AgentOutput,
  type Ask,
  ask,
  type CodeStep,
  type CodeTurn,
  defineAgent,
  type Generic,
  type Said,
  type Trajectory,
} from './runtimes/code/index.ts';
export { type FormAnswer, formOf } from './runtimes/form-answer.ts';
export {
  definePlugin,
  type PluginAnswer,
  type PluginDefinition,
  type PluginTurn,
  type PluginVerdict,
} from './runtimes/plugins/plugin.ts';
export { defineTool, type ToolDefinition, type ToolOutput, z } from './runtimes/tools/code-tool.ts';
