import type { ContentItem, Frame, FrameOf } from '@clew/wire/client';
import type { EventBus } from '../events/bus.ts';
import type { IncomingMessage } from '../events/events.ts';
import { type Answer, addSaid, discardOpen, isHidden, readFrame, saidOf } from '../transcript/answer.ts';
import { createLine } from './line.ts';
import type { Reply } from './state.ts';

export interface TurnOptions {
  /** Key of the question, which may have no bubble. */
  readonly key: string;
  readonly reply: Reply;
  /** Id of the last frame that the reply shows. */
  readonly cursor?: string | undefined;
  /** Ids of messages that other replies show: a run that goes on after its question was answered tells them anew. */
  readonly shown: ReadonlySet<string>;
  readonly bus: EventBus;
  /** Stores what a handler of `pre:receive` made of a message. */
  readonly onSave: (message: IncomingMessage) => void;
}

/** A reply that is being heard: frames in, each taken once, and events for the page on the way. */
export class Turn {
  readonly key: string;
  readonly #shown: ReadonlySet<string>;
  readonly #bus: EventBus;
  readonly #onSave: (message: IncomingMessage) => void;
  #reply: Reply;
  #cursor: string | undefined;
  readonly #line = createLine();

  constructor({ key, reply, cursor, shown, bus, onSave }: TurnOptions) {
    this.key = key;
    this.#reply = reply;
    this.#cursor = cursor;
    this.#shown = shown;
    this.#bus = bus;
    this.#onSave = onSave;
  }

  get reply(): Reply {
    return this.#reply;
  }

  get cursor(): string | undefined {
    return this.#cursor;
  }

  get working(): boolean {
    return this.#reply.answer.phase === 'working';
  }

  /** Changes what is not told by frames. */
  amend(change: Partial<Answer>): void {
    this.#reply = { ...this.#reply, answer: { ...this.#reply.answer, ...change } };
  }

  /** Whether the turn has taken this frame. */
  has(id: string): boolean {
    return this.#cursor !== undefined && !isLater(id, this.#cursor);
  }

  /** Shows another `message_state` of a message. */
  restate(messageId: string, state: Readonly<Record<string, unknown>> | null): void {
    const { messages } = this.#reply.answer;
    this.amend({ messages: messages.map((said) => (said.id === messageId ? { ...said, state } : said)) });
  }

  /** Takes a frame, unless it did already. A promise only where a handler of the page has to be waited for; frames stay in their order. */
  read(frame: Frame): void | Promise<void> {
    return this.#line(() => this.#take(frame));
  }

  #take(frame: Frame): void | Promise<void> {
    if (this.has(frame.id)) return;
    if (frame.event === 'message.delta' && this.#bus.has('pre:stream:delta')) return this.#takeDelta(frame);
    if (frame.event !== 'message.created') return this.#show(readFrame(this.#reply.answer, frame), frame.id);
    const { message_id: id, message } = frame.data;
    if (this.#shown.has(id)) return this.#show(discardOpen(this.#reply.answer), frame.id);
    if (isHidden(message)) return this.#show(discardOpen(this.#reply.answer, true), frame.id);
    if (this.#bus.has('pre:receive') || this.#bus.has('receive')) return this.#receive(frame);
    this.#show(readFrame(this.#reply.answer, frame), frame.id);
  }

  async #takeDelta(frame: FrameOf<'message.delta'>): Promise<void> {
    const { thread_id: threadId, run_id: runId, delta } = frame.data;
    const content = structuredClone(delta.content) as ContentItem[];
    const event = { messageId: undefined, threadId, runId, delta: { role: 'assistant' as const, content } };
    const heard = await this.#bus.fire('pre:stream:delta', event);
    const data = { ...frame.data, delta: { ...delta, content: heard.delta?.content ?? [] } };
    this.#show(readFrame(this.#reply.answer, { ...frame, data }), frame.id);
  }

  async #receive(frame: FrameOf<'message.created'>): Promise<void> {
    const sent = structuredClone(frame.data.message);
    const { message, saveUpdate } = await this.#bus.fire('pre:receive', { message: sent });
    // The page may have changed the content to anything; what is shown of it is checked where it is drawn.
    this.#show(addSaid(this.#reply.answer, saidOf(message as typeof sent)), frame.id);
    if (saveUpdate) this.#onSave(message);
    await this.#bus.fire('receive', { message });
  }

  #show(answer: Answer, cursor: string): void {
    if (answer !== this.#reply.answer) this.#reply = { ...this.#reply, answer };
    this.#cursor = cursor;
  }
}

/** Whether a frame's id is after another of the same run. */
function isLater(id: string, than: string): boolean {
  const [ms = 0, n = 0] = id.split('-').map(Number);
  const [otherMs = 0, otherN = 0] = than.split('-').map(Number);
  return ms > otherMs || (ms === otherMs && n > otherN);
}
