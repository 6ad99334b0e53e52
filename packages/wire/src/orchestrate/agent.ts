import { z } from 'zod';
import { flag, timestamp, uuid } from './primitives.ts';

/** Query of `GET …/orchestrate/agents`; `names` and `ids` may come several times. */
export const agentListQuery = z.object({
  names: z.array(z.string()).optional().describe('Only agents of these names.'),
  ids: z.array(uuid).optional().describe('Only agents of these ids.'),
  include_hidden: flag.default(false).describe('Also those that no chat lists. Default false.'),
});

export const starterPrompt = z.object({
  id: z.string().describe('Unique in its agent.'),
  title: z.string().describe('What the button says.'),
  subtitle: z.string().describe('In smaller letters below it.'),
  prompt: z.string().describe('What is sent when it is chosen.'),
  state: z.enum(['active', 'inactive']).describe('Inactive ones are not shown.'),
});

export const welcomeContent = z.object({
  welcome_message: z.string().describe('The greeting.'),
  description: z.string().describe('What is said below it.'),
  is_default_message: z.boolean().describe('Whether the agent has no greeting of its own: the client uses its words.'),
});

/** There is one environment, `draft`: what the files say now. */
export const environment = z.object({
  id: z.string().describe('That of the agent, which has no other environment.'),
  name: z.literal('draft').describe('What the files say now.'),
  agent_id: z.string().describe('Whose environment it is.'),
  current_version: z.number().int().nullable().describe('Null: there are no versions.'),
  created_on: timestamp.describe("When the agent's file was made."),
  updated_at: timestamp.describe('When it was last changed.'),
});

export const environments = z.array(environment);

/** An agent as the server writes it. Visitors get neither instructions nor what it is made of. */
export const agent = z.looseObject({
  id: z.string().describe('Id of the agent.'),
  tenant_id: z.string().describe('The tenant that it belongs to.'),
  name: z.string().describe('Its name for programs.'),
  display_name: z.string().describe('Its name for people.'),
  description: z.string().describe('What it is for.'),
  kind: z.enum(['native', 'external']).describe('`external`: another server does the work.'),
  style: z.string().describe('How it thinks, in the words of its file.'),
  llm: z.string().describe('The model that answers.'),
  instructions: z.string().nullable().describe('What the model is told; null for visitors.'),
  guidelines: z.array(z.unknown()).describe('Rules, as the file has them; none for visitors.'),
  tools: z.array(z.string()).describe('Names of its tools; none for visitors.'),
  collaborators: z.array(z.string()).describe('Ids of the agents it may ask; none for visitors.'),
  knowledge_base: z.array(z.string()).describe('Names of what it may look into; none for visitors.'),
  context_access_enabled: z.boolean().describe('Whether it may see context variables.'),
  context_variables: z.array(z.string()).describe('Names of those that it may see.'),
  hide_reasoning: z.boolean().describe('Whether only operators see its steps.'),
  hidden: z.boolean().describe('Whether lists leave it out.'),
  environments: environments.describe('The one there is.'),
  additional_properties: z
    .object({
      icon: z.string().nullable().describe('An SVG image.'),
      starter_prompts: z
        .object({
          is_default_prompts: z.boolean().describe('Whether the agent has none of its own.'),
          customize: z.array(starterPrompt).describe('Those that it has.'),
        })
        .describe('What the agent proposes to ask.'),
      welcome_content: welcomeContent.describe('What is shown before the first message.'),
    })
    .describe('What a chat shows.'),
  created_on: timestamp.describe('When its file was made.'),
  updated_at: timestamp.describe('When its file was last changed.'),
});

export const agents = z.array(agent);

/** What a chat shows before the first message. */
export const starterSettings = z.object({
  id: z.string().describe('Id of the agent.'),
  tenant_id: z.string().describe('The tenant that it belongs to.'),
  created_by: z.string().nullable().describe('Null: the files know of no users.'),
  created_on: timestamp.describe("When the agent's file was made."),
  updated_at: timestamp.describe('When it was last changed.'),
  updated_by: z.string().nullable().describe('Null, for the same reason.'),
  starter_prompts: z
    .object({
      is_default_prompts: z.boolean().describe('Whether the agent has none of its own.'),
      prompts: z.array(starterPrompt).describe('Those that it has.'),
    })
    .describe('What the agent proposes to ask.'),
  welcome_content: welcomeContent
    .extend({ is_default_description: z.boolean().describe('As `is_default_message`.') })
    .describe('What is shown before the first message.'),
  chat_with_docs: z
    .object({ enabled: z.boolean().describe('Whether people may send files, which the agent then reads.') })
    .optional()
    .describe('Absent: no files.'),
});

export type Agent = z.infer<typeof agent>;
export type StarterPrompt = z.infer<typeof starterPrompt>;
export type StarterSettings = z.infer<typeof starterSettings>;
