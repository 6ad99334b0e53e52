import type { Client, Frame, FrameOf } from '@clew/wire/client';
import type { EventBus } from '../events/bus.ts';
import type { IncomingMessage, OutgoingMessage } from '../events/events.ts';
import type { Words } from '../locale/words.ts';
import type { Outbox, Row } from '../outbox/outbox.ts';
import type { Seat, Tabs } from '../tabs/tabs.ts';
import { NO_ANSWER } from '../transcript/answer.ts';
import { questionKey, replyKey, shownIds } from './entries.ts';
import { Exchange, type Floor } from './exchange.ts';
import { hear, type Mate } from './hear.ts';
import { createLine } from './line.ts';
import type { Network } from './network.ts';
import { createQueue, type Queue } from './queue.ts';
import type { Entry, Question, Reply } from './state.ts';
import type { StateStore } from './store.ts';
import { withMessageState } from './stored.ts';
import type { Greeting, Talk, TurnNews } from './talk.ts';
import { Turn } from './turn.ts';

export interface RoomDeps {
  readonly client: Client;
  readonly bus: EventBus;
  readonly store: StateStore;
  readonly outbox: Outbox;
  readonly tabs: Tabs<Talk>;
  readonly network: Network;
  readonly words: () => Words;
  readonly now: () => number;
  /** Calls back after so many milliseconds; gives back what prevents it. */
  readonly later: (run: () => void, ms: number) => () => void;
  /** The conversation got a thread. */
  readonly onThread: (threadId: string) => void;
  readonly onSave: (threadId: string, message: IncomingMessage) => void;
}

/** One conversation in this tab: what waits to be sent, the turn that is being heard, and the other tabs that show it. */
export class Room implements Mate, Floor {
  readonly #deps: RoomDeps;
  readonly #stay = new AbortController();
  readonly #exchange: Exchange;
  readonly #queue: Queue;
  readonly #line = createLine();
  /** Bodies of messages that were said here: `send` is told of them once. */
  readonly #said = new Map<string, OutgoingMessage>();
  #id: string;
  #seat: Seat<Talk> | undefined;
  #turn: Turn | undefined;
  #stopAsked = false;

  constructor(id: string, deps: RoomDeps) {
    this.#id = id;
    this.#deps = deps;
    this.#queue = createQueue(deps);
    this.#exchange = new Exchange(this, { ...deps, queue: this.#queue, signal: this.#stay.signal });
  }

  /** Id of the thread, or `new:…`. */
  get id(): string {
    return this.#id;
  }

  get leads(): boolean {
    return this.#seat?.leads === true;
  }

  get current(): Turn | undefined {
    return this.#turn;
  }

