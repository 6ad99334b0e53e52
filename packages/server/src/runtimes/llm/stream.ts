import type { ModelUsage } from '../../model/index.ts';
import type { ModelAccess } from './access.ts';
import { TokenTimeout } from './failures.ts';
import type { ModelCall, ModelReply } from './reply.ts';
import type { CallOptions, LanguageModel, StreamPart } from './sdk.ts';

/** Who hears a reply while it comes. */
export interface Listener {
  text(piece: string): void;
  reasoning(piece: string): void;
}

/** What one request needs. */
export interface StreamRequest {
  readonly model: Pick<LanguageModel, 'doStream'>;
  readonly access: ModelAccess;
  readonly options: Omit<CallOptions, 'abortSignal'>;
  readonly listener: Listener;
  readonly signal: AbortSignal;
}

/**
 * Makes one request and reads its stream to the end. Rejects with whatever went wrong: an error of the SDK, an error that the provider sent in the stream, or a
 * `TokenTimeout`. The connection is closed whenever it ends, and at once when the signal aborts.
 */
export async function streamReply({ model, access, options, listener, signal }: StreamRequest): Promise<ModelReply> {
  const clock = new TokenClock(access);
  try {
    const { stream } = await model.doStream({ ...options, abortSignal: AbortSignal.any([signal, clock.signal]) });
    const reply = new ReplyReader(access, listener);
    for await (const part of stream) {
      if (isToken(part)) clock.token();
      reply.read(part);
    }
    return reply.whole();
  } catch (error) {
    signal.throwIfAborted();
    clock.signal.throwIfAborted();
    throw error;
  } finally {
    clock.stop();
  }
}

function isToken({ type }: StreamPart): boolean {
  return (
    type === 'text-delta' || type === 'reasoning-delta' || type === 'tool-input-start' || type === 'tool-input-delta'
  );
}

/** Aborts when a token takes too long. */
class TokenClock {
  readonly #controller = new AbortController();
  readonly #nextMs: number;
  #timer: ReturnType<typeof setTimeout>;

  constructor({ firstTokenMs, nextTokenMs }: ModelAccess) {
    this.#nextMs = nextTokenMs;
    this.#timer = this.#start(firstTokenMs, 'it did not begin to answer');
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  token(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#start(this.#nextMs, 'it stopped in the middle of its answer');
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #start(ms: number, what: string): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#controller.abort(new TokenTimeout(`${what} within ${ms / 1_000} seconds.`)), ms);
  }
}

/** Puts a reply together. */
class ReplyReader {
  readonly #access: ModelAccess;
  readonly #listener: Listener;
  readonly #calls: ModelCall[] = [];
  #text = '';
  #reasoning = '';
  #finish: Extract<StreamPart, { type: 'finish' }> | undefined;

  constructor(access: ModelAccess, listener: Listener) {
    this.#access = access;
    this.#listener = listener;
  }

  read(part: StreamPart): void {
    switch (part.type) {
      case 'text-delta':
        this.#text += part.delta;
        this.#listener.text(part.delta);
        return;
      case 'reasoning-delta':
        this.#reasoning += part.delta;
        this.#listener.reasoning(part.delta);
        return;
      case 'tool-call': {
        const { toolCallId: id, toolName: name, input } = part;
        const signature = Object.values(part.providerMetadata ?? {})[0]?.thoughtSignature;
        this.#calls.push({ id, name, arguments: input, ...(typeof signature === 'string' ? { signature } : {}) });
        return;
      }
      case 'error':
        throw part.error;
      case 'finish':
        this.#finish = part;
    }
  }

  whole(): ModelReply {
    const usage = this.#finish && usageOf(this.#finish.usage, this.#access);
    return {
      text: this.#text,
      ...(this.#reasoning.trim() === '' ? {} : { reasoning: this.#reasoning.trim() }),
      tool_calls: this.#calls,
      finish: this.#finish?.finishReason.unified ?? 'other',
      ...(usage ? { usage } : {}),
    };
  }
}

/** Undefined when the provider did not count. */
function usageOf(
  { inputTokens, outputTokens }: Extract<StreamPart, { type: 'finish' }>['usage'],
  { provider, model, prices }: ModelAccess,
): ModelUsage | undefined {
  if (inputTokens.total === undefined && outputTokens.total === undefined) return undefined;
  const input = inputTokens.total ?? 0;
  const output = outputTokens.total ?? 0;
  const price = Object.hasOwn(prices, model) ? prices[model] : undefined;
  return {
    provider,
    model,
    input_tokens: input,
    output_tokens: output,
    cached_tokens: inputTokens.cacheRead ?? 0,
    ...(price ? { cost: (input * price.input + output * price.output) / 1e6 } : {}),
  };
}
