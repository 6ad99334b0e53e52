import { createHash } from 'node:crypto';
import type { Engine } from '../../engine/engine.ts';
import { type Agent, ClewError, reaches, type Scope } from '../../model/index.ts';

const LONGEST = 63;

/**
 * The name of an agent on this wire, a label as RFC 1123 has it: lower case, everything else than letters, digits and dashes becomes a dash, at most 63
 * characters. A name of which nothing is left (other scripts) becomes `agent-` and a hash.
 */
export function labelOf(name: string): string {
  const label = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mn}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, LONGEST)
    .replace(/-+$/, '');
  return label || `agent-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

/** The agent of a name in a request: as the manifest has it, or as its file has it. Rejects with `agent_not_found`. */
export function agentNamed({ agents }: Engine, scope: Scope, name: string): Agent {
  const found = agents.find(name) ?? agents.list().find((agent) => labelOf(agent.name) === name);
  if (!found || !reaches(scope, found))
    throw new ClewError('agent_not_found', `There is no agent ${printable(name)}. GET /agents lists them.`);
  return found;
}

/** The first two of a project's agents that would have one label; undefined when each has one of its own. */
export function labelCollision(
  agents: readonly Pick<Agent, 'name'>[],
): { readonly label: string; readonly names: readonly [string, string] } | undefined {
  const taken = new Map<string, string>();
  for (const { name } of agents) {
    const label = labelOf(name);
    const other = taken.get(label);
    if (other !== undefined) return { label, names: [other, name] };
    taken.set(label, name);
  }
  return undefined;
}

function printable(name: string): string {
  return JSON.stringify(name.toWellFormed().slice(0, 100));
}
