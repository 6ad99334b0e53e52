import { z } from 'zod';
import { anyObject, timestamp } from './primitives.ts';

const person = z.object({
  name: z.string().describe('Of a person or an organisation.'),
  email: z.string().nullish().describe('Where to write to.'),
  url: z.string().nullish().describe('A page about it.'),
});

/** What an agent says of itself. Members that are not listed are kept. */
export const metadata = z.looseObject({
  annotations: anyObject
    .nullish()
    .describe('Hints for certain programs; `beeai_ui` for chats: `display_name`, `user_greeting`, `tools`.'),
  documentation: z.string().nullish().describe('About the agent, as Markdown.'),
  license: z.string().nullish().describe('Identifier of SPDX.'),
  programming_language: z.string().nullish().describe('What the agent is written in.'),
  natural_languages: z.array(z.string()).nullish().describe('Languages it speaks, ISO 639-1.'),
  framework: z.string().nullish().describe('What it runs on.'),
  capabilities: z
    .array(
      z.object({
        name: z.string().describe('In a few words.'),
        description: z.string().describe('In a sentence; of a starter prompt, what it says.'),
      }),
    )
    .nullish()
    .describe('What it can do; its starter prompts are among them.'),
  domains: z.array(z.string()).nullish().describe('What it is about.'),
  tags: z.array(z.string()).nullish().describe('Words to find it by.'),
  created_at: timestamp.nullish().describe('When its file was made.'),
  updated_at: timestamp.nullish().describe('When its file was last changed.'),
  author: person.nullish().describe('Who made it.'),
  contributors: z.array(person).nullish().describe('Who else did.'),
  links: z
    .array(
      z.object({
        type: z.enum(['source-code', 'container-image', 'homepage', 'documentation']).describe('What is there.'),
        url: z.url().describe('Where it is.'),
      }),
    )
    .nullish()
    .describe('Where to find more.'),
  dependencies: z
    .array(
      z.object({
        type: z.enum(['agent', 'tool', 'model']).describe('What it is.'),
        name: z.string().describe('What it is called.'),
      }),
    )
    .nullish()
    .describe('What it needs: tools, and other agents.'),
  recommended_models: z.array(z.string()).nullish().describe('Models it works well with.'),
});

/** An agent as others find it. */
export const manifest = z.object({
  name: z.string().describe('A label as RFC 1123 has it; requests name the agent by it.'),
  description: z.string().describe('What the agent is for.'),
  input_content_types: z.array(z.string()).min(1).describe('Media types it takes; `*/*` for any.'),
  output_content_types: z.array(z.string()).min(1).describe('Media types it may answer with.'),
  metadata: metadata.describe('What the agent says of itself. Members that are not listed are kept.'),
  status: z
    .object({
      avg_run_time_seconds: z
        .number()
        .optional()
        .describe('From the first start to the end, waiting for people included.'),
      success_rate: z
        .number()
        .optional()
        .describe('0 to 100: those of the runs that did not fail. Cancelled ones do not count.'),
    })
    .describe('Measured over the newest ended runs; members without a measurement are absent.'),
});

export const agentList = z.object({ agents: z.array(manifest).describe('By name, without hidden ones.') });

/** Query of `GET /agents`. Without `limit` all agents, as the reference server does. */
export const agentsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(1_000).describe('At most this many.'),
  offset: z.coerce.number().int().min(0).default(0).describe('Pass over this many.'),
});

export type Metadata = z.infer<typeof metadata>;
export type Manifest = z.infer<typeof manifest>;
