import type { Agent, JsonObject } from '../../model/index.ts';
import type { AgentDirectory } from '../../ports/index.ts';

/** Where agents find those that they hand over to. */
export type Colleagues = Pick<AgentDirectory, 'find' | 'runtime'>;

/** An agent that another one may hand over to. */
export interface Collaborator {
  /** Its name as a tool, `chat_with_collaborator_<name>`: that of the step, too. Source: the steps that watsonx Orchestrate shows. */
  readonly toolName: string;
  readonly agent: Agent;
}

/** What a model writes to hand over. */
export const HAND_OFF_SCHEMA = {
  type: 'object',
  properties: {
    message: {
      type: 'string',
      description:
        'What the agent is to do, in one message. It does not see the conversation: say everything that it has to know.',
    },
  },
  required: ['message'],
  additionalProperties: false,
} as const satisfies JsonObject;

/** Longest name of a tool that every provider of models takes. */
const LONGEST_NAME = 64;

/** The collaborators of an agent that the project has, with names that no two share. */
export function collaboratorsOf(
  { collaborators }: Pick<Agent, 'collaborators'>,
  colleagues: Colleagues,
): Collaborator[] {
  const taken = new Set<string>();
  return [...new Set(collaborators)].flatMap((name) => {
    const agent = colleagues.find(name);
    if (!agent) return [];
    const plain = `chat_with_collaborator_${agent.name.replace(/[^\w-]/g, '_')}`.slice(0, LONGEST_NAME);
    let toolName = plain;
    for (let n = 2; taken.has(toolName); n += 1) toolName = `${plain.slice(0, LONGEST_NAME - 4)}_${n}`;
    taken.add(toolName);
    return [{ toolName, agent }];
  });
}

/** What a model is told of a collaborator. */
export function describeCollaborator({ displayName, description }: Agent): string {
  return `Asks the agent ${displayName}, and gives back its answer. ${description}`.trim();
}
