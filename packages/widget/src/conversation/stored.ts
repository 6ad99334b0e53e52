import type { Client } from '@clew/wire/client';
import type { IncomingMessage, ThreadMessage } from '../events/events.ts';
import type { Said } from '../transcript/answer.ts';
import type { Feedback } from '../view/contract.ts';
import type { StateStore } from './store.ts';

type MessageState = Readonly<Record<string, unknown>>;

/** Shows a message with another `message_state`. */
export function withMessageState(store: StateStore, messageId: string, state: MessageState | null): void {
  const reply = store.state.entries.find(
    (entry) => entry.kind === 'reply' && entry.answer.messages.some(({ id }) => id === messageId),
  );
  if (reply?.kind !== 'reply') return;
  const change = (said: Said): Said => (said.id === messageId ? { ...said, state } : said);
  store.put({ ...reply, answer: { ...reply.answer, messages: reply.answer.messages.map(change) } });
}

/** The state after feedback for one of its items; undefined takes it back. */
export function withFeedback(state: MessageState | null, itemId: string, feedback: Feedback | undefined): MessageState {
  const content = (state?.content ?? {}) as Record<string, MessageState | undefined>;
  const { feedback: _, ...rest } = content[itemId] ?? {};
  return { ...state, content: { ...content, [itemId]: feedback ? { ...rest, feedback } : rest } };
}

/** What is stored with messages, changed at once here and then on the server, one change after another. */
export class StoredMessages {
  readonly #client: Client;
  readonly #store: StateStore;
  readonly #show: (messageId: string, state: MessageState | null) => void;
  #last: Promise<unknown> = Promise.resolve();

  /** `show` shows a message with another state. */
  constructor(client: Client, store: StateStore, show: (messageId: string, state: MessageState | null) => void) {
    this.#client = client;
    this.#store = store;
    this.#show = show;
  }

  /** Changes a message's state. Rejects as the client does, when everything is as it was before. */
  async change(messageId: string, change: (state: MessageState | null) => MessageState): Promise<void> {
    const { threadId } = this.#store.state;
    if (threadId === undefined) throw new Error(`There is no thread, so no message ${messageId}.`);
    const before = this.#stateOf(messageId);
    const after = change(before);
    this.#show(messageId, after);
    try {
      const patch = () => this.#client.updateMessage({ threadId, messageId }, { message_state: { ...after } });
      await this.#queued(patch);
    } catch (error) {
      if (this.#stateOf(messageId) === after) this.#show(messageId, before);
      throw error;
    }
  }

  /** Stores what the page made of a message. Failing that is told on the console: the reader has lost nothing. */
  save(
    threadId: string,
    { id, content, message_state }: Pick<IncomingMessage, 'id' | 'content' | 'message_state'>,
  ): void {
    const patch = () => this.#client.updateMessage({ threadId, messageId: id }, { content, message_state });
    this.#queued(patch).catch((error) => console.error(`[Clew] The change of message ${id} was not stored.`, error));
  }

  saveAll(threadId: string, messages: readonly ThreadMessage[], ids: readonly string[]): void {
    for (const id of ids) {
      const message = messages.find(({ messageId }) => messageId === id);
      if (message) this.save(threadId, { ...message, id });
    }
  }

  #queued<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#last.then(act, act);
    this.#last = done.catch(() => {});
    return done;
  }

  #stateOf(messageId: string): MessageState | null {
    for (const entry of this.#store.state.entries) {
      if (entry.key === messageId && entry.kind === 'question') return { input: { display_text: entry.text } };
      if (entry.kind !== 'reply') continue;
      const said = entry.answer.messages.find(({ id }) => id === messageId);
      if (said) return said.state;
    }
    return null;
  }
}
