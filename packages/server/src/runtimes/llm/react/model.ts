import { AgentError, type JsonObject } from '../../../model/index.ts';
import { addUser } from '../history.ts';
import type { CallOptions, LanguageModel, PromptMessage, StreamPart } from '../sdk.ts';
import { asText, correctionOf, protocolOf } from './prompt.ts';
import { type ReactOutcome, ReactReader } from './reader.ts';

type Model = Pick<LanguageModel, 'doStream'>;
type Finish = Extract<StreamPart, { type: 'finish' }>;

/** Most stop sequences that chat completions take. */
const MOST_STOPS = 4;
const STOP = '\nObservation:';

/**
 * A model that calls no tools by itself, made one that does: tools are described to it in words, and what it writes in the ReAct format comes as reasoning, calls and text.
 * Whoever asks it sees no difference. A reply that keeps to no format is asked for once more, with what is wrong with it; a second one rejects with `model_malformed`.
 *
 * @param onMalformed Told of each reply that kept to no format.
 */
export function withTextTools(model: Model, onMalformed: (fault: string) => void = () => {}): Model {
  return {
    async doStream({ tools = [], responseFormat, ...options }) {
      const schema = responseFormat?.type === 'json' ? (responseFormat.schema as JsonObject | undefined) : undefined;
      if (tools.length === 0) {
        const prompt = asText(options.prompt, undefined);
        return model.doStream({ ...options, prompt, ...(responseFormat ? { responseFormat } : {}) });
      }
      const stops = options.stopSequences ?? [];
      const call: CallOptions = {
        ...options,
        prompt: asText(options.prompt, protocolOf(tools, schema)),
        stopSequences: stops.length < MOST_STOPS ? [...stops, STOP] : stops,
      };
      // Opened before it is given back: what refuses the request is then an error of the call, as with any model.
      const first = await model.doStream(call);
      const parts = converse({ model, call, onMalformed, calls: callsIn(options.prompt) }, first.stream);
      return { ...first, stream: streamOf(parts) };
    },
  };
}

interface Asking {
  readonly model: Model;
  readonly call: CallOptions;
  readonly onMalformed: (fault: string) => void;
  /** How many calls stand in the conversation. */
  readonly calls: number;
}

async function* converse(
  { model, call, onMalformed, calls }: Asking,
  first: ReadableStream<StreamPart>,
): AsyncGenerator<StreamPart, void, undefined> {
  const reply: Reply = { written: '', finish: undefined };
  let outcome = yield* read(first, reply);
  const before = reply.finish;
  if (outcome.is === 'malformed') {
    onMalformed(outcome.fault);
    const prompt: PromptMessage[] = [
      ...call.prompt,
      { role: 'assistant', content: [{ type: 'text', text: reply.written }] },
    ];
    addUser(prompt, [{ type: 'text', text: correctionOf(outcome.fault) }]);
    const again = await model.doStream({ ...call, prompt });
    outcome = yield* read(again.stream, reply);
    if (outcome.is === 'malformed') {
      onMalformed(outcome.fault);
      const message = `The model does not keep to the format in which it is to use tools: ${outcome.fault}. Take a model that calls tools itself, and leave out \`tool_calling\`.`;
      throw new AgentError('model_malformed', message);
    }
  }
  if (outcome.is === 'action') {
    const { name: toolName, input } = outcome;
    yield { type: 'tool-call', toolCallId: `react_${calls + 1}`, toolName, input };
  }
  const last = reply.finish;
  if (!last) return;
  const unified = outcome.is === 'action' ? 'tool-calls' : last.finishReason.unified;
  const usage = before && before !== last ? sum(before.usage, last.usage) : last.usage;
  yield { ...last, finishReason: { ...last.finishReason, unified }, usage };
}

interface Reply {
  written: string;
  finish: Finish | undefined;
}

/** Reads one reply; its thoughts and its answer are given on as they come. */
async function* read(
  stream: ReadableStream<StreamPart>,
  reply: Reply,
): AsyncGenerator<StreamPart, ReactOutcome, undefined> {
  const heard: StreamPart[] = [];
  const reader = new ReactReader({
    text: (delta) => heard.push({ type: 'text-delta', id: 'answer', delta }),
    thought: (delta) => heard.push({ type: 'reasoning-delta', id: 'thought', delta }),
  });
  reply.written = '';
  for await (const part of stream) {
    if (part.type === 'text-delta') {
      reply.written += part.delta;
      reader.push(part.delta);
      // Something came, though nobody hears of it yet: whoever waits for tokens is to know.
      if (heard.length === 0) yield { type: 'tool-input-delta', id: 'thought', delta: '' };
      yield* heard.splice(0);
    } else if (part.type === 'finish') reply.finish = part;
    else if (part.type === 'reasoning-delta' || part.type === 'error') yield part;
  }
  const outcome = reader.end();
  yield* heard.splice(0);
  return outcome;
}

function sum(one: Finish['usage'], other: Finish['usage']): Finish['usage'] {
  const add = <T extends object>(a: T, b: T): T => {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof T>;
    return Object.fromEntries(
      [...names].map((name) => {
        const [x, y] = [a[name], b[name]];
        return [name, typeof x === 'number' && typeof y === 'number' ? x + y : (y ?? x)];
      }),
    ) as T;
  };
  return {
    ...other,
    inputTokens: add(one.inputTokens, other.inputTokens),
    outputTokens: add(one.outputTokens, other.outputTokens),
  };
}

function callsIn(prompt: CallOptions['prompt']): number {
  const parts = prompt.flatMap(({ role, content }) => (role === 'assistant' ? content : []));
  return parts.filter(({ type }) => type === 'tool-call').length;
}

/** A stream that reads no further than it is read, and closes what it reads from when it is let go. */
function streamOf(parts: AsyncGenerator<StreamPart, void, undefined>): ReadableStream<StreamPart> {
  return new ReadableStream<StreamPart>(
    {
      async pull(controller) {
        const { done, value } = await parts.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await parts.return();
      },
    },
    { highWaterMark: 0 },
  );
}
