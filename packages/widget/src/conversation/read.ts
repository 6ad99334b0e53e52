import type { Agent, Client, Run } from '@clew/wire/client';
import { NO_ANSWER } from '../transcript/answer.ts';
import { type Entry, entriesOf, type State } from './state.ts';

/** Where to go: a thread, or the beginning of a conversation with an agent (id or name; default: the server's). */
export interface Place {
  readonly threadId?: string | undefined;
  readonly agent?: string | undefined;
}

export type Found = Pick<State, 'agents' | 'agent' | 'welcome' | 'entries'> & {
  /** The run of the thread that is worked on: its reply is not among the entries. */
  readonly openRun: Run | undefined;
};

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
  const wanted = thread?.agent_id ?? named;
  const offered = all.filter((agent) => !agent.hidden);
  const agent =
    all.find(({ id, name }) => id === wanted || name === wanted) ?? (await defaultOf(offered, client, signal));
  const welcome = agent && !thread ? await client.starterSettings(agent.id, options) : undefined;
  const agents = agent?.hidden ? [...offered, agent] : offered;
  const last = runs?.data[0];
  const openRun = last?.status === 'pending' || last?.status === 'running' ? last : undefined;
  const stored = entriesOf(messages, agent?.display_name ?? '');
  const entries = openRun
    ? toLastQuestion(stored)
    : last?.status === 'failed'
      ? withFailure(stored, last, agent)
      : stored;
  return { agents, agent, welcome, entries, openRun };
}

async function defaultOf(agents: readonly Agent[], client: Client, signal: AbortSignal): Promise<Agent | undefined> {
  if (agents.length < 2) return agents[0];
  const { id } = await client.starterSettings(undefined, { signal });
  return agents.find((agent) => agent.id === id) ?? agents[0];
}

/** Without the reply that is still being given. */
function toLastQuestion(entries: readonly Entry[]): readonly Entry[] {
  return entries.slice(0, entries.findLastIndex(({ kind }) => kind === 'question') + 1);
}

/** A run that failed left no message that says so. */
function withFailure(entries: readonly Entry[], run: Run, agent: Agent | undefined): readonly Entry[] {
  const last = entries.at(-1);
  const problem = run.last_error ?? undefined;
  const failed = { phase: 'failed', problem, runId: run.id } as const;
  if (last?.kind === 'reply') return [...entries.slice(0, -1), { ...last, answer: { ...last.answer, ...failed } }];
  const reply: Entry = {
    kind: 'reply',
    key: `${last?.key}-reply`,
    agent: agent?.display_name ?? '',
    answer: { ...NO_ANSWER, ...failed },
  };
  return [...entries, reply];
}
