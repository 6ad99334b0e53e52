import type { AcpError, ErrorCode as AcpErrorCode } from '@clew/wire/acp';
import { ClewError, ERRORS, type ErrorCode, type ErrorInfo, type Issue } from '../../model/index.ts';
import type { JsonReply } from '../endpoint.ts';

/** This wire's column of statuses, those of the reference server: every error has a row, or this file does not compile. */
export const STATUS: { readonly [code in ErrorCode]: number } = {
  unreadable_json: 422,
  invalid_request: 422,
  unsupported_media_type: 422,
  too_large: 413,
  unauthorized: 401,
  token_expired: 401,
  route_not_found: 404,
  method_not_allowed: 405,
  thread_not_found: 404,
  message_not_found: 404,
  run_not_found: 404,
  agent_not_found: 404,
  no_agents: 404,
  idempotency_conflict: 409,
  run_not_waiting: 403,
  run_ended: 403,
  cursor_unknown: 400,
  server_closing: 503,
  invalid_input: 422,
  agent_failed: 500,
  answer_timeout: 504,
  agent_unavailable: 503,
  run_lost: 500,
  database_locked: 503,
  database_newer: 503,
  database_unusable: 503,
  server_error: 500,
};

/** The reply for whatever was thrown: `{code, message, data}` with one of the three codes. Never throws. */
export function errorReply(error: unknown): JsonReply {
  if (!(error instanceof ClewError)) return { status: 500, body: encodeError(new ClewError('server_error')) };
  const status = STATUS[error.code];
  return { status, headers: headersOf(status), body: encodeError(error) };
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

function headersOf(status: number): Record<string, string> {
  if (status === 401) return { 'WWW-Authenticate': 'Bearer' };
  return status === 503 ? { 'Retry-After': '1' } : {};
}

/** What a stream says that cannot go on. */
export function breakError(error: unknown): AcpError {
  const code = error instanceof ClewError ? error.code : 'server_error';
  return encodeErrorInfo({ code, message: ERRORS[code] });
}
