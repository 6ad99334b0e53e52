import type { MessagePatch, RequestMessage, Message as WireMessage } from '@clew/wire/orchestrate';
import type { JsonObject, Message } from '../../model/index.ts';
import { encodeContent } from './content.ts';
import { EXTRA } from './items.ts';
import { stepHistory } from './steps.ts';
import { isoTime } from './times.ts';

/** How messages are to be shown to one caller. */
export interface MessageView {
  readonly tenantId: string;
  /** False joins the text items of a message to one. */
  readonly multipleContent: boolean;
  /** Whether the caller may see what the steps of this agent were given and gave back. */
  showsSteps(agentName: string | null): boolean;
  /** The agent's name for people; the name itself for one that is no longer there. */
  displayName(agentName: string | null): string;
}

/** A message as this wire has it. What the client sent with it and the model has no place for is given back. */
export function encodeMessage(message: Message, view: MessageView): WireMessage {
  const sent = keptWith(message);
  const {
    mentions = null,
    document_ids = null,
    context = null,
    additional_properties,
    message_state = null,
    ...rest
  } = sent;
  const { display_properties, ...properties } = objectOf(additional_properties);
  const agentName = message.agentName;
  const createdOn = isoTime(message.createdAt);
  const steps = view.showsSteps(agentName) ? stepHistory(message.steps, view.displayName(agentName)) : [];
  return {
    ...rest,
    id: message.id,
    tenant_id: view.tenantId,
    created_by: message.userId,
    created_by_username: message.userName,
    created_on: createdOn,
    updated_at: message.updatedAt === message.createdAt ? createdOn : isoTime(message.updatedAt),
    thread_id: message.threadId,
    assistant: { is_default: true, ...(agentName === null ? {} : { assistant_name: agentName }) },
    parent_message_id: message.parentId ?? (sent.parent_message_id as string | undefined) ?? null,
    role: message.role,
    content: encodeContent(message.parts, view.multipleContent),
    mentions,
    document_ids,
    additional_properties: {
      ...properties,
      display_properties: { skip_render: false, is_async: false, ...objectOf(display_properties) },
      is_interrupt: message.interrupt,
      ...(message.incomplete ? { is_incomplete: true } : {}),
    },
    context,
    step_history: steps,
    message_state: message.state ?? (message_state as JsonObject | null),
  };
}

/** What came with a message besides its words, as the model keeps it for this wire; undefined when it is nothing. */
export function decodeExtra(message: RequestMessage | MessagePatch): JsonObject | undefined {
  const { id: _, role: __, content: ___, step_history: ____, ...rest } = message as JsonObject;
  const kept = Object.entries(rest).filter(([, value]) => value !== null && value !== undefined);
  return kept.length === 0 ? undefined : { [EXTRA]: Object.fromEntries(kept) };
}

/** What this wire keeps with a message. */
export function keptWith(message: Pick<Message, 'extra'>): JsonObject {
  return objectOf(message.extra?.[EXTRA]);
}

function objectOf(value: unknown): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};
}
