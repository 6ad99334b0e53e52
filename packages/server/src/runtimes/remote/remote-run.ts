import { type AcpClient, AcpError, type AcpStream, type Event, type Message } from '@clew/wire/acp-client';
import type { Pace } from '../code/index.ts';
import { isTransient } from './failures.ts';

/** A server that cannot stream a run's events again is asked for them at this pace. */
const POLL_MS = 1_000;
/** The first wait before a lost connection is made again; each further one is twice as long, up to the longest. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

/** What `RemoteRun` needs. */
export interface RemoteRunOptions {
  readonly client: AcpClient;
  readonly runId: string;
  /** The stream that the run was started with, if this attempt started it. */
  readonly opened: AcpStream['events'] | undefined;
  /** How long a server that does not answer is waited for. */
  readonly reconnectMs: number;
  readonly pace: Pace;
  /** Lets go of the connection. */
  readonly signal: AbortSignal;
}

/** A run of another server: its events in order, each once, over as many connections as it takes. */
export class RemoteRun {
  readonly #options: RemoteRunOptions;
  /** What the next events come from; undefined: they have to be asked for. */
  #source: AcpStream['events'] | undefined;
  #seen = 0;
  #failures = 0;
  #failingSince = 0;

  constructor(options: RemoteRunOptions) {
    this.#options = options;
    this.#source = options.opened;
  }

  /**
   * All events from the first to the one that ends the run. After `run.awaiting` the next one is asked for only once `answer` has resolved. Throws
   * `AcpError` when the server refuses, does not speak ACP, or stays away too long.
   */
  async *events(): AsyncGenerator<Event, void, undefined> {
    const { client, runId, pace, signal } = this.#options;
    for (;;) {
      const source = this.#source ?? client.follow(runId, this.#seen, { signal });
      this.#source = undefined;
      let last: Event | undefined;
      try {
        for await (const event of source) {
          this.#seen += 1;
          this.#failures = 0;
          last = event;
          yield event;
          if (isEnd(event)) return;
        }
        if (last?.type === 'run.awaiting') continue;
        const ending = last ? undefined : await this.#ending();
        if (ending) return yield ending;
        this.#failures = 0;
        await pace.sleep(POLL_MS, signal);
      } catch (error) {
        await this.#recover(error);
      }
    }
  }

  /** Answers the question that was read last, unless the run has gone on since: an answer is given once, whatever broke off in between. */
  async answer(message: Message): Promise<void> {
    const { client, runId, signal } = this.#options;
    for (;;) {
      try {
        if ((await client.events(runId, { signal })).length > this.#seen) return;
        this.#source = (await client.streamResume(runId, message, { signal })).events;
        return;
      } catch (error) {
        // Refused: what took the answer before may show only now.
        const refused = error instanceof AcpError && error.status === 403;
        if (refused && (await client.events(runId, { signal })).length > this.#seen) return;
        await this.#recover(error);
      }
    }
  }

  /** The end of a run whose list of events does not tell it, as careless servers leave it. */
  async #ending(): Promise<Event | undefined> {
    const { client, runId, signal } = this.#options;
    const run = await client.run(runId, { signal });
    switch (run.status) {
      case 'completed':
      case 'failed':
      case 'cancelled':
        return { type: `run.${run.status}`, run };
      default:
        return undefined;
    }
  }

  /** Waits before the next attempt; rejects with `error` when there is none, or none would help. */
  async #recover(error: unknown): Promise<void> {
    const { pace, signal, reconnectMs } = this.#options;
    signal.throwIfAborted();
    if (!isTransient(error)) throw error;
    if (this.#failures === 0) this.#failingSince = pace.now();
    const wait = Math.min(FIRST_WAIT_MS * 2 ** this.#failures, LONGEST_WAIT_MS);
    this.#failures += 1;
    if (pace.now() + wait - this.#failingSince > reconnectMs) throw error;
    await pace.sleep(wait, signal);
  }
}

function isEnd({ type }: Event): boolean {
  return type === 'run.completed' || type === 'run.failed' || type === 'run.cancelled';
}