  /** Takes up what the outbox has for the room, and a turn that is not over, and joins the other tabs. */
  async begin(turn?: Turn): Promise<void> {
    if (turn) this.show(turn);
    await this.#queue.load(this.#id);
    if (!this.#stay.signal.aborted) this.#join();
  }

  /** Sends a message as soon as it is its turn. Resolves when it is safe. */
  async add(row: Row): Promise<void> {
    const idle = !this.#turn?.working && this.#queue.rows.length === 0 && this.#deps.network.online();
    this.#said.set(row.key, row.body);
    const question = this.#queue.show(row, idle ? 'sending' : 'waiting');
    const kept = this.#queue.add(row);
    this.tell({ type: 'asked', row, question });
    void this.#exchange.work();
    await kept;
  }

  stop(): void {
    const turn = this.#turn;
    if (!turn?.working) return;
    const { runId } = turn.reply.answer;
    if (runId) void this.#exchange.cancel(runId);
    else {
      this.#stopAsked = true;
      this.tell({ type: 'stop' });
    }
  }

  sending(): void {
    this.#stopAsked = false;
  }

  stopSoon(): void {
    this.#stopAsked = true;
  }

  /** Tries a reply again that was lost, or a question that waits or was refused. False: that is not for the room to do. */
  retry(key: string): boolean {
    const { store } = this.#deps;
    const found = store.find(key);
    const entry = found?.kind === 'question' && found.delivery === 'failed' ? store.find(replyKey(key)) : found;
    if (!entry || (entry.kind === 'question' ? entry.delivery !== 'waiting' : entry.answer.phase !== 'lost'))
      return false;
    const refused = this.#queue.takeRefused(entry.key);
    if (refused) {
      store.remove(entry.key);
      this.#turn = undefined;
      void this.add(refused);
    } else if (this.leads) {
      if (entry.kind === 'reply' && !this.#turn?.working) this.#hearAgain(entry);
      this.wake();
    } else this.tell({ type: 'again', key });
    return true;
  }

  /** There may be a connection again, or a token. */
  wake(): void {
    const turn = this.#turn;
    this.#exchange.release();
    if (!this.leads) {
      this.greet();
      return;
    }
    if (turn?.reply.answer.phase === 'lost' && turn.reply.answer.runId) {
      turn.amend({ phase: 'working', problem: undefined });
      this.show(turn);
    }
    void this.#exchange.work();
  }

  /** Tells the other tabs. */
  tell(talk: Talk): void {
    this.#seat?.tell(talk);
  }

  /** Leaves. That cancels no run: what is asked is answered, whoever looks. */
  leave(): void {
    this.#stay.abort();
    this.#exchange.release();
    this.#seat?.leave();
  }

  /** A turn for a question, with nothing heard of it unless `from` says more; `beside`: what else is shown, default the state's. */
  turn(key: string, from: Partial<TurnNews> = {}, beside: { agent?: string; entries?: readonly Entry[] } = {}): Turn {
    const { bus, store, now, onSave } = this.#deps;
    const own = replyKey(key);
    const { agent = store.state.agent?.display_name ?? '', entries = store.state.entries } = beside;
    return new Turn({
      key,
      reply: from.reply ?? { kind: 'reply', key: own, agent, at: now(), answer: NO_ANSWER },
      cursor: from.cursor,
      shown: shownIds(entries.filter((entry) => entry.key !== own)),
      bus,
      onSave: (message) => onSave(this.#id, message),
    });
  }

  /** Another tab said something: its row and bubble. */
  take(row: Row, question: Question | undefined): void {
    const turn = this.#turn;
    if (turn?.key === row.key && turn.reply.answer.phase !== 'lost') return;
    if (this.#queue.take(row, question)) void this.#exchange.work();
  }

  /** Shows a turn as another tab has it. */
  adopt(news: TurnNews): void {
    const { key, question, reply, cursor } = news;
    const { store } = this.#deps;
    if (question) store.put(question);
    if (question?.delivery === 'failed' || reply?.answer.runId) this.#queue.drop(key);
    if (reply) {
      if (this.#turn?.key !== key) this.#stopAsked = false;
      this.show(this.turn(key, { reply, cursor }));
      this.#settle(reply.answer.threadId);
    } else if (this.#turn?.key === key) this.clear(this.#turn);
    if (this.leads) void this.#exchange.work();
  }

  /** Tells the others how a turn stands. */
  share({ key, reply, cursor }: Turn): void {
    this.tell({ type: 'turn', key, question: this.#queue.bubble(key), reply, cursor });
  }

  knows(key: string): boolean {
    return this.#deps.store.find(key) !== undefined;
  }

  /** Shows another `message_state` of a message. */
  restate(messageId: string, state: Readonly<Record<string, unknown>> | null): void {
    this.#turn?.restate(messageId, state);
    withMessageState(this.#deps.store, messageId, state);
  }

  shareQueue(): void {
    for (const row of this.#queue.rows) this.tell({ type: 'asked', row, question: this.#queue.bubble(row.key) });
  }

  read(turn: Turn, frame: Frame): void | Promise<void> {
    const show = () => {
      if (this.#stay.signal.aborted || this.#turn !== turn) return;
      this.show(turn);
      if (frame.event === 'run.started') this.#started(turn, frame);
    };
    const reading = turn.read(frame);
    return reading ? reading.then(show) : show();
  }

  /** Asks the tab that leads for what this one may have missed. */
  greet(): void {
    const { entries } = this.#deps.store.state;
    const question = entries.findLast((entry) => entry.kind === 'question' && entry.delivery === 'sent');
    const turn = this.#turn;
    const greeting: Greeting = {
      key: turn?.key ?? question?.key,
      question: question?.kind === 'question' ? question : undefined,
      runId: turn?.reply.answer.runId,
      cursor: turn?.cursor,
      open: turn?.working ?? false,
    };
    this.tell({ type: 'hello', ...greeting });
  }

  /** Makes a reply of earlier the turn, from its beginning. */
  #hearAgain(reply: Reply): void {
    if (this.#turn?.reply.key === reply.key) return;
    const { runId, threadId } = reply.answer;
    const answer = { ...NO_ANSWER, runId, threadId, phase: 'lost' as const };
    this.show(this.turn(questionKey(reply.key), { reply: { ...reply, answer } }));
  }

  #join(): void {
    this.#seat = this.#deps.tabs.join(this.#id, {
      onLead: () => void this.#exchange.work(),
      onHear: (talk) => {
        void this.#line(() => (this.#stay.signal.aborted ? undefined : hear(this, talk)));
      },
    });
    this.greet();
  }

  /** The server has the message. */
  #started(turn: Turn, frame: FrameOf<'run.started'>): void {
    const { run_id: runId, thread_id: threadId } = frame.data;
    this.#queue.mark(turn.key, 'sent');
    this.#queue.sent(turn.key, { threadId, store: this.leads });
    const body = this.#said.get(turn.key);
    this.#said.delete(turn.key);
    if (body) void this.#deps.bus.fire('send', { message: { ...body, thread_id: threadId } });
    if (this.#stopAsked) void this.#exchange.cancel(runId);
    this.#settle(threadId);
  }

  /** Moves to the thread that the conversation has got. */
  #settle(threadId: string | undefined): void {
    if (threadId === undefined || threadId === this.#id) return;
    this.#seat?.leave();
    this.#id = threadId;
    this.#deps.onThread(threadId);
    this.#join();
  }

  /** Shows the turn, which is the newest. */
  show(turn: Turn): void {
    const { store } = this.#deps;
    this.#turn = turn;
    store.put(turn.reply, turn.key);
    store.change({ busy: turn.working });
  }

  /** There is no such turn: its question waits. */
  clear(turn: Turn): void {
    this.#turn = undefined;
    this.#deps.store.remove(turn.reply.key);
    this.#deps.store.change({ busy: false });
  }
}
