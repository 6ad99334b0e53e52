import type { Event } from '../acp/event.ts';
import { AcpError } from './acp-error.ts';
import { eventOf } from './acp-shapes.ts';
import { createSseDecoder } from './sse.ts';

/** A run's events as they come. */
export interface AcpStream {
  /** From the header `Run-ID`, or the first event if that carries a run; undefined when the server says it in neither. */
  readonly runId: string | undefined;
  /**
   * Ends after the run's end, or where it awaits something. Throws `AcpError`: `unreachable` when the connection ends before, `malformed` for what is
   * not ACP, and the code of the wire for an `error` event. Events of unknown types are given as they are. To stop reading cancels nothing; who
   * does not begin to read lets go of the connection by the signal.
   */
  readonly events: AsyncGenerator<Event, void, undefined>;
}

/** The stream in an answer. `runId`: where it is known before. Rejects when the answer is none. */
export async function openStream(
  response: Response,
  { runId, signal }: { readonly runId?: string; readonly signal?: AbortSignal | undefined },
): Promise<AcpStream> {
  const type = response.headers.get('content-type') ?? 'text/event-stream';
  if (!/^text\/event-stream\b/i.test(type)) {
    await response.body?.cancel();
    throw new AcpError('malformed', `The server answered ${type} where a stream of events was asked for.`, {
      runId,
      status: response.status,
    });
  }
  const named = runId ?? response.headers.get('run-id') ?? undefined;
  if (named !== undefined) return { runId: named, events: readEvents(response, { runId: named, signal }) };
  const events = readEvents(response, { signal });
  const first = await events.next();
  if (first.done) return { runId: undefined, events };
  return { runId: runIdIn(first.value), events: startingWith(first.value, events) };
}

async function* startingWith(first: Event, others: AsyncGenerator<Event, void, undefined>): AcpStream['events'] {
  try {
    yield first;
    yield* others;
  } finally {
    await others.return();
  }
}

async function* readEvents(
  response: Response,
  { signal, ...about }: { readonly runId?: string; readonly signal?: AbortSignal | undefined },
): AcpStream['events'] {
  let { runId } = about;
  try {
    for await (const data of readData(response)) {
      if (data.text === '[DONE]') continue;
      const event = parse(data);
      if (event === undefined) break;
      runId ??= runIdIn(event);
      if (event.type === 'error') {
        const { code, message, data } = event.error;
        throw new AcpError(code, message, { runId, data: data ?? undefined });
      }
      yield event;
      if (endsStream(event)) return;
    }
  } catch (cause) {
    if (cause instanceof AcpError) throw cause;
    signal?.throwIfAborted();
    throw new AcpError('unreachable', 'The connection to the server broke.', { cause, runId });
  }
  signal?.throwIfAborted();
  throw new AcpError('unreachable', 'The stream ended before the run did.', { runId });
}

/** Events after which a stream has nothing more to say. */
const LAST: ReadonlySet<string> = new Set(['run.completed', 'run.failed', 'run.cancelled', 'run.awaiting']);

export function endsStream({ type }: Event): boolean {
  return LAST.has(type);
}

/** Undefined: the last piece was cut off. */
function parse({ text, isRest }: Data): Event | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    if (isRest) return undefined;
    throw new AcpError('malformed', 'The server sent an event that is not JSON.', { cause });
  }
  return eventOf(value);
}

interface Data {
  readonly text: string;
  /** It stood at the end of the stream, which did not say that it is whole. */
  readonly isRest: boolean;
}

async function* readData({ body }: Response): AsyncGenerator<Data, void, undefined> {
  if (!body) return;
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const sse = createSseDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      for (const text of sse.push(decoder.decode(value, { stream: !done }))) yield { text, isRest: false };
      if (done) break;
    }
    const text = sse.rest();
    if (text !== undefined) yield { text, isRest: true };
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function runIdIn(event: Event): string | undefined {
  return 'run' in event ? event.run.run_id : undefined;
}
