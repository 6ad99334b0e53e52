import { ApiError, type Client } from '@clew/wire/client';
import type { ChatOptions } from '../config/options.ts';
import type { EventBus } from '../events/bus.ts';
import type { RestartReason } from '../events/events.ts';
import type { Words } from '../locale/words.ts';
import { sendStrays } from '../outbox/strays.ts';
import type { Commands } from '../view/contract.ts';
import { type Arrival, arrive } from './arrive.ts';
import { createFarewell, emptyOutboxes } from './logout.ts';
import type { Network } from './network.ts';
import { compose, type Say } from './outgoing.ts';
import type { Place } from './read.ts';
import { Room } from './room.ts';
import type { State } from './state.ts';
import { createStore } from './store.ts';
import { StoredMessages, withFeedback } from './stored.ts';
import { type Stand, surroundingsOf } from './surroundings.ts';
import type { Tokens } from './tokens.ts';
import { troubleOf, wantsToken } from './trouble.ts';
import type { Turn } from './turn.ts';
import { type WelcomeChange, welcomeOf } from './welcome.ts';

export interface ConversationOptions extends Stand {
  readonly client: Client;
  readonly bus: EventBus;
  readonly options: ChatOptions;
  readonly words: Words;
  /** What the client's tokens come from, for `setToken`. */
  readonly tokens?: Tokens | undefined;
}

/** One conversation at a time with one agent: what a person does goes in, states come out. */
export interface Conversation extends Commands {
  readonly state: State;
  /** Told after every change, at most once a picture. */
  subscribe(listener: (state: State) => void): () => void;
  /** Shows a place; default: the thread of the options, else the one that this tab was in, else a new conversation. Never rejects. */
  open(place?: Place): Promise<void>;
  say(say: Say): Promise<void>;
  /** Keeps data of the page with a message (`message_state.user_defined`). Rejects as the client does. */
  updateUserDefined(messageId: string, userDefined: Readonly<Record<string, unknown>>): Promise<void>;
  setWelcome(change: WelcomeChange): void;
  setWords(words: Words): void;
  /** A fresh token: what waited for one goes on. */
  setToken(token: string | undefined): void;
  /** Whoever spoke leaves: the token is given back, what waits is thrown away, and every tab begins anew, as somebody else. Never rejects. */
  logout(): Promise<void>;
  /** Ends everything but runs. What waits in the outbox is sent at the next start. */
  destroy(): void;
}

const EMPTY: State = {
  agent: undefined,
  agents: [],
  starters: undefined,
  welcome: undefined,
  threadId: undefined,
  entries: [],
  busy: false,
  loading: true,
  trouble: undefined,
  connection: 'online',
};

