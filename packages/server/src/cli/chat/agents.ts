import type { Agent, Client } from '@clew/wire/client';
import { EXIT } from '../exit-codes.ts';
import { Failure } from '../failure.ts';

/** The agent of that name, display name or id. Fails with the names that there are. */
export async function findAgent(client: Client, wanted: string): Promise<Agent> {
  const agents = await client.agents({ includeHidden: true });
  const plain = wanted.toLowerCase();
  const found =
    agents.find(({ name }) => name === wanted) ??
    agents.find(({ id, name, display_name }) => [id, name, display_name].some((text) => text.toLowerCase() === plain));
  if (found) return found;
  throw noSuchAgent(
    wanted,
    agents.filter(({ hidden }) => !hidden).map(({ name }) => name),
  );
}

/** `names`: the agents that there are. */
export function noSuchAgent(wanted: string, names: readonly string[]): Failure {
  const known =
    names.length === 0
      ? 'The project has no working agent; "clew agents check" says why.'
      : `There are: ${names.join(', ')}.`;
  return new Failure(EXIT.failed, `There is no agent "${wanted}". ${known}`);
}
