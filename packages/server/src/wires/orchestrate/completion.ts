import type { Completion, CompletionChunk } from '@clew/wire/orchestrate';
import type { Engine, StartedRun } from '../../engine/engine.ts';
import { ClewError, ERRORS, type Message, type RunEvent, type Scope, textOf, usageOf } from '../../model/index.ts';
import type { JsonReply, StreamReply } from '../endpoint.ts';
import { runErrorReply } from './errors.ts';
import { escaped } from './framing.ts';
import { encodeUsage } from './usage.ts';

/** A run whose answer is wanted as a completion. */
export interface Answering {
  readonly engine: Engine;
  readonly started: StartedRun;
  readonly scope: Scope;
  readonly signal: AbortSignal;
  /** Told of what broke a stream, unless it was meant for the caller. */
  readonly defect: (error: unknown) => void;
}

/** Between the messages of one run, since a completion has only one. */
const BETWEEN = '\n\n';

/**
 * The whole answer: the texts of the run's messages, or an error for what the run failed with. Rejects with `run_ended` when it was cancelled,
 * and with `server_closing` when the server stops first.
 */
export async function completionReply(
  answering: Answering,
  headers: Readonly<Record<string, string>>,
): Promise<JsonReply> {
  const messages: Message[] = [];
  for await (const event of eventsOf(answering)) {
    if (event.type === 'message.completed') messages.push(event.data.message);
    else if (event.type === 'run.failed') return runErrorReply(event.data.error);
    else if (event.type === 'run.cancelled')
      throw new ClewError('run_ended', 'The run was cancelled before it had answered.');
    else if (event.type === 'run.completed' || event.type === 'run.waiting') {
      return { status: 200, headers, body: completionOf(answering, messages) };
    }
  }
  throw new ClewError('server_closing');
}

/** The answer as it comes, as server-sent events that end with the word `[DONE]`. */
export function completionStream(answering: Answering, headers: Readonly<Record<string, string>>): StreamReply {
  return {
    status: 200,
    headers: {
      ...headers,
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-cache',
      'X-Accel-Buffering': 'no',
    },
    keepAlive: { everyMs: 15_000, text: ': keep-alive\n\n' },
    stream: chunks(answering),
  };
}

async function* chunks(answering: Answering): AsyncGenerator<string> {
  const { started, engine } = answering;
  const common = {
    id: started.run.id,
    object: 'thread.message.delta',
    created: Math.floor(started.run.createdAt / 1000),
    model: modelOf(engine, started),
    thread_id: started.run.threadId,
  } as const;
  const write = (delta: CompletionChunk['choices'][number]['delta'], finish_reason: 'stop' | null = null) =>
    data({ ...common, choices: [{ index: 0, delta, finish_reason }] } satisfies CompletionChunk);
  let messages = 0;
  try {
    yield write({ role: 'assistant', content: '' });
    for await (const event of eventsOf(answering)) {
      if (event.type === 'message.started') {
        if (messages++ > 0) yield write({ role: 'assistant', content: BETWEEN });
      } else if (event.type === 'message.delta') {
        yield write({ role: 'assistant', content: event.data.text });
      } else if (event.type === 'message.part') {
        if (event.data.value.type === 'text') yield write({ role: 'assistant', content: event.data.value.text });
      } else if (event.type === 'run.completed' || event.type === 'run.waiting') {
        yield write({}, 'stop');
        break;
      } else if (event.type === 'run.failed') {
        yield data({ error: { ...event.data.error, type: 'agent_error' } });
        break;
      } else if (event.type === 'run.cancelled') {
        yield data({ error: { message: 'The run was cancelled.', code: 'run_ended', type: 'cancelled' } });
        break;
      }
    }
  } catch (error) {
    if (answering.signal.aborted) return;
    const { code } = error instanceof ClewError ? error : { code: 'server_error' as const };
    if (!(error instanceof ClewError)) answering.defect(error);
    yield data({ error: { message: ERRORS[code], code, type: 'server_error' } });
  }
  yield 'data: [DONE]\n\n';
}

/** What answers this call: the events after the question, when it was the answer to one. */
async function* eventsOf({ engine, scope, started, signal }: Answering): AsyncGenerator<RunEvent> {
  for await (const events of engine.tail(scope, started.run.id, started.after, { signal, untilWaiting: true }))
    yield* events;
}

function completionOf({ engine, started }: Answering, messages: readonly Message[]): Completion {
  const content = messages.map(({ parts }) => textOf(parts)).join(BETWEEN);
  const usage = encodeUsage(usageOf(messages.flatMap(({ steps }) => steps)));
  return {
    id: started.run.id,
    object: 'chat.completion',
    created: Math.floor(started.run.createdAt / 1000),
    model: modelOf(engine, started),
    thread_id: started.run.threadId,
    run_id: started.run.id,
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    ...(usage ? { usage: usage.token_usage } : {}),
  };
}

function modelOf(engine: Engine, { run }: StartedRun): string {
  return engine.agents.find(run.agentId)?.llm ?? run.agentName;
}

function data(object: unknown): string {
  return escaped(`data: ${JSON.stringify(object)}\n\n`);
}
