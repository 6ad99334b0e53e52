import { onTestFinished, vi } from 'vitest';
import type { ChatOptions } from '../../src/config/options.ts';
import {
  type Conversation,
  type ConversationOptions,
  createConversation,
} from '../../src/conversation/conversation.ts';
import type { Network } from '../../src/conversation/network.ts';
import type { State } from '../../src/conversation/state.ts';
import { createBus, type EventBus } from '../../src/events/bus.ts';
import { ENGLISH } from '../../src/locale/words.ts';
import { memoryOutbox, type Outbox } from '../../src/outbox/outbox.ts';
import { textOf } from '../answer-text.ts';
import { ScriptedServer } from './server.ts';

export const OPTIONS = {
  hostUrl: 'http://localhost:4321',
  agentId: undefined,
  environmentId: '',
  threadId: undefined,
  rememberThread: true,
  token: undefined,
  getToken: undefined,
} as unknown as ChatOptions;

/** A network that a test switches. */
export function switchedNetwork(): Network & { set(online: boolean): void } {
  const watchers = new Set<() => void>();
  let isOnline = true;
  return {
    online: () => isOnline,
    watch(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    set(online) {
      isOnline = online;
      for (const changed of [...watchers]) changed();
    },
  };
}

/** What outlives a tab: storage of the tab itself. */
export function drawer(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as unknown as Storage;
}

/** An outbox as the browser's: several tabs share it, and none closes it. */
export function sharedOutbox(): Outbox {
  const outbox = memoryOutbox();
  return { ...outbox, rows: async () => structuredClone(await outbox.rows()) };
}

export interface Tab {
  readonly chat: Conversation;
  readonly bus: EventBus;
  readonly server: ScriptedServer;
  readonly network: ReturnType<typeof switchedNetwork>;
  /** Timers that the chat has set, to be run by hand. */
  readonly timers: Set<() => void>;
}

/** A chat in a tab; alone unless `tabs` are given. */
export function tab(more: Partial<ConversationOptions> & { server?: ScriptedServer } = {}): Tab {
  const { server = new ScriptedServer(), bus = createBus(() => 'instance'), ...rest } = more;
  const network = switchedNetwork();
  const timers = new Set<() => void>();
  const chat = createConversation({
    client: server.client(),
    bus,
    options: OPTIONS,
    words: ENGLISH,
    network,
    outbox: memoryOutbox(),
    drawer: undefined,
    tabs: { join: (_, { onLead }) => alone(onLead), alone: (_, act) => act() },
    schedule: (run) => {
      queueMicrotask(run);
      return () => {};
    },
    later(run) {
      timers.add(run);
      return () => timers.delete(run);
    },
    ...rest,
  });
  onTestFinished(() => chat.destroy());
  return { chat, bus, server, network, timers };
}

function alone(onLead: () => void) {
  queueMicrotask(onLead);
  return { leads: true, tell() {}, leave() {} };
}

/** The transcript as people would tell it. */
export function told({ entries }: State): string[] {
  return entries.map((entry) =>
    entry.kind === 'question'
      ? `> ${entry.text}${entry.delivery === 'sent' ? '' : ` (${entry.delivery})`}`
      : `${textOf(entry.answer)}${entry.answer.phase === 'done' ? '' : ` (${entry.answer.phase})`}`,
  );
}

/** Waits until the transcript reads like this. */
export function reads(chat: Conversation, ...lines: string[]): Promise<void> {
  return vi.waitFor(
    () => {
      const now = told(chat.state);
      if (JSON.stringify(now) !== JSON.stringify(lines)) throw new Error(`The transcript reads ${JSON.stringify(now)}`);
    },
    { timeout: 3000, interval: 2 },
  );
}
