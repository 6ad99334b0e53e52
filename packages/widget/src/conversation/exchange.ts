import { ApiError, type Client, type Frame, type StreamOptions } from '@clew/wire/client';
import type { Words } from '../locale/words.ts';
import type { Row } from '../outbox/outbox.ts';
import type { Network } from './network.ts';
import type { Queue } from './queue.ts';
import type { StateStore } from './store.ts';
import type { Talk } from './talk.ts';
import { isPassing, sentenceOf, troubleOf, wantsToken } from './trouble.ts';
import type { Turn } from './turn.ts';

/** How long a message that did not get through waits when nothing else says that the server is back. */
const AGAIN_MS = 10_000;

/** What the talk with the server is about. */
export interface Floor {
  readonly leads: boolean;
  readonly current: Turn | undefined;
  turn(key: string): Turn;
  show(turn: Turn): void;
  clear(turn: Turn): void;
  read(turn: Turn, frame: Frame): void | Promise<void>;
  share(turn: Turn): void;
  tell(talk: Talk): void;
  /** A message is being sent: nobody has asked yet to stop what it begins. */
  sending(): void;
  wake(): void;
}

export interface ExchangeDeps {
  readonly client: Client;
  readonly store: StateStore;
  readonly queue: Queue;
  readonly network: Network;
  readonly words: () => Words;
  readonly later: (run: () => void, ms: number) => () => void;
  /** Aborts when the room is left. */
  readonly signal: AbortSignal;
}

/** The talk of a room with the server: sends what waits, one after another, and hears the answers. */
export class Exchange {
  readonly #floor: Floor;
  readonly #deps: ExchangeDeps;
  #working = false;
  /** The first message did not get through: wait for a sign. */
  #held = false;
  #cancelLater = () => {};

  constructor(floor: Floor, deps: ExchangeDeps) {
    this.#floor = floor;
    this.#deps = deps;
  }

  /** There may be a connection again: what was held may go. */
  release(): void {
    this.#cancelLater();
    this.#held = false;
  }

  /** Does what there is to do, one thing after another. Only the tab that leads does; at most one such loop goes on. */
  async work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    try {
      while (this.#floor.leads && !this.#deps.signal.aborted && this.#deps.network.online()) {
        const turn = this.#floor.current;
        const runId = turn?.reply.answer.runId;
        const row = this.#deps.queue.rows[0];
        if (turn?.working && runId) await this.#follow(turn, runId);
        else if (row && !this.#held) await this.#deliver(row);
        else break;
      }
    } finally {
      this.#working = false;
    }
  }

  async #deliver(row: Row): Promise<void> {
    const turn = this.#floor.turn(row.key);
    this.#floor.sending();
    this.#deps.queue.mark(row.key, 'sending');
    this.#floor.show(turn);
    const { content } = row.body.message;
    await this.#listen(turn, (stream) =>
      this.#deps.client.send({ content, messageId: row.key, more: row.body }, stream),
    );
  }

  async #follow(turn: Turn, runId: string): Promise<void> {
    await this.#listen(turn, (stream) => this.#deps.client.follow(runId, turn.cursor, stream));
  }

  async #listen(turn: Turn, open: (stream: StreamOptions) => AsyncIterable<Frame>): Promise<void> {
    const { signal } = this.#deps;
    let stands: boolean | undefined;
    const onConnection = (now: boolean) => {
      if (now !== stands) this.#connected(now);
      stands = now;
    };
    this.#floor.share(turn);
    try {
      for await (const frame of open({ signal, onConnection })) {
        if (signal.aborted) return;
        if (!stands) onConnection(true);
        this.#floor.tell({ type: 'frame', key: turn.key, before: turn.cursor, frame });
        const reading = this.#floor.read(turn, frame);
        if (reading) await reading;
      }
      // Over is over, even where a server does not say how it ended.
      if (turn.working && this.#floor.current === turn) {
        turn.amend({ phase: 'done', activity: undefined });
        this.#floor.show(turn);
      }
    } catch (error) {
      if (!signal.aborted) this.#lose(turn, error);
    }
  }

  #lose(turn: Turn, error: unknown): void {
    const { store, words, queue } = this.#deps;
    const passing = isPassing(error);
    const problem = sentenceOf(error, words());
    if (wantsToken(error)) store.change({ trouble: troubleOf(error, words()) });
    if (passing) {
      this.#connected(false);
      this.#cancelLater = this.#deps.later(() => this.#floor.wake(), AGAIN_MS);
    }
    if (error instanceof ApiError && error.code === 'cursor_unknown' && turn.cursor !== undefined) {
      // The log is not the one we knew: heard once more from its beginning.
      const { runId, threadId } = turn.reply.answer;
      const anew = this.#floor.turn(turn.key);
      anew.amend({ runId, threadId });
      this.#floor.show(anew);
      return;
    }
    if (turn.cursor === undefined && turn.reply.answer.runId === undefined) {
      if (passing || wantsToken(error)) {
        this.#held = true;
        queue.mark(turn.key, 'waiting');
        this.#floor.clear(turn);
        const question = queue.bubble(turn.key);
        this.#floor.tell({ type: 'turn', key: turn.key, question, reply: undefined, cursor: undefined });
        return;
      }
      queue.refuse(turn.key);
    }
    turn.amend({ phase: 'lost', activity: undefined, problem });
    this.#floor.show(turn);
    this.#floor.share(turn);
  }

  #connected(stands: boolean): void {
    const broken = this.#deps.network.online() ? 'reconnecting' : 'offline';
    this.#deps.store.change({ connection: stands ? 'online' : broken });
  }

  /** Asks a run to stop. What was said until then stays. */
  async cancel(runId: string): Promise<void> {
    try {
      await this.#deps.client.cancel(runId, { signal: this.#deps.signal });
    } catch (error) {
      // A run that ended first needs no stopping, and one that cannot be reached is seen to fail by its stream.
      if (!(error instanceof ApiError) && !this.#deps.signal.aborted) throw error;
    }
  }
}
