import type { AcpError, ErrorCode as AcpErrorCode } from '@clew/wire/acp';
import { ClewError, ERRORS, type ErrorCode, type ErrorInfo, type Issue } from '../../model/index.ts';
import type { JsonReply } from '../endpoint.ts';

/** This wire's column of statuses, those of the reference server: every error has a row, or this file does not compile. */
export const STATUS: { readonly [code in ErrorCode]: number } = {
  unreadable_json: 422,
  invalid_request: 422,
  unsupported_media_type: 422,
  too_large: 413,
  malformed_request: 400,
  headers_too_large: 431,
  request_timeout: 408,
  unreadable_form: 422,
  file_type_refused: 422,
  file_not_found: 404,
  file_link_invalid: 403,
  file_store_unusable: 503,
  file_store_unavailable: 503,
  unauthorized: 401,
  token_expired: 401,
  token_required: 401,
  proof_required: 403,
  security_not_set_up: 403,
  origin_not_allowed: 403,
  host_not_allowed: 403,
  operator_only: 403,
  key_not_found: 404,
  channel_not_found: 404,
  webhook_not_found: 404,
  rate_limited: 429,
  budget_exhausted: 429,
  channel_paused: 503,
  message_too_long: 413,
  too_many_files: 413,
  route_not_found: 404,
  method_not_allowed: 405,
  thread_not_found: 404,
  message_not_found: 404,
  run_not_found: 404,
  agent_not_found: 404,
  no_agents: 404,
  idempotency_conflict: 409,
  thread_busy: 409,
  queue_full: 429,
  run_not_waiting: 403,
  approval_link_invalid: 403,
  run_ended: 403,
  cursor_unknown: 400,
  server_closing: 503,
  invalid_input: 422,
  agent_failed: 500,
  answer_timeout: 504,
  agent_unavailable: 503,
  state_unavailable: 502,
  run_lost: 500,
  run_abandoned: 500,
  run_too_long: 500,
  remote_unreachable: 502,
  remote_refused: 502,
  remote_malformed: 502,
  remote_failed: 502,
  model_unavailable: 503,
  model_refused: 502,
  model_interrupted: 502,
  model_empty: 502,
  model_malformed: 502,
  model_limit: 502,
  context_too_long: 422,
  tools_unavailable: 502,
  collaborator_unknown: 500,
  collaborators_too_deep: 500,
  plugin_unknown: 500,
  tool_unknown: 500,
  database_locked: 503,
  database_newer: 503,
  database_unusable: 503,
  database_unavailable: 503,
  database_full: 503,
  server_error: 500,
};

/** The reply for whatever was thrown: `{code, message, data}` with one of the three codes. Never throws. */
export function errorReply(error: unknown): JsonReply {
  if (!(error instanceof ClewError)) return { status: 500, body: encodeError(new ClewError('server_error')) };
  return { status: STATUS[error.code], body: encodeError(error) };
}

/** The refusal of a request that contradicts itself. */
export function mismatch(message: string): JsonReply {
  return {
    status: 400,
    body: { code: 'invalid_input', message, data: { code: 'invalid_request' } } satisfies AcpError,
  };
}

/** What a run failed with. An agent may have codes of its own: they are in `data`. */
export function encodeErrorInfo({ code, message }: ErrorInfo): AcpError {
  return { code: codeOf(code), message, data: { code } };
}

function encodeError({ code, message, issues }: ClewError): AcpError {
  const first = issues[0];
  return {
    code: codeOf(code),
    message: first ? sentence(first, issues.length - 1) : message,
    data: { code, ...(first ? { issues: issues.map(({ path, message }) => ({ path, message })) } : {}) },
  };
}

function sentence({ path, message }: Issue, more: number): string {
  const place = path.join('.');
  return `${place} ${message}.${more > 0 ? ` ${more} more in data.` : ''}`;
}

function codeOf(code: string): AcpErrorCode {
  if (code === 'not_found' || code.endsWith('_not_found')) return 'not_found';
  const status = Object.hasOwn(STATUS, code) ? STATUS[code as ErrorCode] : 500;
  if (status === 404) return 'not_found';
  return status < 500 ? 'invalid_input' : 'server_error';
}

/** What a stream says that cannot go on. */
export function breakError(error: unknown): AcpError {
  const code = error instanceof ClewError ? error.code : 'server_error';
  return encodeErrorInfo({ code, message: ERRORS[code] });
}
