import { isUuid, type StarterSettings, type Agent as WireAgent } from '@clew/wire/orchestrate';
import type { Engine } from '../../engine/engine.ts';
import { type Agent, ClewError, chatsWithDocs, maySee, type Scope } from '../../model/index.ts';
import { invalid } from './requests.ts';
import { isoTime } from './times.ts';

/** An agent as this wire has it. Visitors of a page are not told how it is made. */
export function encodeAgent(agent: Agent, scope: Scope, agents: Engine['agents']): WireAgent {
  const inside = maySee(scope.audience, 'user');
  return {
    id: agent.id,
    tenant_id: scope.tenantId,
    name: agent.name,
    display_name: agent.displayName,
    description: agent.description,
    kind: agent.spec.kind === 'external' ? 'external' : 'native',
    style: agent.style,
    llm: inside ? agent.llm : '',
    instructions: inside ? agent.instructions : null,
    guidelines: inside && Array.isArray(agent.spec.guidelines) ? [...agent.spec.guidelines] : [],
    tools: inside ? [...agent.tools] : [],
    collaborators: inside ? agent.collaborators.map((name) => agents.find(name)?.id ?? name) : [],
    knowledge_base: inside ? [...agent.knowledgeBases] : [],
    context_access_enabled: agent.contextAccess,
    context_variables: [...agent.contextVariables],
    hide_reasoning: agent.hideReasoning,
    hidden: agent.hidden,
    environments: encodeEnvironments(agent),
    additional_properties: {
      icon: agent.icon,
      starter_prompts: { is_default_prompts: !agent.hasOwnPrompts, customize: [...agent.starterPrompts] },
      welcome_content: {
        welcome_message: agent.welcome.message,
        description: agent.welcome.description,
        is_default_message: agent.welcome.isDefault,
      },
    },
    ...timesOf(agent),
  };
}

/** The environments of an agent: one, which has the agent's id, since nothing else tells it apart. */
export function encodeEnvironments(agent: Agent): WireAgent['environments'] {
  return [{ id: agent.id, name: 'draft', agent_id: agent.id, current_version: null, ...timesOf(agent) }];
}

/** What a chat with the agent shows first; without an agent, that the client should greet in its own words. */
export function encodeStarterSettings(agent: Agent | undefined, id: string, scope: Scope): StarterSettings {
  const isDefault = agent?.welcome.isDefault ?? true;
  return {
    id: agent?.id ?? id,
    tenant_id: scope.tenantId,
    created_by: null,
    ...timesOf(agent ?? { createdAt: 0, updatedAt: 0 }),
    updated_by: null,
    starter_prompts: { is_default_prompts: !agent?.hasOwnPrompts, prompts: [...(agent?.starterPrompts ?? [])] },
    welcome_content: {
      welcome_message: agent?.welcome.message ?? '',
      description: agent?.welcome.description ?? '',
      is_default_message: isDefault,
      is_default_description: isDefault,
    },
    ...(agent && chatsWithDocs(agent) ? { chat_with_docs: { enabled: true } } : {}),
  };
}

function timesOf({ createdAt, updatedAt }: Pick<Agent, 'createdAt' | 'updatedAt'>) {
  return { created_on: isoTime(createdAt), updated_at: isoTime(updatedAt) };
}

/**
 * The id of the agent that a request means. The API knows ids only; a name is taken as well where it is one, since people type names.
 * Rejects with `agent_not_found` for an id nobody has, and with `invalid_request` for a text that is neither.
 */
export function agentOf(engine: Engine, idOrName: string, place: readonly (string | number)[]): string {
  const found = engine.agents.find(isUuid(idOrName) ? idOrName.toLowerCase() : idOrName);
  if (found) return found.id;
  if (isUuid(idOrName)) throw new ClewError('agent_not_found');
  throw invalid(place, 'Input should be a valid UUID, or the name of an agent', 'uuid_parsing');
}
