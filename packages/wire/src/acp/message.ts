import { z } from 'zod';
import { address, anyObject, time } from './primitives.ts';

/**
 * Where something comes from. `start_index` and `end_index` count Unicode code points over the text parts of the message. Without a range and
 * without content: an icon at the part's place; with content: about that content.
 */
export const citation = z.looseObject({
  kind: z.literal('citation'),
  start_index: z.number().int().nullish(),
  end_index: z.number().int().nullish(),
  url: z.string().nullish(),
  title: z.string().nullish(),
  description: z.string().nullish(),
});

/** A step of the agent: a thought, or a call of a tool. */
export const trajectory = z.looseObject({
  kind: z.literal('trajectory'),
  message: z.string().nullish(),
  tool_name: z.string().nullish(),
  tool_input: anyObject.nullish(),
  tool_output: anyObject.nullish(),
});

/** A piece of a message: `content`, `content_url` or neither. A `name` makes it an artifact. Members that are not listed are kept. */
export const part = z
  .looseObject({
    name: z.string().nullish(),
    content_type: z.string().nullish(),
    content: z.string().nullish(),
    content_encoding: z.enum(['plain', 'base64']).nullish(),
    content_url: address.nullish(),
    metadata: z.discriminatedUnion('kind', [citation, trajectory]).nullish(),
  })
  .refine(
    ({ content, content_url }) => content == null || content_url == null,
    'only one of content and content_url may be there',
  );

export const role = z.string().regex(/^(user|agent(\/[a-zA-Z0-9_-]+)?)$/, 'must be user, agent or agent/{name}');

/** A message, as clients send it and as the server writes it. */
export const message = z.object({
  /** Default `user`. */
  role: role.nullish(),
  parts: z.array(part),
  created_at: time.nullish(),
  /** Null while the message is being said, and for ever if its run ended first. */
  completed_at: time.nullish(),
});

export type Citation = z.infer<typeof citation>;
export type Trajectory = z.infer<typeof trajectory>;
export type MessagePart = z.infer<typeof part>;
export type Message = z.infer<typeof message>;
