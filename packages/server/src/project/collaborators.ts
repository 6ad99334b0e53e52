import type { LoadedAgent } from './agents.ts';
import { place } from './check.ts';
import type { Finding } from './project.ts';

/**
 * The agents without those that close a circle of collaborators: an agent that leads back to itself would be asked for ever. Each of them gets a finding at the
 * name that closes the circle, which is spelled out.
 */
export function withoutCycles(agents: readonly LoadedAgent[], findings: Finding[]): LoadedAgent[] {
  let left = [...agents];
  for (;;) {
    const cycle = findCycle(left);
    const last = cycle?.at(-1);
    if (!cycle || !last) return left;
    const next = cycle[0] as LoadedAgent;
    const names = [...cycle, next].map(({ entry }) => entry.agent.name);
    const index = last.entry.agent.collaborators.indexOf(next.entry.agent.name);
    findings.push(
      ...place(last.places, [
        {
          severity: 'error',
          path: ['collaborators', index],
          message: `The collaborators go round in a circle: ${names.join(' → ')}; this file is left out.`,
          fix: `Remove \`${next.entry.agent.name}\` here, or break the circle elsewhere.`,
        },
      ]),
    );
    left = left.filter((one) => one !== last);
  }
}

/** Agents each of which has the next one as a collaborator, and the last one the first. */
function findCycle(agents: readonly LoadedAgent[]): LoadedAgent[] | undefined {
  const byName = new Map(agents.map((one) => [one.entry.agent.name, one]));
  const done = new Set<LoadedAgent>();
  const path: LoadedAgent[] = [];

  function visit(one: LoadedAgent): LoadedAgent[] | undefined {
    const at = path.indexOf(one);
    if (at !== -1) return path.slice(at);
    if (done.has(one)) return undefined;
    path.push(one);
    for (const name of one.entry.agent.collaborators) {
      const next = byName.get(name);
      const found = next && visit(next);
      if (found) return found;
    }
    path.pop();
    done.add(one);
    return undefined;
  }

  for (const one of agents) {
    const found = visit(one);
    if (found) return found;
  }
  return undefined;
}
