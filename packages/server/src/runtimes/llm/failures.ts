import { AgentError } from '../../model/index.ts';
import { secretsIn, withoutSecrets } from '../secrets.ts';
import type { ModelAccess } from './access.ts';

/** What went wrong with a call of the model, as the run says it and as whoever runs the server needs to know it. */
export interface ModelFailure {
  readonly error: AgentError;
  /** Trying again may help. */
  readonly retryable: boolean;
  /** How long the provider wants to be left alone. */
  readonly retryAfterMs?: number;
  readonly status?: number;
  /** For the log, without secrets. */
  readonly detail: string;
}

/** A token that did not come in time. */
export class TokenTimeout extends Error {
  override readonly name = 'TokenTimeout';
}

/** What an error of the SDK may have. Its classes are not compared: they are loaded late, and there may be several copies. */
interface Loose {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly statusCode?: unknown;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  readonly responseBody?: unknown;
  readonly code?: unknown;
  readonly type?: unknown;
  readonly cause?: unknown;
}

const TOO_LONG =
  /context[_ ]length|context window|maximum context|max(?:imum)? (?:input|prompt) (?:length|tokens)|prompt is too long|input is too long|too many (?:input )?tokens|exceeds? the (?:available )?context/i;
const NO_QUOTA = /insufficient_quota|billing|credit balance|payment required/i;
const MALFORMED = ['AI_JSONParseError', 'AI_TypeValidationError'];
const LONGEST_DETAIL = 1_000;

/** Reads whatever a call threw, or an error that came in its stream. */
export function readFailure(thrown: unknown, access: ModelAccess): ModelFailure {
  if (thrown instanceof AgentError) return { error: thrown, retryable: false, detail: thrown.message };
  const loose: Loose = Object(thrown);
  const status = statusOf(loose);
  const told = [loose.message, loose.code, loose.type, loose.responseBody].filter(
    (one) => typeof one === 'string' || typeof one === 'number',
  );
  const words = told.length > 0 ? told.join(' ') : String(thrown);
  const detail = withoutSecrets([words, causeOf(loose)].filter(Boolean).join(': '), secretsIn(access.headers)).slice(
    0,
    LONGEST_DETAIL,
  );
  const retryAfterMs = retryAfter(loose.responseHeaders);
  const rest = {
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    detail,
  };
  const failed = (code: string, message: string, retryable: boolean) => ({
    error: new AgentError(code, message),
    retryable,
    ...rest,
  });

  const { provider } = access;
  const isRequestFault = status === undefined || status === 400 || status === 413 || status === 422 || status === 500;
  if (isRequestFault && TOO_LONG.test(words))
    return failed('context_too_long', 'The conversation is longer than the model can read.', false);
  if (NO_QUOTA.test(words) || status === 402)
    return failed('model_refused', `The account at the model provider \`${provider}\` has no quota left.`, false);
  if (status === 401 || status === 403) {
    const message = `The model provider \`${provider}\` refused the key (status ${status}). Whoever runs this server checks its variable of the environment, or \`models.${provider}\` in clew.config.yaml.`;
    return failed('model_refused', message, false);
  }
  if (status === 404) {
    const message = `The model provider \`${provider}\` has no model \`${access.model}\` at its address. Check \`llm\` in the agent's file, and \`models.${provider}.baseUrl\` in clew.config.yaml.`;
    return failed('model_refused', message, false);
  }
  if (status !== undefined && status < 400) {
    const message = `The address of the model provider \`${provider}\` leads elsewhere (status ${status}). Set the right one as \`models.${provider}.baseUrl\` in clew.config.yaml.`;
    return failed('model_refused', message, false);
  }
  if (status !== undefined && status !== 408 && status !== 409 && status !== 425 && status !== 429 && status < 500) {
    const message = `The model provider \`${provider}\` refused the request (status ${status}). The log of the server says why; \`llm_config\` in the agent's file is a place to look.`;
    return failed('model_refused', message, false);
  }
  if (thrown instanceof TokenTimeout)
    return failed('model_unavailable', `The model provider \`${provider}\`: ${thrown.message}`, true);
  if (MALFORMED.includes(String(loose.name)))
    return failed('model_malformed', `What the model provider \`${provider}\` sent is not chat completions.`, true);
  if (loose.name === 'AI_InvalidResponseDataError')
    return failed('model_interrupted', `The model provider \`${provider}\` ended its answer in the middle.`, true);
  const when = status === 429 ? 'takes no more requests for now' : 'cannot be reached';
  return failed('model_unavailable', `The model provider \`${provider}\` ${when}. Ask again in a moment.`, true);
}

/** The failure of a call of whose answer something was shown: it is not tried again. */
export function interrupted(failure: ModelFailure): ModelFailure {
  const error = new AgentError(
    'model_interrupted',
    'The connection to the model broke in the middle of the answer. Ask again.',
  );
  return { ...failure, error, retryable: false };
}

function statusOf({ statusCode, code }: Loose): number | undefined {
  if (typeof statusCode === 'number' && statusCode >= 300) return statusCode;
  // Errors in a stream (OpenRouter, vLLM) carry the status as their code.
  const number = Number(code);
  return Number.isInteger(number) && number >= 400 && number < 600 ? number : undefined;
}

/** `Retry-After` in seconds or as a date, and OpenAI's `retry-after-ms`. */
function retryAfter(headers: Loose['responseHeaders'] = {}): number | undefined {
  const ms = Number(headers['retry-after-ms']);
  if (headers['retry-after-ms'] && Number.isFinite(ms)) return Math.max(0, ms);
  const written = headers['retry-after'];
  if (!written) return undefined;
  const seconds = Number(written);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const date = Date.parse(written);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

function causeOf({ cause }: Loose): string {
  const { message, code }: Loose = Object(cause);
  return [message, code].filter((one) => typeof one === 'string' && one !== '').join(' ');
}
