import { AcpError } from '@clew/wire/acp-client';
import { AgentError, type JsonObject, type Message } from '../../model/index.ts';
import type { Emit, Runtime, StepInfo, Turn } from '../../ports/index.ts';
import { REAL_PACE } from '../code/index.ts';
import { userParts } from '../llm/input.ts';
import { secretsIn } from '../secrets.ts';
import type { AcpAgentOptions } from './acp.ts';
import { createBoundedFetch } from './bounded-fetch.ts';
import { asUnreachable, readChat, readWhole, type ToldStep } from './chat-stream.ts';
import { failureOf, isTransient, type Remote, remoteFailure } from './failures.ts';
import { troubleOf } from './telling.ts';

/** The longest answer that is read. */
const MOST_BYTES = 64 * 1024 * 1024;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

/** Where an agent is that speaks chat completions. */
export interface ChatAgentOptions extends AcpAgentOptions {
  /** Further members of the body of each request. */
  readonly params: JsonObject;
  /** Whether what it thinks becomes steps here. */
  readonly thoughts: boolean;
}

/**
 * The runtime of an agent of another server that is spoken to as a model is: `POST <url>/chat/completions` with the messages of the thread, an event stream back.
 * The whole answer is one step: a run that is entered again says what it gave, and one that was cut off asks again. What cannot be reached is tried again for as long
 * as nothing was said. `recovery` is `restart`.
 */
export function createChatRuntime(options: ChatAgentOptions): Runtime {
  const { pace = REAL_PACE, reconnectMs } = options;
  const fetch = createBoundedFetch(MOST_BYTES);
  const secrets = secretsIn(options.headers);
  const remote: Remote = { agent: options.agent, secrets, reconnectMs: null, protocol: 'chat completions' };

  async function ask(turn: Turn, hearing: Hearing): Promise<void> {
    const began = pace.now();
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        return await askOnce(turn, hearing);
      } catch (error) {
        hearing.signal.throwIfAborted();
        if (error instanceof AcpError) options.onTrouble?.(troubleOf(error, { turn, remote }));
        const mayHelp = isTransient(error) && !hearing.heard && pace.now() - began + wait <= reconnectMs;
        if (!mayHelp) throw failureOf(error, remote, { started: hearing.heard });
        await pace.sleep(wait, hearing.signal);
      }
    }
  }

  async function askOnce(turn: Turn, hearing: Hearing): Promise<void> {
    const response = await fetch(`${options.url}/chat/completions`, {
      method: 'POST',
      // Not followed: headers with keys would go along to whatever host is named.
      redirect: 'manual',
      headers: {
        ...options.headers,
        'content-type': 'application/json',
        accept: 'text/event-stream',
        'X-IBM-THREAD-ID': turn.run.threadId,
      },
      body: JSON.stringify({ ...options.params, messages: await messagesOf(turn), stream: true }),
      signal: hearing.signal,
    }).catch(rejectAsUnreachable);
    if (!response.ok || !response.body) throw await refusalIn(response);
    if (/^application\/json\b/i.test(response.headers.get('content-type') ?? ''))
      return hearing.text(readWhole(await response.text().catch(rejectAsUnreachable)));
    for await (const piece of readChat(response.body)) {
      if ('failure' in piece) throw remoteFailure(piece.failure, remote);
      if ('text' in piece) hearing.text(piece.text);
      else if (piece.step.kind === 'tool' || options.thoughts) await hearing.step(piece.step);
    }
  }

  return {
    recovery: 'restart',
    async run(turn, emit, signal) {
      signal.throwIfAborted();
      const { name, displayName } = turn.agent;
      let worked = false;
      const said = await emit.step(
        { kind: 'handoff', name, title: `Handing over to ${displayName}` },
        async (stepSignal, _show, stepId) => {
          worked = true;
          let text = '';
          const inner = emit.within(stepId);
          await ask(turn, {
            signal: AbortSignal.any([signal, stepSignal]),
            get heard() {
              return text !== '';
            },
            text: (piece) => {
              text += piece;
              emit.text(piece);
            },
            step: (step) => tell(step, inner),
          });
          if (text.trim() === '') throw new AgentError('remote_failed', 'The remote agent gave no answer.');
          return { text };
        },
      );
      if (!worked) emit.text(said.text);
    },
  };
}

interface Hearing {
  readonly signal: AbortSignal;
  /** Something was said. */
  readonly heard: boolean;
  text(piece: string): void;
  step(step: ToldStep): Promise<void>;
}

async function tell(step: ToldStep, emit: Pick<Emit, 'step'>): Promise<void> {
  const info: StepInfo =
    step.kind === 'thought'
      ? { kind: 'thought', name: 'thought', title: 'Thinking' }
      : { kind: 'tool', name: step.name, title: step.name, input: step.input };
  await emit.step(info, () => (step.kind === 'thought' ? step.text : step.output));
}

/** The thread as the other agent reads it: texts and who said them. */
async function messagesOf(turn: Turn): Promise<{ role: Message['role']; content: string }[]> {
  const history = await turn.history();
  return [...history, turn.input]
    .map(({ role, parts }) => ({
      role,
      content: userParts(parts, { images: false })
        .map((part) => (part.type === 'text' ? part.text : ''))
        .join('\n'),
    }))
    .filter(({ content }) => content !== '');
}

async function refusalIn(response: Response): Promise<AcpError> {
  const { status } = response;
  const said = (await response.text().catch(() => '')).slice(0, 500);
  return new AcpError(status >= 400 ? 'refused' : 'malformed', `${status} ${said}`, { status });
}

function rejectAsUnreachable(error: unknown): never {
  throw asUnreachable(error);
}
