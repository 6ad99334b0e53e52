import { z } from 'zod';
import { anyObject, timestamp } from './primitives.ts';

const person = z.object({ name: z.string(), email: z.string().nullish(), url: z.string().nullish() });

/** What an agent says of itself. Members that are not listed are kept. */
export const metadata = z.looseObject({
  annotations: anyObject.nullish(),
  documentation: z.string().nullish(),
  license: z.string().nullish(),
  programming_language: z.string().nullish(),
  natural_languages: z.array(z.string()).nullish(),
  framework: z.string().nullish(),
  capabilities: z.array(z.object({ name: z.string(), description: z.string() })).nullish(),
  domains: z.array(z.string()).nullish(),
  tags: z.array(z.string()).nullish(),
  created_at: timestamp.nullish(),
  updated_at: timestamp.nullish(),
  author: person.nullish(),
  contributors: z.array(person).nullish(),
  links: z
    .array(z.object({ type: z.enum(['source-code', 'container-image', 'homepage', 'documentation']), url: z.url() }))
    .nullish(),
  dependencies: z.array(z.object({ type: z.enum(['agent', 'tool', 'model']), name: z.string() })).nullish(),
  recommended_models: z.array(z.string()).nullish(),
});

/** An agent as others find it. */
export const manifest = z.object({
  /** A label as RFC 1123 has it. */
  name: z.string(),
  description: z.string(),
  input_content_types: z.array(z.string()).min(1),
  output_content_types: z.array(z.string()).min(1),
  metadata,
  /** Measured over the newest ended runs; members without a measurement are absent. */
  status: z.object({
    avg_run_time_seconds: z.number().optional(),
    /** 0 to 100. */
    success_rate: z.number().optional(),
  }),
});

export const agentList = z.object({ agents: z.array(manifest) });

/** Query of `GET /agents`. Without `limit` all agents, as the reference server does. */
export const agentsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(1_000),
  offset: z.coerce.number().int().min(0).default(0),
});

export type Metadata = z.infer<typeof metadata>;
export type Manifest = z.infer<typeof manifest>;
