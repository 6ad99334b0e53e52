import { AgentError, type JsonObject } from '../../model/index.ts';
import { checkOf } from '../tools/schema.ts';
import type { ModelAccess } from './access.ts';
import type { Conversation } from './conversation.ts';
import { interrupted, type ModelFailure, readFailure } from './failures.ts';
import type { LlmOptions, ModelTrouble } from './options.ts';
import type { ModelReply } from './reply.ts';
import { Retry } from './retry.ts';
import { type CallOptions, type LanguageModel, type OfferedTool, RAW } from './sdk.ts';
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
 * with its newer half, and no answer at all once. Rejects with an `AgentError`, or with the reason of the signal.
 */
export async function askModel(calling: Calling, conversation: Conversation, hearing: Hearing): Promise<ModelReply> {
  const { pace, random, access, about, onTrouble } = calling;
  const { signal } = hearing;
  const retry = new Retry(pace, random);
  let shortened = false;
  let empty = false;
  for (;;) {
    try {
      const reply = await request(calling, conversation, hearing);
      if (!isEmpty(reply)) return await checked(reply, calling, hearing);
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
        const left = conversation.shorten();
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

/** The reply, if it fits the schema that was asked for. */
async function checked(reply: ModelReply, { schema }: Calling, hearing: Hearing): Promise<ModelReply> {
  if (!schema) return reply;
  // What it says beside its calls was not asked for, and nobody has heard it.
  if (reply.tool_calls.length > 0) return { ...reply, text: '' };
  const text = reply.text.trim().replace(/^```(?:json)?\s*([\s\S]*?)\s*```$/, '$1');
  const fault = await faultOf(text, schema);
  if (fault !== undefined)
    throw new AgentError('model_malformed', `The model's answer does not fit \`structured_output\`: ${fault}`);
  hearing.text(text);
  return { ...reply, text };
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
