import { z } from 'zod';
import { contentItem, contentItemReply, stepHistoryEntry } from './content.ts';
import { anyObject, timestamp } from './primitives.ts';

/** The text of a message, or its pieces. */
export const requestContent = z.union([z.string(), z.array(z.union([z.string(), contentItem]))], {
  error: (issue) => (issue.input === undefined ? undefined : 'Input should be a string or a list of content items'),
});

/** A message that starts a run or answers one. */
export const requestMessage = z.looseObject({
  id: z
    .string()
    .max(255)
    .nullish()
    .describe(
      "A client's own id for the message: makes sending it again harmless. A UUID becomes the id of the stored message.",
    ),
  role: z.string().nullish().describe('`user`; `human` is read as the same.'),
  content: requestContent.describe('The text, or its pieces.'),
});

/** Body of `PATCH …/threads/{thread_id}/messages/{message_id}`: absent members stay as they are. */
export const messagePatch = z.looseObject({
  content: requestContent.optional().describe('The new text, or its pieces.'),
  message_state: anyObject.nullish().describe('What the client keeps on the message: feedback, or anything else.'),
  additional_properties: anyObject.nullish().describe('Kept and given back.'),
});

/** A message as the server writes it. */
export const message = z.looseObject({
  id: z.string().describe('Id of the message.'),
  tenant_id: z.string().describe('The tenant that it belongs to.'),
  created_by: z.string().describe('Id of the person whose thread it is.'),
  created_by_username: z.string().describe('Name of that person.'),
  created_on: timestamp.describe('When it was begun.'),
  updated_at: timestamp.describe('When it was last changed.'),
  thread_id: z.string().describe('The thread it stands in.'),
  assistant: z
    .looseObject({
      is_default: z.boolean().describe('True: there is one assistant.'),
      assistant_name: z.string().optional().describe('Name of the agent; absent for people.'),
    })
    .describe('Who answered.'),
  parent_message_id: z.string().nullable().describe('The message that it answers.'),
  role: z.enum(['user', 'assistant']).describe('Who said it.'),
  content: z.array(contentItemReply).describe('What was said, in items.'),
  mentions: z.unknown().describe('As the client sent it.'),
  document_ids: z.unknown().describe('As the client sent it.'),
  additional_properties: z
    .looseObject({
      display_properties: z
        .looseObject({
          skip_render: z.boolean().describe('Whether not to show it.'),
          is_async: z.boolean().describe('Whether it comes on its own.'),
        })
        .describe('Hints for clients.'),
      is_interrupt: z.boolean().describe('Whether the run waits for an answer to it.'),
      is_incomplete: z.boolean().optional().describe('The run ended before the message did.'),
    })
    .describe('About its display; others as the client sent them.'),
  context: z.unknown().describe('As the client sent it.'),
  step_history: z.array(stepHistoryEntry).describe('What happened on the way to it.'),
  message_state: anyObject.nullable().describe('What clients keep on the message.'),
});

export type RequestContent = z.infer<typeof requestContent>;
export type RequestMessage = z.infer<typeof requestMessage>;
export type MessagePatch = z.infer<typeof messagePatch>;
export type Message = z.infer<typeof message>;
