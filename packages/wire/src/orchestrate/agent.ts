import { z } from 'zod';
import { flag, timestamp, uuid } from './primitives.ts';

/** Query of `GET …/orchestrate/agents`; `names` and `ids` may come several times. */
export const agentListQuery = z.object({
  names: z.array(z.string()).optional(),
  ids: z.array(uuid).optional(),
  include_hidden: flag.default(false),
});

export const starterPrompt = z.object({
  id: z.string(),
  title: z.string(),
  subtitle: z.string(),
  prompt: z.string(),
  state: z.enum(['active', 'inactive']),
});

export const welcomeContent = z.object({
  welcome_message: z.string(),
  description: z.string(),
  is_default_message: z.boolean(),
});

/** There is one environment, `draft`: what the files say now. */
export const environment = z.object({
  id: z.string(),
  name: z.literal('draft'),
  agent_id: z.string(),
  current_version: z.number().int().nullable(),
  created_on: timestamp,
  updated_at: timestamp,
});

export const environments = z.array(environment);

/** An agent as the server writes it. Visitors get neither instructions nor what it is made of. */
export const agent = z.looseObject({
  id: z.string(),
  tenant_id: z.string(),
  name: z.string(),
  display_name: z.string(),
  description: z.string(),
  kind: z.literal('native'),
  style: z.string(),
  llm: z.string(),
  instructions: z.string().nullable(),
  guidelines: z.array(z.unknown()),
  tools: z.array(z.string()),
  collaborators: z.array(z.string()),
  knowledge_base: z.array(z.string()),
  context_access_enabled: z.boolean(),
  context_variables: z.array(z.string()),
  hide_reasoning: z.boolean(),
  hidden: z.boolean(),
  environments,
  additional_properties: z.object({
    icon: z.string().nullable(),
    starter_prompts: z.object({ is_default_prompts: z.boolean(), customize: z.array(starterPrompt) }),
    welcome_content: welcomeContent,
  }),
  created_on: timestamp,
  updated_at: timestamp,
});

export const agents = z.array(agent);

/** What a chat shows before the first message. */
export const starterSettings = z.object({
  id: z.string(),
  tenant_id: z.string(),
  created_by: z.string().nullable(),
  created_on: timestamp,
  updated_at: timestamp,
  updated_by: z.string().nullable(),
  starter_prompts: z.object({ is_default_prompts: z.boolean(), prompts: z.array(starterPrompt) }),
  welcome_content: welcomeContent.extend({ is_default_description: z.boolean() }),
});

export type Agent = z.infer<typeof agent>;
export type StarterPrompt = z.infer<typeof starterPrompt>;
export type StarterSettings = z.infer<typeof starterSettings>;
