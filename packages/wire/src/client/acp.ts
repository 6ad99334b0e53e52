import type { Event } from '../acp/event.ts';
import type { Message } from '../acp/message.ts';
import type { Run, RunMode } from '../acp/run.ts';
import type { Session, SessionInput } from '../acp/session.ts';
import { followRun } from './acp-follow.ts';
import { type AgentManifest, agentOf, agentsOf, eventsOf, runOf, sessionOf } from './acp-shapes.ts';
import { type AcpStream, openStream } from './acp-stream.ts';
import { type AcpClientOptions, createAcpTransport } from './acp-transport.ts';

export type { Event } from '../acp/event.ts';
export type { Citation, Message, MessagePart, Trajectory } from '../acp/message.ts';
export type { Run, RunMode, RunStatus } from '../acp/run.ts';
export type { Session, SessionInput } from '../acp/session.ts';
export { AcpError } from './acp-error.ts';
export type { AgentManifest } from './acp-shapes.ts';
export type { AcpStream } from './acp-stream.ts';
export type { AcpClientOptions } from './acp-transport.ts';
export { createSseDecoder, type SseDecoder } from './sse.ts';

export interface AcpCallOptions {
  readonly signal?: AbortSignal;
}

/** What starts a run. */
export interface AcpStart {
  readonly agentName: string;
  readonly input: readonly Message[];
  /** Absent: the server makes a session. Both may be given when `session.id` is the same. */
  readonly sessionId?: string;
  /** A session that is brought along; history as addresses. */
  readonly session?: SessionInput;
}

/** A client of any ACP server. Everything rejects or throws with `AcpError`, or with the reason of the signal that was given. */
export interface AcpClient {
  ping(options?: AcpCallOptions): Promise<void>;
  /** All agents unless limited; a server may ignore the page. */
  agents(
    page?: { readonly limit?: number; readonly offset?: number },
    options?: AcpCallOptions,
  ): Promise<AgentManifest[]>;
  agent(name: string, options?: AcpCallOptions): Promise<AgentManifest>;
  /** Starts a run in stream mode. */
  streamRun(start: AcpStart, options?: AcpCallOptions): Promise<AcpStream>;
  /** In sync mode resolves when the run ends or awaits something, in async mode at once. A failed run is no error here. */
  createRun(start: AcpStart & { readonly mode: 'sync' | 'async' }, options?: AcpCallOptions): Promise<Run>;
  /** Answers what a run awaits; gives the events after the answer. */
  streamResume(runId: string, message: Message, options?: AcpCallOptions): Promise<AcpStream>;
  resume(runId: string, message: Message, mode: 'sync' | 'async', options?: AcpCallOptions): Promise<Run>;
  run(runId: string, options?: AcpCallOptions): Promise<Run>;
  /** All events of a run so far. */
  events(runId: string, options?: AcpCallOptions): Promise<Event[]>;
  /**
   * The events of a run after the first `seen`. At a server that can stream them (Clew does) to the run's end or its question, elsewhere those that
   * there are now. Throws as `AcpStream.events` does.
   */
  follow(runId: string, seen: number, options?: AcpCallOptions): AsyncGenerator<Event, void, undefined>;
  /** Asks a run to stop, and gives it as the server describes it; undefined when it does not. Rejects when the run had ended. */
  cancel(runId: string, options?: AcpCallOptions): Promise<Run | undefined>;
  session(id: string, options?: AcpCallOptions): Promise<Session>;
}

/** A client for one server. Runs in browsers and in Node. */
export function createAcpClient(options: AcpClientOptions): AcpClient {
  const transport = createAcpTransport(options);
  const runPath = (runId: string) => `/runs/${encodeURIComponent(runId)}`;
  const starting = ({ agentName, input, sessionId, session }: AcpStart, mode: RunMode) => ({
    path: '/runs',
    body: { agent_name: agentName, input, session_id: sessionId, session, mode },
  });
  const resuming = (runId: string, message: Message, mode: RunMode) => ({
    path: runPath(runId),
    // The specification requires `run_id` here.
    body: { run_id: runId, await_resume: { type: 'message', message }, mode },
    runId,
  });
  const stream = async (call: { path: string; body: object; runId?: string }, { signal }: AcpCallOptions) => {
    const response = await transport.send({ ...call, accept: 'text/event-stream', signal });
    return openStream(response, { ...(call.runId === undefined ? {} : { runId: call.runId }), signal });
  };

  return {
    async ping({ signal } = {}) {
      const response = await transport.send({ path: '/ping', signal });
      await response.body?.cancel();
    },
    async agents({ limit, offset } = {}, { signal } = {}) {
      const page = Object.entries({ limit, offset }).flatMap(([name, value]) =>
        value === undefined ? [] : `${name}=${value}`,
      );
      return agentsOf(await transport.json({ path: `/agents${page.length > 0 ? `?${page.join('&')}` : ''}`, signal }));
    },
    agent: async (name, { signal } = {}) =>
      agentOf(await transport.json({ path: `/agents/${encodeURIComponent(name)}`, signal })),

    streamRun: (start, call = {}) => stream(starting(start, 'stream'), call),
    createRun: async ({ mode, ...start }, { signal } = {}) =>
      runOf(await transport.json({ ...starting(start, mode), patient: mode === 'sync', signal })),
    streamResume: (runId, message, call = {}) => stream(resuming(runId, message, 'stream'), call),
    resume: async (runId, message, mode, { signal } = {}) =>
      runOf(await transport.json({ ...resuming(runId, message, mode), patient: mode === 'sync', signal })),

    run: async (runId, { signal } = {}) => runOf(await transport.json({ path: runPath(runId), runId, signal })),
    events: async (runId, { signal } = {}) =>
      eventsOf(await transport.json({ path: `${runPath(runId)}/events`, runId, signal })),
    follow: (runId, seen, { signal } = {}) =>
      followRun(transport, { runId, path: `${runPath(runId)}/events`, seen, signal }),
    async cancel(runId, { signal } = {}) {
      const body = await transport.json({ path: `${runPath(runId)}/cancel`, method: 'POST', runId, signal });
      return body === undefined || body === null ? undefined : runOf(body);
    },
    session: async (id, { signal } = {}) =>
      sessionOf(await transport.json({ path: `/sessions/${encodeURIComponent(id)}`, signal })),
  };
}
