import type { Client, Message, Run } from '@clew/wire/client';
import type { EventBus } from '../events/bus.ts';
import type { ThreadMessage } from '../events/events.ts';
import { entriesOf, replyKey, withEnd } from './entries.ts';
import { type Found, type Place, readPlace } from './read.ts';
import type { Room } from './room.ts';
import type { Entry } from './state.ts';
import type { StoredMessages } from './stored.ts';
import type { Turn } from './turn.ts';

export interface Arrival extends Pick<Found, 'agents' | 'agent' | 'starters'> {
  readonly entries: readonly Entry[];
  /** The reply that is still being given, as far as it has come. It is not among the entries. */
  readonly turn: Turn | undefined;
}

interface Means {
  readonly client: Client;
  readonly bus: EventBus;
  readonly stored: StoredMessages;
  readonly signal: AbortSignal;
}

/** All that a place shows, so that it is drawn once: a reply that is being given, too, up to now. Rejects as the client does. */
export async function arrive(means: Means, place: Place, room: Room): Promise<Arrival> {
  const { agents, agent, starters, messages, lastRun } = await readPlace(means.client, place, means.signal);
  const shown = place.threadId === undefined ? [] : await asThePageWants(messages, place.threadId, means);
  const name = agent?.display_name ?? '';
  const entries = entriesOf(shown, name);
  const asked = shown.findLast(({ role }) => role === 'user')?.id;
  const found = { agents, agent, starters };
  if (!lastRun || asked === undefined) return { ...found, entries, turn: undefined };
  const key = replyKey(asked);
  if (lastRun.status === 'failed' || lastRun.status === 'cancelled') {
    return { ...found, entries: withEnd(entries, lastRun, { key, agent: name }), turn: undefined };
  }
  if (lastRun.status !== 'pending' && lastRun.status !== 'running') return { ...found, entries, turn: undefined };
  // What was said before the page was loaded is in the log of the run, with what is not yet a message.
  const before = entries.filter((entry) => entry.key !== key);
  const turn = room.turn(asked, {}, { agent: name, entries: before });
  turn.amend({ runId: lastRun.id, threadId: lastRun.thread_id });
  for (const frame of await framesSoFar(means, lastRun)) await turn.read(frame);
  return { ...found, entries: before, turn };
}

/** Failing that, the turn is heard from its beginning. */
async function framesSoFar({ client, signal }: Means, run: Run) {
  try {
    return await client.events(run.id, { signal });
  } catch (error) {
    signal.throwIfAborted();
    console.warn('[Clew] The answer so far could not be read.', error);
    return [];
  }
}

/** The messages after the page (`pre:threadLoaded`) had its say. */
async function asThePageWants(
  messages: readonly Message[],
  threadId: string,
  { bus, stored }: Means,
): Promise<readonly Message[]> {
  if (!bus.has('pre:threadLoaded')) return messages;
  const told = messages.map((message) => ({
    ...structuredClone(message),
    messageId: message.id,
    sender: message.role === 'user' ? 'user' : 'response',
  })) as ThreadMessage[];
  const event = await bus.fire('pre:threadLoaded', { messages: told });
  stored.saveAll(threadId, event.messages, event.messageIdsForUpdate ?? []);
  const known = new Map(messages.map((message) => [message.id, message]));
  return event.messages.flatMap(({ messageId, sender: _, ...changed }) => {
    const message = known.get(messageId);
    return message ? [{ ...message, ...changed, id: messageId } as Message] : [];
  });
}
