import type { Agent } from '../model/index.ts';
import type { Remark } from './check.ts';
import { nearest } from './nearest.ts';
import type { Path } from './yaml.ts';

/** The names that agents can refer to. */
export interface Names {
  readonly agents: readonly string[];
  readonly knowledgeBases: readonly string[];
  readonly models: readonly string[];
}

/** What an agent refers to and does not exist. It is used all the same: it can say itself that it knows nothing. */
export function brokenReferences(agent: Agent, names: Names): Remark[] {
  const found: Remark[] = [];
  const missing = (path: Path, message: string, near: string | undefined, fix: string) =>
    found.push({ severity: 'warning', path, message, fix: near ? `Did you mean \`${near}\`?` : fix });

  for (const [index, name] of agent.knowledgeBases.entries()) {
    if (names.knowledgeBases.includes(name)) continue;
    const fix = 'Make a file for it in `knowledge_bases/`, or remove the name.';
    missing(
      ['knowledge_base', index],
      `There is no working knowledge base \`${name}\`.`,
      nearest(name, names.knowledgeBases),
      fix,
    );
  }
  for (const [index, name] of agent.collaborators.entries()) {
    if (names.agents.includes(name)) continue;
    const others = names.agents.filter((other) => other !== agent.name);
    missing(
      ['collaborators', index],
      `There is no working agent \`${name}\`.`,
      nearest(name, others),
      'Make a file for it in `agents/`, or remove the name.',
    );
  }
  if (agent.llm !== 'code' && !names.models.includes(agent.llm)) {
    const message = `There is no model \`${agent.llm}\`, so that runs of this agent fail.`;
    missing(['llm'], message, nearest(agent.llm, names.models), `Use one of ${names.models.join(', ')}.`);
  }
  return found;
}
