import type { Agent, Json } from '../../model/index.ts';
import { AgentError } from '../../model/index.ts';
import type { ModelAccess } from './access.ts';
import type { LanguageModel, StreamPart } from './sdk.ts';

/** What a scripted model says to one request. */
export interface ScriptedReply {
  /** Only to the agent of this name. Default: to whichever asks next. */
  readonly agent?: string;
  readonly text?: string;
  readonly reasoning?: string;
  readonly calls?: readonly { readonly name: string; readonly arguments?: Json }[];
}

/** A model in memory that says what it was given to say: each request takes the first reply that is for its agent. */
export class ScriptedModel {
  #replies: ScriptedReply[] = [];
  #calls = 0;

  /** Puts replies in the place of those that are left. */
  load(replies: readonly ScriptedReply[]): void {
    this.#replies = [...replies];
  }

  /** How many replies nobody has asked for. */
  get left(): number {
    return this.#replies.length;
  }

  /** The model as one agent speaks to it. */
  for({ name }: Pick<Agent, 'name'>): Pick<LanguageModel, 'doStream'> {
    return {
      doStream: async () => {
        const at = this.#replies.findIndex(({ agent }) => agent === undefined || agent === name);
        const [reply] = at === -1 ? [] : this.#replies.splice(at, 1);
        if (!reply) {
          const message = `The agent ${name} asks its model, and the script has no reply left for it.`;
          throw new AgentError('model_unavailable', message);
        }
        const parts = this.#parts(reply);
        const stream = new ReadableStream<StreamPart>({
          start(controller) {
            for (const part of parts) controller.enqueue(part);
            controller.close();
          },
        });
        return { stream };
      },
    };
  }

  #parts({ text = '', reasoning = '', calls = [] }: ScriptedReply): StreamPart[] {
    const said: StreamPart[] = text === '' ? [] : [{ type: 'text-delta', id: 't', delta: text }];
    const thought: StreamPart[] = reasoning === '' ? [] : [{ type: 'reasoning-delta', id: 'r', delta: reasoning }];
    const called = calls.map(({ name: toolName, arguments: input = {} }): StreamPart => {
      this.#calls += 1;
      const written = typeof input === 'string' ? input : JSON.stringify(input);
      return { type: 'tool-call', toolCallId: `call_${this.#calls}`, toolName, input: written };
    });
    const none = { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined };
    const finish: StreamPart = {
      type: 'finish',
      finishReason: { unified: calls.length > 0 ? 'tool-calls' : 'stop', raw: undefined },
      usage: { inputTokens: none, outputTokens: { total: undefined, text: undefined, reasoning: undefined } },
    };
    return [...thought, ...said, ...called, finish];
  }
}

/** The access to a model that needs none. */
export function scriptedAccess(llm: string): ModelAccess {
  const [provider = '', ...model] = llm.split('/');
  return {
    provider,
    model: model.join('/'),
    baseUrl: '',
    headers: {},
    query: {},
    defaults: {},
    prices: {},
    firstTokenMs: 60_000,
    nextTokenMs: 60_000,
    missing: null,
  };
}
