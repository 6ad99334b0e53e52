import type { DoubleTexting, Json, JsonObject, Message, Part, Run } from '../model/index.ts';

/** A new run, in the words of the engine. */
export interface StartRun {
  /** UUID for the run. */
  readonly runId: string;
  readonly at: number;
  readonly agentId: string;
  readonly agentName: string;
  /** UUID of the thread. */
  readonly threadId: string;
  /**
   * `existing`: an absent thread is `thread_not_found`. `either`: it is made under this id. `new`: the id was made by the caller a moment ago, so that nobody
   * looks for it.
   */
  readonly thread: 'existing' | 'either' | 'new';
  /** Title for a thread that is made. */
  readonly title: string;
  /** The user's message. `id` is taken unless another message has it; then `spareMessageId` is. */
  readonly message: { readonly id: string; readonly parts: readonly Part[]; readonly extra?: JsonObject };
  readonly spareMessageId: string;
  /** Messages sent together with `message`, before it. Those of role `user` belong to the run; the others are history. */
  readonly earlier: readonly Pick<Message, 'id' | 'role' | 'parts' | 'agentName' | 'extra'>[];
  /**
   * Messages from before, oldest first: they join the thread ahead of all that this call sends. One with an `origin` does unless the thread has a copy
   * of that already; one without does only when this call makes the thread. Ignored for an answer.
   */
  readonly history: readonly Pick<Message, 'id' | 'role' | 'parts' | 'agentName' | 'origin' | 'extra'>[];
  /**
   * State that the client brings: takes the place of the thread's, unless that came from the same `source` and may have changed here since. Null: the
   * thread's stays. Ignored for an answer.
   */
  readonly state: { readonly source: string; readonly value?: Json } | null;
  readonly context: JsonObject;
  readonly options: JsonObject;
  /** Idempotency: `key` is the client's message id, `fingerprint` a hash of what it asked for. */
  readonly once: { readonly key: string; readonly fingerprint: string } | null;
  /** When the newest run of the thread that waits exists, the message is its answer and no run is made. */
  readonly answerWaiting: boolean;
  /** What becomes of the message when the thread has a run that has not ended, and it is not the answer to one that waits. */
  readonly doubleTexting: DoubleTexting;
  /** Whose turn it is to be worked on goes round over these: the channel of the caller. Of one tenant, another one has others. */
  readonly lane: string;
  /** Most runs that may be queued, in all and of this lane, this one among them; what would be more is `queue_full`. Null: there is no end to it. */
  readonly queue: { readonly limit: number; readonly laneLimit: number } | null;
  /** Claim the run in the same transaction for this worker, unless it has to wait for another one of its thread. */
  readonly claim: ClaimRequest | null;
}

/** Who wants to work, and for how long it may be silent. */
export interface ClaimRequest {
  /** Unique for each start of each process. */
  readonly worker: string;
  readonly ttlMs: number;
  /**
   * Ids of the agents that the worker has. Where there are several, runs of other agents are left for a minute to those who may have them: nodes get a new project one after the other.
   * After that any worker takes them, and finds that the agent is missing. Default: it has all.
   */
  readonly agents?: readonly string[];
}

/** The right to write to one run's log until `until`, unless it is renewed. */
export interface Lease {
  readonly run: Run;
  readonly worker: string;
  readonly epoch: number;
  readonly ttlMs: number;
}

/** What became of `startRun`. */
export interface Started {
  readonly run: Run;
  readonly message: Message;
  /** What was sent to start the run: `earlier` and `message` as stored. For an answer, and for a known key, the message alone. */
  readonly inputs: readonly Message[];
  /** Present when the caller asked to claim, the run is new and no other one of its thread has to end first. */
  readonly lease: Lease | null;
  /** Runs of the thread that were interrupted for this one, as they are now: `cancelled`, or wanted cancelled by their worker. */
  readonly interrupted: readonly Run[];
  /** False when the idempotency key was known: the rest is then that of the first call. */
  readonly created: boolean;
  /** `seq` after which the log answers this call: 0 for a new run, that of `run.waiting` for an answer. */
  readonly after: number;
}

/** A run whose question was over, and what it is now. */
export interface ExpiredWait {
  readonly runId: string;
  readonly status: 'failed' | 'queued';
}

/** How an append leaves the run. */
export type After =
  | { readonly status: 'running' }
  /** The last event is `run.waiting`; the lease ends. If somebody wants the run cancelled, `run.cancelled` is written in its place. */
  | { readonly status: 'waiting' }
  /** The last event is the terminal one; the lease ends and the log is closed. */
  | { readonly status: 'completed' | 'failed' | 'cancelled' };

/** Thrown by whatever needs a lease that another worker has taken, or that ended. A worker that meets it stops at once. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}
