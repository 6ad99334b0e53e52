import { validate as isUuid, v5 } from 'uuid';
import type { Agent, JsonObject, StarterPrompt } from '../model/index.ts';
import type { AgentFields } from './agent-fields.ts';
import type { RemoteAgent } from './project.ts';
import type { Places } from './yaml.ts';

/** Namespace of agent ids (RFC 9562, version 5). Fixed for ever: ids that clients keep depend on it. */
const AGENT_NAMESPACE = '5f0c5f4e-3a57-4d0e-9d0a-6c1e7c1b8a42';

/** The model of an agent that names none. */
export const DEFAULT_LLM = 'clew/guide';

/** What stands in the place of a model for agents that work at another server: over ACP, A2A, or chat completions. */
export const EXTERNAL_LLM = 'external/acp';
export const EXTERNAL_A2A_LLM = 'external/a2a';
export const EXTERNAL_CHAT_LLM = 'external/chat';

/** An agent whose fields are valid. */
export interface AgentDraft {
  readonly name: string;
  readonly llm: string;
  readonly fields: AgentFields;
  /** The whole file, validated. */
  readonly spec: JsonObject;
  /** Code agents: the function to call for each turn. */
  readonly run?: unknown;
  /** External agents: where they are. */
  readonly remote?: RemoteAgent;
  readonly places: Places;
}

/** The id of an agent: the UUID in its file, else one that is made from its name. */
function agentId({ name, fields: { id } }: Pick<AgentDraft, 'name' | 'fields'>): string {
  return id && isUuid(id) ? id.toLowerCase() : v5(name, AGENT_NAMESPACE);
}

/** The agent as the rest of the server knows it. */
export function toAgent(draft: AgentDraft, times: Pick<Agent, 'createdAt' | 'updatedAt'>): Agent {
  const { name, llm, spec, fields } = draft;
  const prompts = fields.starter_prompts;
  const welcome = fields.welcome_content;
  return {
    id: agentId(draft),
    name,
    displayName: fields.display_name ?? name,
    description: fields.description ?? '',
    instructions: fields.instructions ?? '',
    llm,
    style: fields.style ?? 'default',
    hidden: fields.hidden ?? false,
    starterPrompts: (prompts?.prompts ?? []).map(toPrompt),
    hasOwnPrompts: !!prompts && !prompts.is_default_prompts,
    welcome: {
      message: welcome?.welcome_message ?? '',
      description: welcome?.description ?? '',
      isDefault: welcome?.is_default_message ?? !welcome,
    },
    contextAccess: fields.context_access_enabled ?? true,
    contextVariables: fields.context_variables ?? [],
    knowledgeBases: fields.knowledge_base ?? [],
    tools: fields.tools ?? [],
    collaborators: fields.collaborators ?? [],
    hideReasoning: fields.hide_reasoning ?? false,
    ...(fields.double_texting ? { doubleTexting: fields.double_texting } : {}),
    icon: fields.icon ?? null,
    spec,
    createdAt: times.createdAt,
    updatedAt: times.updatedAt,
  };
}

type PromptFields = NonNullable<AgentFields['starter_prompts']>['prompts'][number];

function toPrompt(prompt: PromptFields, index: number): StarterPrompt {
  return {
    id: String(prompt.id ?? index + 1),
    title: prompt.title,
    subtitle: prompt.subtitle ?? '',
    prompt: prompt.prompt,
    state: prompt.state === 'inactive' ? 'inactive' : 'active',
  };
}
