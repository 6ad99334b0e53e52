import type { Runtime } from '../../ports/index.ts';
import { type AcpAgentOptions, createAcpRuntime } from './acp.ts';
import { type ChatAgentOptions, createChatRuntime } from './chat.ts';

export { type AcpAgentOptions, createAcpRuntime, type Trouble } from './acp.ts';
export { type ChatAgentOptions, createChatRuntime } from './chat.ts';

/** The runtime of an agent of another server: over chat completions where `chat` says how, else over ACP. */
export function createRemoteRuntime({
  chat,
  ...options
}: AcpAgentOptions & { readonly chat?: Pick<ChatAgentOptions, 'params' | 'thoughts'> }): Runtime {
  return chat ? createChatRuntime({ ...options, ...chat }) : createAcpRuntime(options);
}
