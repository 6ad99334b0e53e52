import { z } from 'zod';
import { contentItem, contentItemReply, stepHistoryEntry } from './content.ts';
import { anyObject, timestamp } from './primitives.ts';

/** The text of a message, or its pieces. */
export const requestContent = z.union([z.string(), z.array(z.union([z.string(), contentItem]))], {
  error: (issue) => (issue.input === undefined ? undefined : 'Input should be a string or a list of content items'),
});

/** A message that starts a run or answers one. */
export const requestMessage = z.looseObject({
  /** A client's own id for the message: makes sending it again harmless. A UUID becomes the id of the stored message. */
  id: z.string().max(255).nullish(),
  /** `user`; `human` is read as the same. */
  role: z.string().nullish(),
  content: requestContent,
});

/** Body of `PATCH …/threads/{thread_id}/messages/{message_id}`: absent members stay as they are. */
export const messagePatch = z.looseObject({
  content: requestContent.optional(),
  message_state: anyObject.nullish(),
  additional_properties: anyObject.nullish(),
});

/** A message as the server writes it. */
export const message = z.looseObject({
  id: z.string(),
  tenant_id: z.string(),
  created_by: z.string(),
  created_by_username: z.string(),
  created_on: timestamp,
  updated_at: timestamp,
  thread_id: z.string(),
  assistant: z.looseObject({ is_default: z.boolean(), assistant_name: z.string().optional() }),
  parent_message_id: z.string().nullable(),
  role: z.enum(['user', 'assistant']),
  content: z.array(contentItemReply),
  mentions: z.unknown(),
  document_ids: z.unknown(),
  additional_properties: z.looseObject({
    display_properties: z.looseObject({ skip_render: z.boolean(), is_async: z.boolean() }),
    is_interrupt: z.boolean(),
    /** The run ended before the message did. */
    is_incomplete: z.boolean().optional(),
  }),
  context: z.unknown(),
  step_history: z.array(stepHistoryEntry),
  message_state: anyObject.nullable(),
});

export type RequestContent = z.infer<typeof requestContent>;
export type RequestMessage = z.infer<typeof requestMessage>;
export type MessagePatch = z.infer<typeof messagePatch>;
export type Message = z.infer<typeof message>;
