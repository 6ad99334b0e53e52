import type { Runtime } from '../../ports/index.ts';
import { createA2aRuntime } from './a2a/runtime.ts';
import { type AcpAgentOptions, createAcpRuntime } from './acp.ts';
import { type ChatAgentOptions, createChatRuntime } from './chat.ts';

export { CITATIONS } from '../collaborators/answer.ts';
export { createA2aRuntime } from './a2a/runtime.ts';
export { type AcpAgentOptions, createAcpRuntime } from './acp.ts';
export { type ChatAgentOptions, createChatRuntime } from './chat.ts';
export { type ScriptedAnswer, ScriptedRemotes } from './scripted.ts';
export type { Trouble } from './telling.ts';

/** The runtime of an agent of another server: over A2A, over chat completions where `chat` says how, else over ACP. */
export function createRemoteRuntime({
  chat,
  a2a,
  ...options
}: AcpAgentOptions & { readonly chat?: Pick<ChatAgentOptions, 'params' | 'thoughts'>; readonly a2a?: true }): Runtime {
  if (a2a) return createA2aRuntime(options);
  return chat ? createChatRuntime({ ...options, ...chat }) : createAcpRuntime(options);
}
