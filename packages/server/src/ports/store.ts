import type {
  Json,
  JsonObject,
  Message,
  NewEvent,
  Part,
  Run,
  RunEvent,
  Scope,
  Thread,
  ThreadState,
} from '../model/index.ts';
import type { AgentMeasures, MessageChange, NewThread, Page, RunQuery, ThreadChange, ThreadQuery } from './lists.ts';
import type { Outbox } from './outbox.ts';
import type { QueueMeasures } from './queue.ts';
import type { Quotas } from './quotas.ts';
import type { Retention } from './retention.ts';
import type { Revocations } from './revocations.ts';
import type { After, ClaimRequest, ExpiredWait, Lease, Started, StartRun } from './runs.ts';

/**
 * Everything the engine needs to remember. Each call is one transaction. An id that does not exist in the scope (another tenant, another user)
 * is not told from one that does not exist at all.
 */
export interface Store extends Outbox, Quotas, Revocations, Retention {
  /**
   * Makes the run, its user message, event 1 (`run.created`) and, if need be, its thread. The same idempotency key and fingerprint give back
   * the first run; another fingerprint is `idempotency_conflict`. Claimed: event 2 is `run.started`. With `answerWaiting` it may do the work of
   * `answerRun` instead, under the same key. The runs of a thread are worked on one after the other, in the order in which they were made: one that comes while
   * another has not ended (it waits for a person, for instance) is not claimed before that. With `interrupt` the others are cancelled in the same step, as by `requestCancel`;
   * with `reject` nothing is stored (`thread_busy`).
   */
  startRun(scope: Scope, command: StartRun): Promise<Started>;
  /**
   * Claims a run, raising its epoch, and appends `run.started`. Undefined when there is none. First those whose lease ran out, then those that had begun (answered, given
   * back), then those that are new, in turn over the lanes and within each the oldest first: a lane with a thousand queued runs delays another one's by one. A worker does not
   * claim from itself: one that asks is alive, however late (a laptop that slept).
   */
  claimRun(claim: ClaimRequest, at: number): Promise<Lease | undefined>;
  /**
   * Appends events after `expectedSeq` and sets the run's status. Completed messages in `events` become messages of the thread in the same
   * transaction, and `state.updated` the thread's state. Rejects with `LeaseLost` when the epoch is stale, the log is closed or `expectedSeq` is not the last.
   * `freed`: another run of the thread, which had to wait for this one, can be claimed now.
   */
  append(
    lease: Lease,
    expectedSeq: number,
    events: readonly NewEvent[],
    after: After,
  ): Promise<{ readonly freed: boolean }>;
  /** Prolongs leases. Gives back the ids of runs whose lease is lost, and of those that somebody wants cancelled. */
  renew(leases: readonly Lease[], at: number): Promise<{ lost: readonly string[]; cancelled: readonly string[] }>;
  /** Gives runs back to the queue, for another worker. Leases that are lost are passed over. */
  release(leases: readonly Lease[]): Promise<void>;
  /**
   * Asks for a run to be cancelled. One that waits, or that no worker has begun, is ended at once by `event`; one that is worked on, or queued to go on, is marked
   * for its worker. `run_ended` when it has ended, `run_not_found` when there is none.
   */
  requestCancel(scope: Scope, runId: string, event: NewEvent & { type: 'run.cancelled' }): Promise<Run>;
  /**
   * Answers the question a run waits on: stores the message, appends `run.resumed` and queues the run. One of two simultaneous answers wins; the
   * other, like every answer to a run that does not wait, is `run_not_waiting`.
   */
  answerRun(
    scope: Scope,
    runId: string,
    answer: {
      readonly id: string;
      readonly parts: readonly Part[];
      readonly at: number;
      readonly extra?: JsonObject;
      /** The question that is meant: another one is `run_not_waiting`. Absent: whichever is asked. */
      readonly waitId?: string;
    },
  ): Promise<Run>;

