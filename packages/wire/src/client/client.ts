import type { Agent, StarterSettings } from '../orchestrate/agent.ts';
import type { UploadedFile } from '../orchestrate/file.ts';
import type { Frame } from '../orchestrate/frame.ts';
import type { Message, MessagePatch, RequestContent } from '../orchestrate/message.ts';
import type { Run, RunPage, RunStarted, RunStatus } from '../orchestrate/run.ts';
import type { Token } from '../orchestrate/service.ts';
import type { Thread, ThreadPage, ThreadPatch } from '../orchestrate/thread.ts';
import { ApiError } from './error.ts';
import { readFrames } from './frames.ts';
import { createRetry, type RetryOptions } from './retry.ts';
import { readThrough } from './stream.ts';
import { type Call, createTransport, type TransportOptions } from './transport.ts';
import { newUuid } from './uuid.ts';

export interface ClientOptions extends TransportOptions {
  readonly retry?: RetryOptions;
  /** A stream with a heartbeat that is silent this long is opened again. Default 45,000 ms. */
  readonly silenceMs?: number;
}

/** What is said to an agent. */
export interface Say {
  /** Text, or content items. */
  readonly content: RequestContent;
  /** Id or name; absent: the thread's, else the server's default. */
  readonly agentId?: string;
  /** Absent: a thread is made; the first frame has its id. */
  readonly threadId?: string;
  /** Context variables. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** UUID for the message. Saying the same under the same id again changes nothing and gives the same answer. Default: a new one. */
  readonly messageId?: string;
  /** Further members of the request's body. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface StreamOptions extends CallOptions {
  /** Told `false` when the connection broke and is made again, and `true` when it stands again. */
  readonly onConnection?: (stands: boolean) => void;
}

export interface Page {
  readonly limit?: number;
  readonly offset?: number;
}

/** A client of the Orchestrate chat API. Everything rejects or throws with `ApiError`, or with the reason of the signal that was given. */
export interface Client {
  /** Says something and gives the frames of the answer to its end, reconnecting where the connection breaks. Never says it twice. */
  send(say: Say, options?: StreamOptions): AsyncGenerator<Frame, void, undefined>;
  /** The same over one connection: when that breaks, so does the stream. */
  startRun(say: Say, options?: CallOptions): AsyncGenerator<Frame, void, undefined>;
  /** Says something and gives the ids only. Retries as `send` does. */
  createRun(say: Say, options?: CallOptions): Promise<RunStarted>;
  /** The frames of a run after `cursor` (the id of a frame), or all of them, to the end, reconnecting as `send` does. */
  follow(runId: string, cursor?: string, options?: StreamOptions): AsyncGenerator<Frame, void, undefined>;
  /** The frames of a run so far. */
  events(runId: string, options?: CallOptions): Promise<Frame[]>;
  run(runId: string, options?: CallOptions): Promise<Run>;
  listRuns(
    filter?: Page & { threadId?: string; agentId?: string; status?: RunStatus[] },
    options?: CallOptions,
  ): Promise<RunPage>;
  cancel(runId: string, options?: CallOptions): Promise<void>;

  /** Gives back the thread's id. */
  createThread(
    thread?: { title?: string; agentId?: string; context?: Record<string, unknown> },
    options?: CallOptions,
  ): Promise<string>;
  thread(threadId: string, options?: CallOptions): Promise<Thread>;
  listThreads(filter?: Page & { agentId?: string }, options?: CallOptions): Promise<ThreadPage>;
  updateThread(threadId: string, change: ThreadPatch, options?: CallOptions): Promise<Thread>;
  deleteThread(threadId: string, options?: CallOptions): Promise<void>;
  /** Oldest first; all of them unless limited. */
  messages(threadId: string, options?: CallOptions & Page): Promise<Message[]>;
  updateMessage(
    ids: { threadId: string; messageId: string },
    change: MessagePatch,
    options?: CallOptions,
  ): Promise<Message>;

  /**
   * Stores files, to be sent with a message: `context: {data: [{response_type: 'file_download', files}], source: 'TOOL'}`. Rejects when one was refused, with its
   * status and code.
   */
  upload(files: readonly File[], options?: CallOptions): Promise<UploadedFile[]>;

  agents(
    filter?: { names?: string[]; ids?: string[]; includeHidden?: boolean },
    options?: CallOptions,
  ): Promise<Agent[]>;
  agent(agentId: string, options?: CallOptions): Promise<Agent>;
  /** What a chat shows first; without an id, for the default agent. */
  starterSettings(agentId?: string, options?: CallOptions): Promise<StarterSettings>;

  /** A token for a user name, from a server on one's own machine. */
  signIn(person: { userName: string; password?: string }, options?: CallOptions): Promise<Token>;
}

