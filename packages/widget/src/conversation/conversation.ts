import { ApiError, type Client, type Frame } from '@clew/wire/client';
import { discardOpen, NO_ANSWER, readFrame } from '../transcript/answer.ts';
import { type Place, readPlace } from './read.ts';
import { NOTHING_YET, type Reply, type State, shownIds } from './state.ts';

export interface ConversationOptions {
  readonly client: Client;
  /** A new UUID. */
  readonly newId: () => string;
  /** Called after every change. */
  readonly onChange: (state: State) => void;
}

const NO_AGENT = 'There is no agent here yet. `clew agents check` says what is missing.';

/** One conversation at a time with one server: what a person does goes in, states come out. */
export class Conversation {
  readonly #client: Client;
  readonly #newId: () => string;
  readonly #onChange: (state: State) => void;
  #state: State = NOTHING_YET;
  /** Aborts what belongs to the thread that is shown. Leaving a thread cancels no run. */
  #stay = new AbortController();
  /** Somebody asked to stop a run whose id is not known yet. */
  #stopAsked = false;
  /** The last `open`, to try again. */
  #place: Place = {};

  constructor(options: ConversationOptions) {
    this.#client = options.client;
    this.#newId = options.newId;
    this.#onChange = options.onChange;
  }

  get state(): State {
    return this.#state;
  }

  /** Shows a place. */
  async open(place: Place): Promise<void> {
    this.#place = place;
    this.#leave();
    const { signal } = this.#stay;
    this.#set({ loading: true, trouble: undefined, threadId: place.threadId, entries: [], welcome: undefined });
    try {
      const { openRun, ...found } = await readPlace(this.#client, place, signal);
      const trouble = found.agent ? undefined : NO_AGENT;
      this.#set({ ...found, trouble, loading: false });
      // From its beginning: what was said before the page was loaded is in the log of the run.
      if (openRun) this.#follow(openRun.id, `${found.entries.at(-1)?.key}-reply`);
    } catch (error) {
      if (signal.aborted) return;
      this.#set({ loading: false, trouble: sentenceOf(error) });
    }
  }

  /** Tries again to show what could not be shown. */
  reopen(): Promise<void> {
    return this.open(this.#place);
  }

  /** Says something in the thread; the first time that makes one. */
  send(text: string): void {
    const { agent } = this.#state;
    if (this.#state.busy || !agent || text.trim() === '') return;
    const key = this.#newId();
    this.#set({ entries: [...this.#state.entries, { kind: 'question', key, text }] });
    this.#say({ key, text });
  }

  /** Tries once more: listens again to a run that was lost, sends a message that did not get through, asks anew what an agent failed at. */
  retry(reply: Reply): void {
    if (this.#state.busy) return;
    const place = this.#state.entries.indexOf(reply);
    const question = this.#state.entries[place - 1];
    if (question?.kind !== 'question') return;
    const { phase, runId } = reply.answer;
    if (phase !== 'lost') this.send(question.text);
    else if (runId) this.#follow(runId, reply.key);
    else this.#say(question);
  }

  /** Asks the run that is worked on to stop. What was said until then stays. */
  stop(): void {
    const reply = this.#state.entries.at(-1);
    if (!this.#state.busy || reply?.kind !== 'reply') return;
    this.#stopAsked = true;
    const { runId } = reply.answer;
    if (runId) void this.#cancel(runId);
  }

  #leave(): void {
    this.#stay.abort();
    this.#stay = new AbortController();
    this.#set({ busy: false });
  }

  #say({ key, text }: { key: string; text: string }): void {
    const { agent, threadId } = this.#state;
    const signal = this.#stay.signal;
    const say = { content: text, agentId: agent?.id, threadId, messageId: key };
    void this.#listen(`${key}-reply`, this.#client.send(say, { signal }));
  }

  #follow(runId: string, key: string): void {
    void this.#listen(key, this.#client.follow(runId, undefined, { signal: this.#stay.signal }));
  }

  /** Reads frames into the reply with this key, which is made or begun anew. */
  async #listen(key: string, frames: AsyncIterable<Frame>): Promise<void> {
    const { signal } = this.#stay;
    const before = this.#state.entries.filter((entry) => entry.key !== key);
    const shown = shownIds(before);
    let reply: Reply = { kind: 'reply', key, agent: this.#state.agent?.display_name ?? '', answer: NO_ANSWER };
    const show = (answer: Reply['answer'], busy: boolean): void => {
      reply = { ...reply, answer };
      this.#set({ entries: [...before, reply], busy, threadId: answer.threadId ?? this.#state.threadId });
    };
    this.#stopAsked = false;
    show(NO_ANSWER, true);
    try {
      for await (const frame of frames) {
        if (signal.aborted) return;
        // A run that goes on after a question was answered tells from its beginning what other replies show already.
        const known = frame.event === 'message.created' && shown.has(frame.data.message_id);
        show(known ? discardOpen(reply.answer) : readFrame(reply.answer, frame), true);
        if (frame.event === 'run.started' && this.#stopAsked) void this.#cancel(frame.data.run_id);
      }
      if (!signal.aborted) show(reply.answer, false);
    } catch (error) {
      if (signal.aborted) return;
      show({ ...reply.answer, phase: 'lost', activity: '', problem: sentenceOf(error) }, false);
    }
  }

  async #cancel(runId: string): Promise<void> {
    try {
      await this.#client.cancel(runId);
    } catch (error) {
      // A run that ended first needs no stopping, and one that cannot be reached is seen to fail by its stream.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  #set(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    this.#onChange(this.#state);
  }
}

/** An error for people. */
function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : 'Something went wrong.';
}
