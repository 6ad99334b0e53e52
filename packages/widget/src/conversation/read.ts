import type { Agent, Client, Message, Run, StarterSettings } from '@clew/wire/client';

/** Where to go: a thread, or the beginning of a conversation with an agent (id or name; default: the server's). */
export interface Place {
  readonly threadId?: string | undefined;
  readonly agent?: string | undefined;
}

export interface Found {
  /** Those a reader may choose from. */
  readonly agents: readonly Agent[];
  /** Undefined: there is none, or none of that name. */
  readonly agent: Agent | undefined;
  readonly starters: StarterSettings | undefined;
  readonly messages: readonly Message[];
  /** The newest run of the thread. */
  readonly lastRun: Run | undefined;
}

/** Reads what a place shows. Rejects as the client does. */
export async function readPlace(
  client: Client,
  { threadId, agent: named }: Place,
  signal: AbortSignal,
): Promise<Found> {
  const options = { signal };
  const [all, thread, messages, runs] = await Promise.all([
    client.agents({ includeHidden: true }, options),
    threadId === undefined ? undefined : client.thread(threadId, options),
    threadId === undefined ? [] : client.messages(threadId, options),
    threadId === undefined ? undefined : client.listRuns({ threadId, limit: 1 }, options),
  ]);
  const find = (wanted: string | null | undefined) =>
    wanted ? all.find(({ id, name }) => id === wanted || name === wanted) : undefined;
  const offered = all.filter((agent) => !agent.hidden);
  const agent = find(thread?.agent_id) ?? find(named) ?? (named ? undefined : await defaultOf(offered, client, signal));
  const starters = agent && (await client.starterSettings(agent.id, options));
  const agents = agent?.hidden ? [...offered, agent] : offered;
  return { agents, agent, starters, messages, lastRun: runs?.data[0] };
}

async function defaultOf(agents: readonly Agent[], client: Client, signal: AbortSignal): Promise<Agent | undefined> {
  if (agents.length < 2) return agents[0];
  const { id } = await client.starterSettings(undefined, { signal });
  return agents.find((agent) => agent.id === id) ?? agents[0];
}
