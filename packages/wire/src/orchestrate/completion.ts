import { z } from 'zod';
import { requestContent } from './message.ts';
import { anyObject, uuidOrNone } from './primitives.ts';

/** Body of `POST …/orchestrate/{agent_id}/chat/completions`. Members that are not listed are ignored. */
export const completionRequest = z.looseObject({
  /** The last one is from the user and is answered; earlier ones become the history of a new thread. */
  messages: z.array(z.looseObject({ role: z.string(), content: requestContent.nullish() })).min(1),
  stream: z.boolean().nullish(),
  /** Goes on in a thread; header `X-IBM-THREAD-ID` means the same. */
  thread_id: uuidOrNone,
  context: anyObject.nullish(),
  additional_parameters: anyObject.nullish(),
});

/** Reply without `stream`. */
export const completion = z.object({
  id: z.string(),
  object: z.literal('chat.completion'),
  created: z.number().int(),
  model: z.string(),
  thread_id: z.string(),
  run_id: z.string(),
  choices: z.array(
    z.object({
      index: z.number().int(),
      message: z.object({ role: z.literal('assistant'), content: z.string() }),
      finish_reason: z.literal('stop'),
    }),
  ),
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