export function createConversation(given: ConversationOptions): Conversation {
  const { client, bus, options } = given;
  const around = surroundingsOf(given, options);
  const { newId, now, network, tabs, outbox, memory } = around;
  const store = createStore({ ...EMPTY, connection: connectionOf(network) }, around.schedule);
  const stored = new StoredMessages(client, store, (messageId, state) => {
    room?.restate(messageId, state);
    if (state) room?.tell({ type: 'state', messageId, state });
  });

  let words = given.words;
  let welcome: WelcomeChange = {};
  let room: Room | undefined;
  let place: Place = {};
  let visit = new AbortController();
  let opened: Promise<void> | undefined;
  let saying: Promise<void> = Promise.resolve();
  const alive = new AbortController();
  /** What was said here, to say it again as it was. */
  const said = new Map<string, Say>();

  const newRoom = (id: string) =>
    new Room(id, {
      ...around,
      client,
      bus,
      store,
      words: () => words,
      onThread(threadId) {
        memory.remember(threadId);
        store.change({ threadId });
      },
      onSave: (threadId, message) => stored.save(threadId, message),
    });
  const draft = () => `new:${newId()}`;
  const greeting = () => welcomeOf(store.state.starters, welcome, words);

  /** Goes where the reader wants to be. Only one visit counts, the newest. */
  const enter = async (target: string | undefined, agent: string | undefined): Promise<void> => {
    visit.abort();
    visit = new AbortController();
    const { signal } = visit;
    const id = target ?? draft();
    const threadId = threadOf(id);
    store.change({ loading: true, trouble: undefined });
    const next = newRoom(id);
    let arrival: Arrival;
    try {
      arrival = await arrive({ client, bus, stored, signal }, { threadId, agent }, next);
    } catch (error) {
      if (signal.aborted) return;
      const isMissing = error instanceof ApiError && [404, 422].includes(error.status) && threadId !== undefined;
      if (room && store.state.agent) {
        // The chat goes on where it is.
        console.error(`[Clew] The conversation ${id} cannot be shown.`, error);
        store.change({ loading: false, trouble: wantsToken(error) ? troubleOf(error, words) : undefined });
      } else if (isMissing) {
        console.error(`[Clew] There is no thread ${threadId}, or it is not yours.`, error);
        memory.remember(undefined);
        await enter(undefined, agent);
      } else {
        place = { threadId, agent };
        store.change({ threadId, loading: false, trouble: troubleOf(error, words) });
        await settle(next);
      }
      return;
    }
    if (signal.aborted) return;
    const { turn, ...found } = arrival;
    place = { threadId, agent };
    const trouble = found.agent ? undefined : ({ kind: 'agent', message: words.t('troubleAgent') } as const);
    store.change({
      ...found,
      welcome: welcomeOf(found.starters, welcome, words),
      threadId,
      busy: false,
      loading: false,
      trouble,
    });
    memory.remember(threadId ?? (target && id));
    await settle(next, turn);
    strays();
  };
  /** In the new room what was said can wait for the server, whether that was reached or not. */
  const settle = async (next: Room, turn?: Turn) => {
    room?.leave();
    room = next;
    await next.begin(turn);
  };
  const strays = () => {
    const life = { outbox, client, tabs, signal: alive.signal };
    const sending = network.online() ? sendStrays(life, (id) => id === room?.id) : undefined;
    sending?.catch((error) => console.error('[Clew] Messages that wait could not be looked at.', error));
  };
  const go = (target: string | undefined, agent: string | undefined) => {
    opened = enter(target, agent);
    return opened;
  };
  const reopen = () => go(room?.id ?? place.threadId, place.agent);
  const wake = () => {
    const wasOffline = store.state.connection === 'offline';
    if (wasOffline || !network.online()) store.change({ connection: connectionOf(network) });
    if (!network.online()) return;
    const { trouble, loading } = store.state;
    if (trouble?.kind === 'unreachable' && !loading) void reopen();
    else room?.wake();
    strays();
  };
  const unwatch = network.watch(wake);
  const leave = async (told: boolean): Promise<void> => {
    visit.abort();
    room?.leave();
    room = undefined;
    memory.remember(undefined);
    said.clear();
    store.change({ threadId: undefined, entries: [], busy: false, loading: true, trouble: undefined });
    if (!told) farewell.tell();
    await Promise.all([given.tokens?.end(told), emptyOutboxes(outbox, options.hostUrl)]);
    if (!alive.signal.aborted) await go(undefined, options.agentId);
  };
  const farewell = createFarewell(options.hostUrl, () => void leave(true));

  const speak = async (say: Say): Promise<void> => {
    await (opened ?? conversation.open());
    if (!room || (typeof say.content === 'string' && say.content.trim() === '' && !say.files?.length)) return;
    const where = () => {
      const id = room?.id ?? '';
      return { room: id, threadId: threadOf(id), agent: store.state.agent };
    };
    const row = await compose(say, { bus, options, newId, now }, where);
    if (threadOf(row.room) === undefined) memory.remember(row.room);
    said.set(row.key, say);
    await room.add(row);
  };

  const conversation: Conversation = {
    get state() {
      return store.state;
    },
    subscribe: store.subscribe,
    open(to = {}) {
      const agent = to.agent ?? options.agentId;
      return go(to.threadId ?? (to.agent ? undefined : (options.threadId ?? memory.room())), agent);
    },
    say(say) {
      const spoken = saying.then(() => speak(say));
      saying = spoken.catch(() => {});
      return spoken;
    },
    stop: () => room?.stop(),
    retry(key) {
      if (!room || room.retry(key)) return;
      const { entries } = store.state;
      const at = entries.findIndex((entry) => entry.key === key);
      const question = entries.slice(0, at + 1).findLast((entry) => entry.kind === 'question');
      if (question?.kind !== 'question' || store.state.busy) return;
      void conversation.say(said.get(question.key) ?? { content: question.text });
    },
    reopen() {
      void reopen();
    },
    async restart(reason: RestartReason) {
      await bus.fire('pre:restartConversation', { interactionType: reason });
      if (store.state.agent) await leaveThread();
      else await go(undefined, place.agent);
      await bus.fire('restartConversation', { interactionType: reason });
    },
    openThread: (threadId) => (threadId === undefined ? leaveThread() : go(threadId, place.agent)),
    giveFeedback: (messageId, itemId, feedback) =>
      stored.change(messageId, (state) => withFeedback(state, itemId, feedback)),
    updateUserDefined: (messageId, userDefined) =>
      stored.change(messageId, (state) => ({ ...state, user_defined: userDefined })),
    setWelcome(change) {
      welcome = { ...welcome, ...change };
      store.change({ welcome: greeting() });
    },
    setWords(next) {
      words = next;
      if (store.state.welcome) store.change({ welcome: greeting() });
    },
    setToken(token) {
      given.tokens?.set(token);
      if (store.state.trouble?.kind !== 'auth') return;
      if (!room || !store.state.agent) return void reopen();
      store.change({ trouble: undefined });
      room.wake();
    },
    logout: () => leave(false),
    destroy() {
      alive.abort();
      farewell.close();
      visit.abort();
      unwatch();
      room?.leave();
      outbox.close();
      store.destroy();
    },
  };

  const leaveThread = async () => {
    visit.abort();
    place = { agent: place.agent };
    memory.remember(undefined);
    store.change({ threadId: undefined, entries: [], busy: false, loading: false, trouble: undefined });
    opened = settle(newRoom(draft()));
    await opened;
  };

  return conversation;
}

/** Rooms are called after their thread; others have none yet. */
function threadOf(room: string): string | undefined {
  return room.startsWith('new:') ? undefined : room;
}

function connectionOf(network: Network): State['connection'] {
  return network.online() ? 'online' : 'offline';
}
