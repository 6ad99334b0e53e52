import {
  AcpError,
  type AcpStart,
  type AcpStream,
  createAcpClient,
  type Message as WireMessage,
} from '@clew/wire/acp-client';
import { v5 } from 'uuid';
import { AgentError, type JsonObject, type Message } from '../../model/index.ts';
import type { Runtime, Turn } from '../../ports/index.ts';
import { EXTRA, encodePart } from '../../wires/acp/parts.ts';
import { type Pace, REAL_PACE } from '../code/index.ts';
import { secretsIn } from '../secrets.ts';
import { createBoundedFetch } from './bounded-fetch.ts';
import { type Remote, remoteFailure } from './failures.ts';
import { cancelThere, openLine } from './line.ts';
import { RemoteRun } from './remote-run.ts';
import { Speaker } from './speaker.ts';
import { createTelling, type Trouble } from './telling.ts';

/** Namespace of the session ids that remote servers get (RFC 9562, version 5). Fixed for ever: sessions that go on depend on it. */
const SESSION_NAMESPACE = '0d9b7c1e-5f52-4b8e-9c53-2f6a8f1f7d10';
/** The longest answer of a remote server that is read, over one connection. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Where an agent of another ACP server is. */
export interface AcpAgentOptions {
  /** Address of the server, without a slash at the end. */
  readonly url: string;
  /** Name of the agent there. */
  readonly agent: string;
  /** Sent with each request. Their values are told to nobody else. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long a server that went away in the middle of a run is waited for. */
  readonly reconnectMs: number;
  /** Told why a run could not go on; its caller gets one sentence. Default: nobody is. */
  readonly onTrouble?: (trouble: Trouble) => void;
  /** Default: real time. */
  readonly pace?: Pace;
}

/**
 * The runtime of an agent that works at another ACP server. The id of the run there is recorded as soon as it is known: an entry after that goes on with
 * that run and reads its events from the first. What is said there is said here; a question there is a question here. `recovery` is `restart`.
 */
export function createAcpRuntime(options: AcpAgentOptions): Runtime {
  const { url: baseUrl, headers, reconnectMs, pace = REAL_PACE } = options;
  const client = createAcpClient({ baseUrl, headers, fetch: createBoundedFetch(MOST_BYTES) });
  const remote: Remote = { agent: options.agent, secrets: secretsIn(headers), reconnectMs };

  async function startThere(turn: Turn, signal: AbortSignal): Promise<AcpWork> {
    const { runId, events } = await client.streamRun(startOf(turn, options.agent), { signal });
    if (runId === undefined) throw new AcpError('malformed', 'The server does not name the run.');
    return { id: runId, events };
  }

  return {
    recovery: 'restart',
    async cancelled(steps) {
      const [handover] = steps;
      if (handover?.done && handover.output) await cancelThere(client.cancel, (handover.output as HandedOver).run_id);
    },
    async run(turn, emit, signal) {
      signal.throwIfAborted();
      const line = openLine<AcpWork>(client.cancel, signal);
      const { name, displayName } = turn.agent;
      const telling = createTelling({ turn, remote, signal, line, onTrouble: options.onTrouble });
      try {
        const { run_id: runId } = await emit.step(
          { kind: 'handoff', name, title: `Handing over to ${displayName}` },
          () => telling(async () => ({ run_id: (await line.start((given) => startThere(turn, given))).id })),
        );
        line.hold(runId);
        const opened = line.opened?.events;
        const run = new RemoteRun({ client, runId, opened, reconnectMs, pace, signal: line.signal });
        const speaker = new Speaker(emit);
        await telling(async () => {
          for await (const event of run.events()) {
            if (event.type === 'run.failed') throw remoteFailure(event.run.error, remote);
            if (event.type === 'run.cancelled') {
              throw new AgentError('remote_failed', 'The run was cancelled at the server of the remote agent.');
            }
            if (event.type !== 'run.awaiting') {
              await speaker.hear(event);
              continue;
            }
            const answer = await emit.ask(await speaker.question(event.run));
            await emit.step({ kind: 'handoff', name, title: `Handing the answer over to ${displayName}` }, () =>
              telling(async () => {
                await run.answer(encodeMessage(answer));
                return undefined;
              }),
            );
          }
        });
      } finally {
        line.close();
      }
    },
  };
}

/** A run that this entry started. */
interface AcpWork {
  readonly id: string;
  readonly events: AcpStream['events'];
}

/** What the first step of a run records. */
type HandedOver = { readonly run_id: string };

/** The session there keeps the history, so that only what is new is sent. Each agent of a thread has a session of its own. */
function startOf({ run, agent, inputs }: Turn, agentName: string): AcpStart {
  return {
    agentName,
    sessionId: v5(`${run.threadId}/${agent.id}`, SESSION_NAMESPACE),
    input: inputs.map(encodeMessage),
  };
}

function encodeMessage({ role, parts, extra }: Message): WireMessage {
  const sent = (extra?.[EXTRA] as JsonObject | undefined)?.role;
  return { role: role === 'user' ? 'user' : typeof sent === 'string' ? sent : 'agent', parts: parts.map(encodePart) };
}
