import { AgentError, type JsonObject, type Message } from '../../model/index.ts';
import type { Emit, Runtime, StepInfo, Turn } from '../../ports/index.ts';
import { REAL_PACE } from '../code/index.ts';
import { userParts } from '../llm/input.ts';
import { secretsIn } from '../secrets.ts';
import type { AcpAgentOptions } from './acp.ts';
import { createBoundedFetch } from './bounded-fetch.ts';
import { BrokenStream, readChat, readWhole, type ToldStep } from './chat-stream.ts';
import { type Remote, sentence } from './failures.ts';

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
  const remote: Remote = { agent: options.agent, secrets: secretsIn(options.headers), reconnectMs };

  async function ask(turn: Turn, hearing: Hearing): Promise<void> {
    const began = pace.now();
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        return await askOnce(turn, hearing);
      } catch (error) {
        hearing.signal.throwIfAborted();
        const failure = failureOf(error, remote, hearing.heard);
        const { code } = failure;
        options.onTrouble?.({
          runId: turn.run.id,
          agent: turn.agent.name,
          code,
          ...(error instanceof Refused ? { status: error.status } : {}),
          message: sentence(error instanceof Error ? error.message : String(error), remote),
        });
        const mayHelp = code === 'remote_unreachable' && !hearing.heard && pace.now() - began + wait <= reconnectMs;
        if (!mayHelp) throw failure;
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
    });
    if (!response.ok || !response.body) throw new Refused(response.status, await wordsOf(response));
    if (/^application\/json\b/i.test(response.headers.get('content-type') ?? ''))
      return hearing.text(readWhole(await response.text()));
    for await (const piece of readChat(response.body)) {
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

class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
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

async function wordsOf(response: Response): Promise<string> {
  return `${response.status} ${(await response.text().catch(() => '')).slice(0, 500)}`;
}

function failureOf(error: unknown, remote: Remote, heard: boolean): AgentError {
  if (error instanceof AgentError) return error;
  if (error instanceof Refused) {
    const { status } = error;
    if (status === 401 || status === 403) {
      const message = 'The server of the remote agent does not accept what this server identifies itself with.';
      return new AgentError('remote_refused', message);
    }
    if (![408, 425, 429].includes(status) && status < 500)
      return new AgentError(
        'remote_refused',
        `The server of the remote agent refused: ${sentence(error.message, remote)}`,
      );
  }
  if (error instanceof BrokenStream && !heard)
    return new AgentError(
      'remote_malformed',
      `What the remote agent sent is no answer: ${sentence(error.message, remote)}`,
    );
  return heard
    ? new AgentError('remote_unreachable', 'The remote agent broke off in the middle of its answer. Ask again.')
    : new AgentError('remote_unreachable', 'The server of the remote agent cannot be reached. Ask again later.');
}
