import { AcpError } from '@clew/wire/acp-client';
import { AgentError, type ErrorCode } from '../../model/index.ts';
import { withoutSecrets } from '../secrets.ts';
import { AnswerTooLarge } from './bounded-fetch.ts';

/** Longest message of a remote that is passed on. */
const MOST_TEXT = 500;

/** The remote whose failures are put into words. */
export interface Remote {
  /** Name of the agent at its server. */
  readonly agent: string;
  /** Values that must not come back in a message. */
  readonly secrets: readonly string[];
  /** How long it is waited for in the middle of its work; null: what broke off cannot be joined again. */
  readonly reconnectMs: number | null;
  /** Default: ACP. */
  readonly protocol?: 'ACP' | 'A2A' | 'chat completions';
}

/** Whether the same call may succeed in a moment. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof AcpError) || error.cause instanceof AnswerTooLarge) return false;
  const { code, status } = error;
  if (status !== undefined && status >= 400) return [408, 425, 429].includes(status) || status >= 500;
  // An `error` event has no status: the server could not go on with its stream.
  return code !== 'malformed';
}

/** What a call to a remote that failed means for the run: an `AgentError`. Anything but an `AcpError` is given back as it is. */
export function failureOf(error: unknown, remote: Remote, { started }: { readonly started: boolean }): unknown {
  if (!(error instanceof AcpError)) return error;
  const fail = (code: ErrorCode, message: string) => new AgentError(code, message);
  if (error.cause instanceof AnswerTooLarge) {
    return fail('remote_malformed', 'The answer of the remote agent is larger than this server reads.');
  }
  if (isTransient(error)) {
    return fail(
      'remote_unreachable',
      started ? brokenOff(remote) : 'The server of the remote agent cannot be reached. Ask again later.',
    );
  }
  const { code, status = 0 } = error;
  if (started && status === 404) {
    return fail('run_lost', 'The server of the remote agent no longer knows this run. Ask again.');
  }
  if (status === 401 || (status === 403 && !started)) {
    return fail(
      'remote_refused',
      'The server of the remote agent does not accept what this server identifies itself with.',
    );
  }
  if (code === 'not_found')
    return fail('remote_refused', `The server of the remote agent has no agent ${remote.agent}.`);
  if (code === 'malformed' || status === 404 || status === 405) {
    const what = status >= 300 ? `: it answered with status ${status}` : '';
    return fail(
      'remote_malformed',
      `What answers in place of the remote agent does not speak ${remote.protocol ?? 'ACP'}${what}.`,
    );
  }
  return fail('remote_refused', `The server of the remote agent refused: ${sentence(error.message, remote)}`);
}

function brokenOff({ reconnectMs }: Remote): string {
  return reconnectMs === null
    ? 'The remote agent broke off in the middle of its answer. Ask again.'
    : `The server of the remote agent went away in the middle of the run and did not come back within ${reconnectMs / 1_000} s.`;
}

/** What a remote run failed with, in its own words: `{code, message}`, or a text. */
export function remoteFailure(error: unknown, remote: Remote): AgentError {
  const { code, message, data } = fieldsOf(typeof error === 'string' ? { message: error } : error);
  const finer = fieldsOf(data).code;
  const said = typeof finer === 'string' ? finer : code;
  const known = typeof said === 'string' && said !== 'server_error' && /^[a-z][a-z0-9_]{0,63}$/.test(said);
  const text = typeof message === 'string' ? sentence(message, remote) : '';
  return new AgentError(known ? said : 'remote_failed', text || 'The remote agent failed and did not say why.');
}

/** The first line of a text, without secrets. */
export function sentence(text: string, { secrets }: Remote): string {
  const [first = ''] = text.trim().split(/[\r\n]/);
  const line = withoutSecrets(first, secrets);
  return line.length > MOST_TEXT ? `${line.slice(0, MOST_TEXT)}…` : line;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
}
