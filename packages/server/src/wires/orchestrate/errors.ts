import { ClewError, ERRORS, type ErrorCode, type ErrorInfo } from '../../model/index.ts';
import type { JsonReply } from '../endpoint.ts';

/** This wire's column of statuses: every error has a row, or this file does not compile. */
export const STATUS: { readonly [code in ErrorCode]: number } = {
  unreadable_json: 400,
  invalid_request: 422,
  unsupported_media_type: 415,
  too_large: 413,
  malformed_request: 400,
  headers_too_large: 431,
  request_timeout: 408,
  unreadable_form: 400,
  file_type_refused: 415,
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
  run_not_waiting: 409,
  approval_link_invalid: 403,
  run_ended: 409,
  cursor_unknown: 409,
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

/**
 * The reply for whatever was thrown: `{"detail": …, "code": …}`. With status 422 `detail` is FastAPI's list of `{loc, msg, type}`, otherwise a
 * sentence. Never throws.
 */
export function errorReply(error: unknown): JsonReply {
  if (!(error instanceof ClewError))
    return { status: 500, body: { detail: ERRORS.server_error, code: 'server_error' } };
  const status = STATUS[error.code];
  return {
    status,
    body: { detail: status === 422 ? issuesOf(error) : textOf(error), code: error.code },
  };
}

/** The reply for what a run failed with, where the answer of the run was to be the reply. An agent may have codes of its own. */
export function runErrorReply({ code, message }: ErrorInfo): JsonReply {
  if (Object.hasOwn(STATUS, code)) return errorReply(new ClewError(code as ErrorCode, message));
  return { status: 500, body: { detail: message, code } };
}

function issuesOf(error: ClewError): unknown[] {
  if (error.issues.length === 0) return [{ loc: ['body'], msg: error.message, type: 'value_error' }];
  return error.issues.map(({ path, message, type }) => ({ loc: path, msg: message, type }));
}

/** The ADK takes a 404 for "no such agent" only if it reads `Agent` and `not found` (its `agent_client.py`). */
function textOf(error: ClewError): string {
  return error.code === 'agent_not_found' ? `Agent not found. ${error.message}` : error.message;
}
