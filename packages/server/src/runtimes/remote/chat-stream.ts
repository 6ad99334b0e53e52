import { AcpError, createSseDecoder } from '@clew/wire/acp-client';
import type { Json, JsonObject } from '../../model/index.ts';

/** A step that the agent at the other server tells of, once it is done. */
export type ToldStep =
  | { readonly kind: 'tool'; readonly name: string; readonly input: JsonObject; readonly output: string }
  | { readonly kind: 'thought'; readonly text: string };

/** What comes from an agent that speaks chat completions. `failure` is what it failed with. */
export type ChatPiece = { readonly text: string } | { readonly step: ToldStep } | { readonly failure: Json };

/**
 * Reads the events of `POST /chat/completions` as agents send them (`thread.message.delta`, `thread.run.step.delta`) and as models do (chunks). Throws an
 * `AcpError`: `malformed` for what is no such stream, `unreachable` for one that broke off, without `[DONE]` and without a reason to stop. Source: the external agents of
 * watsonx Orchestrate.
 */
export async function* readChat(body: ReadableStream<Uint8Array>): AsyncGenerator<ChatPiece, void, undefined> {
  const decoder = createSseDecoder();
  const calls = new Map<string, { readonly name: string; readonly input: JsonObject }>();
  let ended = false;
  for await (const piece of textIn(body)) {
    for (const data of decoder.push(piece)) {
      if (data === '[DONE]') return;
      const event = objectIn(data);
      if (event.error !== undefined) {
        yield { failure: event.error };
        return;
      }
      for (const choice of listOf(event.choices)) {
        const { delta, message, finish_reason: reason } = choice;
        if (typeof reason === 'string' && reason !== '') ended = true;
        const said = fieldsOf(delta ?? message);
        if (typeof said.content === 'string' && said.content !== '') yield { text: said.content };
        for (const detail of listOf(said.step_details)) yield* stepsIn(detail, calls);
      }
    }
  }
  if (!ended) throw new AcpError('unreachable', 'The stream ended before it was complete.');
}

/** What the platform threw while it called a server or read its answer. */
export function asUnreachable(error: unknown): AcpError {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  // `fetch failed` alone says nothing: why it failed is the cause.
  const why = cause instanceof Error && cause.message !== '' ? `: ${cause.message}` : '';
  return new AcpError('unreachable', `${message}${why}`, { cause: error });
}

/** The text of a body. What breaks off while it is read is `unreachable`. */
async function* textIn(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void, undefined> {
  try {
    yield* body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>);
  } catch (error) {
    throw asUnreachable(error);
  }
}

/** The answer of a server that does not stream. Throws like `readChat`. */
export function readWhole(text: string): string {
  const [choice] = listOf(objectIn(text).choices);
  const { content } = fieldsOf(choice?.message);
  if (typeof content !== 'string') throw new AcpError('malformed', 'The answer holds no message.');
  return content;
}

function* stepsIn(
  detail: JsonObject,
  calls: Map<string, { readonly name: string; readonly input: JsonObject }>,
): Generator<ChatPiece> {
  switch (detail.type) {
    case 'thinking':
      if (typeof detail.content === 'string') yield { step: { kind: 'thought', text: detail.content } };
      return;
    case 'tool_calls':
      for (const { id, name, args } of listOf(detail.tool_calls)) note(id, name, args, calls);
      return;
    case 'tool_call':
      note(detail.tool_call_id, detail.name, detail.args, calls);
      return;
    case 'tool_response': {
      const call = calls.get(String(detail.tool_call_id));
      const name = call?.name ?? (typeof detail.name === 'string' ? detail.name : 'tool');
      yield { step: { kind: 'tool', name, input: call?.input ?? {}, output: wordsOf(detail.content) } };
    }
  }
}

function note(
  id: Json | undefined,
  name: Json | undefined,
  args: Json | undefined,
  calls: Map<string, { readonly name: string; readonly input: JsonObject }>,
): void {
  if (typeof name === 'string') calls.set(String(id), { name, input: fieldsOf(args) });
}

function objectIn(text: string): JsonObject {
  try {
    return fieldsOf(JSON.parse(text) as Json);
  } catch {
    throw new AcpError('malformed', 'What came is no JSON.');
  }
}

function fieldsOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function listOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

function wordsOf(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  const { message } = fieldsOf(value);
  return typeof message === 'string' ? message : JSON.stringify(value ?? '');
}
