import type { Part } from '../../../model/index.ts';
import type { Pace } from '../../code/index.ts';
import { isTransient } from '../failures.ts';
import type { A2aClient } from './client.ts';
import { decodeA2aParts } from './parts.ts';
import type { Artifact, Message, StreamResponse, Task, TaskStatus } from './sdk.ts';

/** States of a task. Source: A2A 1.0, `TaskState`; the library's own enum would load all of it. */
const STATES = {
  3: 'completed',
  4: 'failed',
  5: 'canceled',
  6: 'input-required',
  7: 'rejected',
  8: 'auth-required',
} as const;

/** In which states a task is done, or waits for the person. */
export type EndState = (typeof STATES)[keyof typeof STATES];

/** What the agent itself says; everything else is the person's. */
const AGENT = 2;

/** A server that cannot stream a task again is asked for it at this pace. */
const POLL_MS = 1_000;
/** After a connection was lost: how often a task is read while its events come, since a piece of an artifact may have been missed. */
const READ_AGAIN_MS = 250;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

/** What is new of a task. */
export type News =
  /** What the agent says of its work while it works. */
  | { readonly type: 'progress'; readonly text: string }
  /** A result, whole as it is known now. */
  | { readonly type: 'artifact'; readonly id: string; readonly parts: readonly Part[] }
  /** The task is done, or waits: nothing comes after it. `key` names this very status. */
  | { readonly type: 'end'; readonly state: EndState; readonly parts: readonly Part[]; readonly key: string };

/** What `newsOf` needs. */
export interface Following {
  readonly client: A2aClient;
  readonly taskId: string;
  /** The message that began this part of the work: what the agent said before it is old. */
  readonly messageId: string;
  /** `key` of the question that was answered with it: a task that shows it still has not gone on. */
  readonly answered: string | undefined;
  /** The events that the answer to the message began with, if this entry sent it. */
  readonly opened: AsyncIterable<StreamResponse> | undefined;
  /** How long a server that does not answer is waited for. */
  readonly reconnectMs: number;
  readonly pace: Pace;
  /** Lets go of the connection. */
  readonly signal: AbortSignal;
}

/**
 * Follows a task until it is done or waits, over as many connections as it takes. A2A keeps no list of events: what a lost connection held back is read from the task, and so
 * are the pieces that come in a stream that was joined later. Throws `AcpError` when the server refuses, or stays away too long.
 */
export async function* newsOf(following: Following): AsyncGenerator<News, void, undefined> {
  const { client, taskId, pace, signal } = following;
  const reader = new Reader(following);
  let source = following.opened;
  let failures = 0;
  let failingSince = 0;
  /** Whether pieces may have been missed. */
  let late = source === undefined;
  let streams = true;
  for (;;) {
    try {
      if (late) yield* reader.task(await client.task(taskId, { signal }));
      if (reader.ended) return;
      source ??= streams ? await client.follow(taskId, { signal }) : undefined;
      if (!source) {
        streams = false;
        await pace.sleep(POLL_MS, signal);
        late = true;
        continue;
      }
      let readAt = pace.now();
      for await (const { payload } of source) {
        failures = 0;
        const isPiece = payload?.$case === 'artifactUpdate' && payload.value.append;
        if (late && isPiece) {
          if (pace.now() - readAt < READ_AGAIN_MS) continue;
          readAt = pace.now();
          yield* reader.task(await client.task(taskId, { signal }));
        } else if (late && payload?.$case === 'statusUpdate' && isEnd(payload.value.status)) {
          yield* reader.task(await client.task(taskId, { signal }));
        } else if (payload?.$case === 'task') yield* reader.task(payload.value);
        else if (payload?.$case === 'statusUpdate') yield* reader.status(payload.value.status);
        else if (payload?.$case === 'artifactUpdate') yield* reader.artifact(payload.value);
        if (reader.ended) return;
      }
      source = undefined;
      late = true;
      failures = 0;
      yield* reader.task(await client.task(taskId, { signal }));
      if (reader.ended) return;
      await pace.sleep(POLL_MS, signal);
    } catch (error) {
      signal.throwIfAborted();
      source = undefined;
      late = true;
      if (!isTransient(error)) {
        // Servers need not let anybody join a stream; what is done can always be read.
        if (!streams || !isRefusal(error)) throw error;
        streams = false;
        continue;
      }
      if (failures === 0) failingSince = pace.now();
      const wait = Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS);
      failures += 1;
      if (pace.now() + wait - failingSince > following.reconnectMs) throw error;
      await pace.sleep(wait, signal);
    }
  }
}

/** Reads events and whole tasks, and gives what was not given before. */
class Reader {
  readonly #messageId: string;
  readonly #answered: string | undefined;
  readonly #told = new Set<string>();
  readonly #artifacts = new Map<string, Artifact>();
  ended = false;

  constructor({ messageId, answered }: Following) {
    this.#messageId = messageId;
    this.#answered = answered;
  }

  *task({ history, artifacts, status }: Task): Generator<News> {
    const from = (history ?? []).findLastIndex(({ messageId }) => messageId === this.#messageId);
    for (const message of from < 0 ? [] : history.slice(from + 1)) yield* this.#progress(message);
    for (const artifact of artifacts ?? []) yield* this.artifact({ artifact, append: false });
    yield* this.status(status);
  }

  *artifact({ artifact, append }: { artifact: Artifact | undefined; append: boolean }): Generator<News> {
    if (!artifact) return;
    const { artifactId: id } = artifact;
    const known = append ? this.#artifacts.get(id) : undefined;
    const whole = known ? { ...known, parts: [...known.parts, ...(artifact.parts ?? [])] } : artifact;
    this.#artifacts.set(id, whole);
    yield { type: 'artifact', id, parts: decodeA2aParts(whole.parts) };
  }

  *status(status: TaskStatus | undefined): Generator<News> {
    const state = stateOf(status);
    if (!state) return yield* this.#progress(status?.message);
    const key = `${state} ${status?.message?.messageId ?? ''} ${status?.timestamp ?? ''}`;
    if (key === this.#answered) return;
    this.ended = true;
    yield { type: 'end', state, parts: decodeA2aParts(status?.message?.parts), key };
  }

  *#progress(message: Message | undefined): Generator<News> {
    if (!message || message.role !== AGENT || this.#told.has(message.messageId)) return;
    this.#told.add(message.messageId);
    const text = decodeA2aParts(message.parts)
      .map((part) => (part.type === 'text' ? part.text : ''))
      .join('');
    if (text !== '') yield { type: 'progress', text };
  }
}

function stateOf(status: TaskStatus | undefined): EndState | undefined {
  return STATES[status?.state as keyof typeof STATES];
}

function isEnd(status: TaskStatus | undefined): boolean {
  return stateOf(status) !== undefined;
}

/** The server understood and does not want to: 404 is a task that is gone, which nothing mends. */
function isRefusal(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === 'refused';
}

/** What the first event of an answer is about. */
export interface TaskPlace {
  /** Absent: the agent made no task and `parts` are its whole answer. */
  readonly task?: string;
  readonly context: string;
  readonly parts?: readonly Part[];
}

/** What an answer is about, by its first event. */
export function placeOf({ payload }: StreamResponse): TaskPlace {
  switch (payload?.$case) {
    case 'message':
      return { context: payload.value.contextId, parts: decodeA2aParts(payload.value.parts) };
    case 'task':
      return { task: payload.value.id, context: payload.value.contextId };
    case 'statusUpdate':
    case 'artifactUpdate':
      return { task: payload.value.taskId, context: payload.value.contextId };
    default:
      return { context: '' };
  }
}
