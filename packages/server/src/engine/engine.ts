import type { Json, JsonObject, Message, Part, Run, RunEvent, Scope } from '../model/index.ts';
import type { AgentDirectory, Clock, Store } from '../ports/index.ts';

/** What a wire asks for when it starts a run. */
export interface StartCommand {
  /** Id or name; absent means the default agent. Unknown: `agent_not_found`. */
  readonly agent?: string;
  /** Absent: a thread is made. */
  readonly threadId?: string;
  /** Whether a `threadId` that does not exist is made (ACP) or refused with `thread_not_found` (the default). */
  readonly mayCreateThread?: boolean;
  /** Title for a thread that is made; the default is the beginning of the message's text. */
  readonly title?: string;
  readonly message: { readonly id?: string; readonly parts: readonly Part[]; readonly extra?: JsonObject };
  /**
   * Messages that were sent together with `message`, before it: they start the run with it and join the thread, whether it is made or not. Those of
   * an agent are kept as history, without a run. Default none.
   */
  readonly earlier?: readonly Pick<Message, 'role' | 'parts' | 'agentName' | 'extra'>[];
  /** Messages from before. Those with an `origin` join any thread that has no copy of it, the others one that is made. Default none. */
  readonly history?: readonly Pick<Message, 'role' | 'parts' | 'agentName' | 'origin' | 'extra'>[];
  /** State that the client brings for the thread, or where to read it. Default: the thread's stays. */
  readonly state?: { readonly source: string; readonly value?: Json };
  readonly context?: JsonObject;
  readonly options?: JsonObject;
  /** The client's message id and a hash of the body it came with (`fingerprint()` makes one). */
  readonly once?: { readonly key: string; readonly fingerprint: string };
  /** When a run of the thread waits for an answer, take the message for that answer instead of starting a run. Default false. */
  readonly answerWaiting?: boolean;
}

/** A run that was started or, with a known idempotency key, found. */
export interface StartedRun {
  readonly run: Run;
  /** The user's message as stored. */
  readonly message: Message;
  /** False when the idempotency key was known: the reply is then that of the first call. */
  readonly created: boolean;
  /** What the caller has to read of the log: the events after this `seq`. 0 for a new run, more when a waiting one was answered. */
  readonly after: number;
}

/** Reads and simple writes that need no decision: they go to the store as they are. */
export type Library = Pick<
  Store,
  | 'readRun'
  | 'listRuns'
  | 'listRunMessages'
  | 'createThread'
  | 'readThread'
  | 'readThreadState'
  | 'listThreads'
  | 'updateThread'
  | 'deleteThread'
  | 'listMessages'
  | 'listMessageIds'
  | 'readMessage'
  | 'updateMessage'
  | 'findMessage'
  | 'measureAgent'
>;

/** The engine as the wires see it. Rejections meant for a caller are `ClewError`. */
export interface Engine {
  readonly agents: AgentDirectory;
  readonly clock: Clock;
  readonly library: Library;
  /** Commits the run and begins to work on it. `server_closing` while shutting down. */
  startRun(scope: Scope, command: StartCommand): Promise<StartedRun>;
  /**
   * The run's log after `after`, as batches, as the caller may see it: what is stored, then what comes, until the terminal event. Ends without
   * one when `signal` aborts, when the server closes, and after `run.waiting` if `untilWaiting`. Rejects with `run_not_found`.
   */
  tail(scope: Scope, runId: string, after: number, options?: TailOptions): AsyncIterable<readonly RunEvent[]>;
  /** What is stored of the log now, as the caller may see it. */
  readEvents(scope: Scope, runId: string): Promise<readonly RunEvent[]>;
  /** The same without the events that only show how a message or a step grows. */
  readMilestones(scope: Scope, runId: string): Promise<readonly RunEvent[]>;
  /** Gives the answer to the question that the run waits on; with `waitId` to that one and to no other, else `run_not_waiting`. */
  answerRun(
    scope: Scope,
    runId: string,
    answer: { readonly parts: readonly Part[]; readonly extra?: JsonObject; readonly waitId?: string },
  ): Promise<Run>;
  /** Asks the run to stop; resolves at once. `run_ended` when it has. */
  cancelRun(scope: Scope, runId: string): Promise<Run>;
}

export interface TailOptions {
  readonly signal?: AbortSignal;
  /** End after an unanswered `run.waiting`. Default false. */
  readonly untilWaiting?: boolean;
}