  /**
   * Ends the questions that are over at `event.at`: those whose own end (`run.waiting`, `expires`) has come, and of those without one, the ones asked before `before`
   * (milliseconds since 1970; null: they have no end). The run fails with `event`, or where the question says `resume`, it gets a `run.resumed` whose answer is `expired`,
   * and is queued. Each question ends once, by this or by an answer. At most 100 at once: what is left is for the next call.
   */
  expireWaits(before: number | null, event: NewEvent & { type: 'run.failed' }): Promise<readonly ExpiredWait[]>;

  /** Events after `after`, oldest first, at most `limit`. An id that is unknown gives `run_not_found`. */
  readEvents(scope: Scope, runId: string, after: number, limit: number): Promise<readonly RunEvent[]>;
  /** The log as it is now without the events in `PROGRESS`, oldest first. An id that is unknown gives `run_not_found`. */
  readMilestones(scope: Scope, runId: string): Promise<readonly RunEvent[]>;
  /** The whole log under a lease, for the worker. */
  readLog(lease: Lease): Promise<readonly RunEvent[]>;
  /**
   * The messages that started the run, its user message last, and the messages of its thread before that one, oldest first, at most `limit` of the
   * newest. Answers to messages that were sent before, but given after, are among these, each behind what it answers.
   */
  readTurn(lease: Lease, limit: number): Promise<{ inputs: readonly Message[]; history: readonly Message[] }>;
  readRun(scope: Scope, runId: string): Promise<Run>;
  /** Newest first. */
  listRuns(scope: Scope, query: RunQuery): Promise<Page<Run>>;

  createThread(scope: Scope, thread: NewThread): Promise<Thread>;
  readThread(scope: Scope, threadId: string): Promise<Thread>;
  /** What agents keep with the thread; undefined when nobody has left or brought any. `thread_not_found` when there is no such thread. */
  readThreadState(scope: Scope, threadId: string): Promise<ThreadState | undefined>;
  /** Most recently changed first. */
  listThreads(scope: Scope, query: ThreadQuery): Promise<Page<Thread>>;
  updateThread(scope: Scope, threadId: string, change: ThreadChange): Promise<Thread>;
  /** Deletes the thread with its messages, runs and events. Runs that are worked on lose their lease. */
  deleteThread(scope: Scope, threadId: string): Promise<void>;
  /**
   * Gives all threads of a person to another one of the same tenant, with their runs, messages and idempotency keys; where both used a key, that of `to` stays. How many
   * threads. Runs that are worked on go on.
   */
  moveThreads(from: Scope, to: Scope): Promise<number>;

  /** Oldest first. */
  listMessages(scope: Scope, threadId: string, query: { limit: number; offset: number }): Promise<Page<Message>>;
  /** Which messages a thread has, oldest first. */
  listMessageIds(scope: Scope, threadId: string): Promise<readonly Pick<Message, 'id' | 'origin'>[]>;
  readMessage(scope: Scope, threadId: string, messageId: string): Promise<Message>;
  updateMessage(scope: Scope, threadId: string, messageId: string, change: MessageChange): Promise<Message>;
  /** A message by its id alone, in whatever thread of the scope it stands. `message_not_found` when there is none. */
  findMessage(scope: Scope, messageId: string): Promise<Message>;
  /** Messages that a run made, oldest first. */
  listRunMessages(scope: Scope, runId: string): Promise<readonly Message[]>;

  /** What is measured of an agent, over its newest ended runs in the tenant, whoever started them, at most `limit`. */
  measureAgent(scope: Scope, agentId: string, limit: number): Promise<AgentMeasures>;

  /** Small values that belong to the installation, e.g. when it was made. */
  readSetting(key: string): Promise<Json | undefined>;
  writeSetting(key: string, value: Json): Promise<void>;
  /** Writes the value if the one that stands is still `before` (undefined: there is none); whether it was. Of calls that know the same `before` one wins. */
  changeSetting(key: string, before: Json | undefined, value: Json): Promise<boolean>;
  /** Writes the value unless the key has one; gives back the one that stands. Of many processes that do so at once, all get the same. */
  keepSetting(key: string, value: Json): Promise<Json>;

  measureQueue(): Promise<QueueMeasures>;

  /** Resolves when the store can read and write. */
  check(): Promise<void>;
  close(): Promise<void>;
}
