import { z } from 'zod';
import { requestContent } from './message.ts';
import { anyObject, uuidOrNone } from './primitives.ts';
import { tokenUsage } from './run.ts';

/** Body of `POST …/orchestrate/{agent_id}/chat/completions`. Members that are not listed are ignored. */
export const completionRequest = z.looseObject({
  messages: z
    .array(
      z.looseObject({
        role: z.string().describe('`user` or `assistant`; others are passed over.'),
        content: requestContent.nullish().describe('The text, or its pieces.'),
      }),
    )
    .min(1)
    .describe('The last one is from the user and is answered; earlier ones become the history of a new thread.'),
  stream: z.boolean().nullish().describe('Answer with server-sent events. Default false.'),
  thread_id: uuidOrNone.describe('Goes on in a thread; header `X-IBM-THREAD-ID` means the same.'),
  context: anyObject.nullish().describe('Variables for the agent, which sees those that its file declares.'),
  additional_parameters: anyObject.nullish().describe('Kept with the run.'),
});

/** Reply without `stream`. */
export const completion = z.object({
  id: z.string().describe('Id of the run.'),
  object: z.literal('chat.completion'),
  created: z.number().int().describe('Seconds since 1970.'),
  model: z.string().describe('The model that answered.'),
  thread_id: z.string().describe('The thread to go on in.'),
  run_id: z.string().describe('Id of the run.'),
  choices: z
    .array(
      z.object({
        index: z.number().int().describe('0.'),
        message: z
          .object({ role: z.literal('assistant'), content: z.string().describe('The texts of all its messages.') })
          .describe('The answer.'),
        finish_reason: z.literal('stop'),
      }),
    )
    .describe('Exactly one.'),
  usage: tokenUsage.optional().describe('Tokens that models used, for signed-in people.'),
});

/** `data:` of one event of the stream; the last is the word `[DONE]`. */
export const completionChunk = z.object({
  id: z.string(),
  object: z.literal('thread.message.delta'),
  created: z.number().int(),
  model: z.string(),
  thread_id: z.string(),
  choices: z.array(
    z.object({
      index: z.number().int(),
      delta: z.object({ role: z.literal('assistant').optional(), content: z.string().optional() }),
      finish_reason: z.literal('stop').nullable(),
    }),
  ),
});

export type CompletionRequest = z.infer<typeof completionRequest>;
export type Completion = z.infer<typeof completion>;
export type CompletionChunk = z.infer<typeof completionChunk>;
