import { z } from 'zod';
import { address, anyObject, time } from './primitives.ts';

/**
 * Where something comes from. `start_index` and `end_index` count Unicode code points over the text parts of the message. Without a range and
 * without content: an icon at the part's place; with content: about that content.
 */
export const citation = z.looseObject({
  kind: z.literal('citation'),
  start_index: z
    .number()
    .int()
    .nullish()
    .describe('First code point of the text parts of the message that it is about.'),
  end_index: z.number().int().nullish().describe('The code point after the last one.'),
  url: z.string().nullish().describe('Where it is from.'),
  title: z.string().nullish().describe('What the source is called.'),
  description: z.string().nullish().describe('A passage of the source, or about it.'),
});

/** A step of the agent: a thought, or a call of a tool. */
export const trajectory = z.looseObject({
  kind: z.literal('trajectory'),
  message: z.string().nullish().describe('What is done, for people.'),
  tool_name: z.string().nullish().describe('The tool that was called; absent for a thought.'),
  tool_input: anyObject.nullish().describe('What it was given.'),
  tool_output: anyObject.nullish().describe('What it gave back; `error` when it failed.'),
});

/** A piece of a message: `content`, `content_url` or neither. A `name` makes it an artifact. Members that are not listed are kept. */
export const part = z
  .looseObject({
    name: z.string().nullish().describe('Makes the part an artifact, and is its name.'),
    content_type: z.string().nullish().describe('Media type. Default `text/plain`.'),
    content: z.string().nullish().describe('Text, or bytes in base64.'),
    content_encoding: z.enum(['plain', 'base64']).nullish().describe('How `content` is to be read. Default `plain`.'),
    content_url: address.nullish().describe('Where the content is, instead of `content`.'),
    metadata: z
      .discriminatedUnion('kind', [citation, trajectory])
      .nullish()
      .describe('What the part is beside its content: a citation, or a step of the agent.'),
  })
  .refine(
    ({ content, content_url }) => content == null || content_url == null,
    'only one of content and content_url may be there',
  );

export const role = z.string().regex(/^(user|agent(\/[a-zA-Z0-9_-]+)?)$/, 'must be user, agent or agent/{name}');

/** A message, as clients send it and as the server writes it. */
export const message = z.object({
  role: role.nullish().describe('`user`, `agent` or `agent/{name}`. Default `user`.'),
  parts: z.array(part).describe('What it consists of, in order.'),
  created_at: time.nullish().describe('When it was begun.'),
  completed_at: time.nullish().describe('Null while the message is being said, and for ever if its run ended first.'),
});

export type Citation = z.infer<typeof citation>;
export type Trajectory = z.infer<typeof trajectory>;
export type MessagePart = z.infer<typeof part>;
export type Message = z.infer<typeof message>;
