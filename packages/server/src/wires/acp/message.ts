import type { MessagePart, Message as WireMessage } from '@clew/wire/acp';
import type { JsonObject, Message, MessageStep } from '../../model/index.ts';
import { labelOf } from './names.ts';
import { decodePart, EXTRA, encodePart } from './parts.ts';
import { isoTime } from './times.ts';

/** How messages are to be shown to one caller. */
export interface MessageView {
  /** Whether the caller may see what the steps of this agent were given and gave back. */
  showsSteps(agentName: string | null): boolean;
}

/** A message of a request, for the engine. A role that the model does not have is kept. */
export function decodeMessage(sent: WireMessage): Pick<Message, 'role' | 'parts' | 'agentName' | 'extra'> {
  const role = sent.role ?? 'user';
  const agentName = role === 'user' ? null : role.slice('agent/'.length) || null;
  return {
    role: role === 'user' ? 'user' : 'assistant',
    agentName,
    parts: sent.parts.map(decodePart),
    ...(role === 'user' ? {} : { extra: { [EXTRA]: { role } } }),
  };
}

/**
 * A message of a thread: what its steps did, then what was said. A message that the end of its run cut off has no `completed_at`. `titles` of steps by
 * their id, where they are known.
 */
export function encodeMessage(message: Message, view: MessageView, titles?: ReadonlyMap<string, string>): WireMessage {
  const { role } = (message.extra?.[EXTRA] ?? {}) as JsonObject;
  const steps = view.showsSteps(message.agentName)
    ? message.steps.filter(({ kind }) => kind !== 'model').map((step) => stepPart(step, titles?.get(step.stepId)))
    : [];
  return {
    role: (role as string | undefined) ?? roleOf(message),
    parts: [...steps, ...message.parts.map(encodePart)],
    created_at: isoTime(message.createdAt),
    completed_at: message.incomplete ? null : isoTime(message.createdAt),
  };
}

function roleOf({ role, agentName }: Message): string {
  if (role === 'user') return 'user';
  return agentName === null ? 'agent' : agentRole(agentName);
}

export function agentRole(agentName: string): string {
  return `agent/${labelOf(agentName)}`;
}

/** A step that is done, as a part without content. Of a thought that led to text, the text is what the step says. */
export function stepPart(step: Omit<MessageStep, 'stepId'>, title?: string): MessagePart {
  const { kind, name, input, output, error } = step;
  const thought = kind === 'thought' && typeof output === 'string' ? output : undefined;
  return {
    content_type: 'text/plain',
    content_encoding: 'plain',
    metadata: {
      kind: 'trajectory',
      message: thought ?? title ?? name,
      ...(kind === 'thought' ? {} : { tool_name: name }),
      ...(input === undefined ? {} : { tool_input: objectOf(input, 'input') }),
      ...(error ? { tool_output: { error } } : {}),
      ...(output === undefined || thought !== undefined ? {} : { tool_output: objectOf(output, 'output') }),
    },
  };
}

/** The protocol allows objects only. */
function objectOf(value: unknown, name: string): JsonObject {
  return (
    value !== null && typeof value === 'object' && !Array.isArray(value) ? value : { [name]: value }
  ) as JsonObject;
}