/** A client for one server. Runs in browsers and in Node. */
export function createClient(options: ClientOptions): Client {
  const transport = createTransport(options);
  const { silenceMs } = options;
  const json = <T>(call: Call, { signal }: CallOptions = {}) => transport.json<T>({ ...call, signal });
  const stream = (call: Call, signal: AbortSignal | undefined) =>
    transport.send({ ...call, accept: 'text/event-stream', signal });
  const retry = (signal: AbortSignal | undefined) => createRetry(options.retry ?? {}, signal);

  const saying = (say: Say): Call & { body: object } => ({
    method: 'POST',
    path: '/orchestrate/runs',
    query: { stream: true, multiple_content: true },
    body: {
      message: { id: say.messageId ?? newUuid(), role: 'user', content: say.content },
      agent_id: say.agentId,
      thread_id: say.threadId,
      context: say.context ?? {},
      ...say.more,
    },
  });
  const eventsOf = (runId: string, after: string | undefined): Call => ({
    path: `/orchestrate/runs/${encodeURIComponent(runId)}/events`,
    query: { after, multiple_content: true },
  });

  return {
    send(say, { signal, onConnection } = {}) {
      const call = saying(say);
      const opening = {
        start: () => stream(call, signal),
        resume: (runId: string, cursor: string) => stream(eventsOf(runId, cursor), signal),
      };
      return readThrough(opening, retry(signal), { silenceMs, onConnection });
    },
    async *startRun(say, { signal } = {}) {
      try {
        yield* readFrames(await stream(saying(say), signal), silenceMs);
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      }
    },
    async createRun(say, { signal } = {}) {
      const call = { ...saying(say), query: {}, signal };
      const attempts = retry(signal);
      for (;;) {
        try {
          return await transport.json<RunStarted>(call);
        } catch (error) {
          await attempts.next(error);
        }
      }
    },
    follow(runId, cursor, { signal, onConnection } = {}) {
      const resume = (_: string, after: string) => stream(eventsOf(runId, after), signal);
      const start = () => stream(eventsOf(runId, cursor), signal);
      return readThrough({ start, resume }, retry(signal), { silenceMs, onConnection });
    },
    events: (runId, call) => json<Frame[]>(eventsOf(runId, undefined), call),
    run: (runId, call) => json<Run>({ path: `/orchestrate/runs/${encodeURIComponent(runId)}` }, call),
    listRuns: ({ threadId, agentId, status, limit, offset } = {}, call) =>
      json<RunPage>(
        { path: '/orchestrate/runs', query: { thread_id: threadId, agent_id: agentId, status, limit, offset } },
        call,
      ),
    async cancel(runId, call) {
      await json({ method: 'POST', path: `/orchestrate/runs/cancel/${encodeURIComponent(runId)}` }, call);
    },

    async createThread({ title, agentId, context } = {}, call) {
      const body = { title, agent_id: agentId, context };
      return (await json<{ thread_id: string }>({ method: 'POST', path: '/threads', body }, call)).thread_id;
    },
    thread: (threadId, call) => json<Thread>({ path: threadPath(threadId) }, call),
    listThreads: ({ agentId, limit, offset } = {}, call) =>
      json<ThreadPage>({ path: '/threads', query: { agent_id: agentId, limit, offset } }, call),
    updateThread: (threadId, body, call) => json<Thread>({ method: 'PATCH', path: threadPath(threadId), body }, call),
    async deleteThread(threadId, { signal } = {}) {
      await transport.send({ method: 'DELETE', path: threadPath(threadId), signal });
    },
    messages: (threadId, { limit, offset, signal } = {}) =>
      json<Message[]>({ path: `${threadPath(threadId)}/messages`, query: { limit, offset } }, signal ? { signal } : {}),
    updateMessage: ({ threadId, messageId }, body, call) =>
      json<Message>(
        { method: 'PATCH', path: `${threadPath(threadId)}/messages/${encodeURIComponent(messageId)}`, body },
        call,
      ),

    async upload(files, call) {
      const body = new FormData();
      for (const file of files) body.append('files', file, file.name);
      const sent = await json<UploadedFile[]>({ method: 'POST', path: '/orchestrate/upload-to-s3', body }, call);
      const refused = sent.find(({ invalid }) => invalid);
      if (!refused) return sent;
      const { errorSubject, errorBody, statusCode: status, fileName } = refused;
      throw new ApiError(errorSubject ?? 'invalid_request', errorBody ?? `${fileName} was refused.`, { status });
    },

    agents: ({ names, ids, includeHidden } = {}, call) =>
      json<Agent[]>({ path: '/orchestrate/agents', query: { names, ids, include_hidden: includeHidden } }, call),
    agent: (agentId, call) => json<Agent>({ path: agentPath(agentId) }, call),
    starterSettings: (agentId = 'no_agent', call) =>
      json<StarterSettings>({ path: `${agentPath(agentId)}/chat-starter-settings` }, call),

    signIn: ({ userName, password = '' }, call) =>
      json<Token>(
        { method: 'POST', path: '/auth/token', body: new URLSearchParams({ username: userName, password }) },
        call,
      ),
  };
}

function threadPath(threadId: string): string {
  return `/threads/${encodeURIComponent(threadId)}`;
}

function agentPath(agentId: string): string {
  return `/orchestrate/agents/${encodeURIComponent(agentId)}`;
}
