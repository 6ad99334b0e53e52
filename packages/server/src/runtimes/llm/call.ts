import { AgentError, type JsonObject } from '../../model/index.ts';
import { checkOf } from '../tools/schema.ts';
import type { ModelAccess } from './access.ts';
import type { Conversation } from './conversation.ts';
import { interrupted, type ModelFailure, readFailure } from './failures.ts';
import type { LlmOptions, ModelTrouble } from './options.ts';
import type { ModelReply } from './reply.ts';
import { Retry } from './retry.ts';
import { type CallOptions, type LanguageModel, type OfferedTool, type PromptMessage, RAW } from './sdk.ts';
import type { CallSettings } from './settings.ts';
import { type Listener, streamReply } from './stream.ts';

/** What the calls of one run have in common. */
export interface Calling extends Required<Pick<LlmOptions, 'pace' | 'random' | 'onTrouble'>> {
  readonly model: Pick<LanguageModel, 'doStream'>;
  readonly access: ModelAccess;
  readonly settings: CallSettings;
  readonly tools: readonly OfferedTool[];
  /** The schema that answers must fit; undefined: they are text. */
  readonly schema: JsonObject | undefined;
  /** Of the run, for the log. */
  readonly about: Pick<ModelTrouble, 'runId' | 'agent'>;
}

/**
 * Asks the model once: until it has replied. What fails before something was shown is tried again where that may help, a conversation that is too long once
 * with its newer half, no answer at all once, and one that does not fit its schema once with what is wrong with it. Rejects with an `AgentError`, or with the reason of the signal.
 */
export async function askModel(calling: Calling, conversation: Conversation, hearing: Hearing): Promise<ModelReply> {
  const { pace, random, access, about, onTrouble } = calling;
  const { signal } = hearing;
  const retry = new Retry(pace, random);
  let shortened = false;
  let empty = false;
  let asked = conversation;
  for (;;) {
    try {
      const reply = await request(calling, asked, hearing);
      const fault = isEmpty(reply) ? undefined : await misfit(reply, calling);
      if (fault !== undefined) {
        const message = `The model's answer does not fit \`structured_output\`: ${fault}`;
        if (asked !== conversation) throw new AgentError('model_malformed', message);
        asked = conversation.with(...correction(reply, fault));
        onTrouble({ ...about, code: 'model_malformed', message: `${message} It is asked once more.` });
        continue;
      }
      if (!isEmpty(reply)) return heard(reply, calling, hearing);
      if (empty) throw new AgentError('model_empty', emptyMessage(reply));
      empty = true;
      onTrouble({ ...about, code: 'model_empty', message: 'The model gave no answer; it is asked once more.' });
    } catch (thrown) {
      signal.throwIfAborted();
      const read = readFailure(thrown, access);
      const failure = hearing.shown && !(thrown instanceof AgentError) ? interrupted(read) : read;
      onTrouble(troubleOf(failure, about));
      if (failure.error.code === 'context_too_long' && !shortened) {
        shortened = true;
        const left = asked.shorten();
        if (left > 0) {
          const message = `The conversation is too long for the model; its oldest ${left} messages are left out.`;
          onTrouble({ ...about, code: 'context_too_long', message });
          continue;
        }
      }
      const wait = retry.next(failure);
      if (wait === undefined) throw failure.error;
      await pace.sleep(wait, signal);
    }
  }
}

/** Who hears the reply. Answers with a schema are heard when they are whole and right. */
export interface Hearing extends Listener {
  readonly signal: AbortSignal;
  /** Something of the reply was shown as the answer. */
  readonly shown: boolean;
}

function request({ model, access, settings, tools, schema }: Calling, conversation: Conversation, hearing: Hearing) {
  const options: Omit<CallOptions, 'abortSignal'> = {
    prompt: conversation.prompt,
    ...settings.standard,
    ...(tools.length > 0 ? { tools: [...tools] } : {}),
    ...(schema ? { responseFormat: { type: 'json', schema, name: 'answer' } } : {}),
    // Strict schemas are a dialect of their own, which few agent files are written in.
    providerOptions: { [RAW]: { ...settings.raw, ...(schema ? { strictJsonSchema: false } : {}) } },
  };
  const listener: Listener = schema ? { text: () => {}, reasoning: (piece) => hearing.reasoning(piece) } : hearing;
  return streamReply({ model, access, options, listener, signal: hearing.signal });
}

function isEmpty({ text, tool_calls: calls }: ModelReply): boolean {
  return text.trim() === '' && calls.length === 0;
}

function emptyMessage({ finish }: ModelReply): string {
  if (finish === 'content-filter') return 'A filter of the model provider held the answer back.';
  if (finish === 'length')
    return 'The model used up its tokens before it answered. Raise `max_tokens` in `llm_config`.';
  return 'The model gave no answer, twice. Ask again or in other words.';
}

/** What is wrong with an answer that was to fit a schema; undefined: nothing, or it is no answer but calls. */
async function misfit(reply: ModelReply, { schema }: Pick<Calling, 'schema'>): Promise<string | undefined> {
  return schema && reply.tool_calls.length === 0 ? faultOf(jsonOf(reply), schema) : undefined;
}

/** What the model reads when its answer did not fit. Nobody else does. */
function correction({ text }: ModelReply, fault: string): PromptMessage[] {
  const told = `This answer does not fit the JSON Schema: ${fault} Answer again, with JSON that fits it and nothing else.`;
  return [
    { role: 'assistant', content: [{ type: 'text', text }] },
    { role: 'user', content: [{ type: 'text', text: told }] },
  ];
}

/** The reply. One with a schema is heard now that it is whole and right. */
function heard(reply: ModelReply, { schema }: Pick<Calling, 'schema'>, hearing: Hearing): ModelReply {
  if (!schema) return reply;
  // What it says beside its calls was not asked for, and nobody has heard it.
  if (reply.tool_calls.length > 0) return { ...reply, text: '' };
  const text = jsonOf(reply);
  hearing.text(text);
  return { ...reply, text };
}

/** Without the fence that models put around JSON. */
function jsonOf({ text }: ModelReply): string {
  return text.trim().replace(/^```(?:json)?\s*([\s\S]*?)\s*```$/, '$1');
}

async function faultOf(text: string, schema: JsonObject): Promise<string | undefined> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is no JSON.';
  }
  const check = await checkOf(schema).catch(() => undefined);
  if (!check) return 'it is no JSON Schema.';
  const wrong = check(value);
  return wrong === undefined ? undefined : `${wrong}.`;
}

function troubleOf({ error, status, detail }: ModelFailure, about: Calling['about']): ModelTrouble {
  return { ...about, code: error.code, ...(status === undefined ? {} : { status }), message: detail };
}
