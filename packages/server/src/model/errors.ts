/**
 * Every error a caller can meet, one row each: what happened and what to do. `docs/errors.md` shows the same rows, and a test
 * compares the two. A wire owns its own column of statuses.
 */
export const ERRORS = {
  unreadable_json: 'The request body is not JSON in UTF-8. Send valid JSON.',
  invalid_request: 'A field is missing or has the wrong shape. The detail names it.',
  unsupported_media_type: 'The body has a content type that this endpoint does not read.',
  too_large: 'The request is larger than the server allows. Send less, or raise `limits.bodyBytes`.',
  malformed_request:
    'What was sent is not a request of HTTP/1.1. Send it again with a client or a proxy that keeps to RFC 9112.',
  headers_too_large:
    'The headers of the request are more than the server allows. Send fewer or shorter ones, or raise `limits.headerBytes`.',
  request_timeout: 'The request did not arrive in time. Send it again over a faster connection.',
  unreadable_form: 'The request body is not the form that its content type says. Send multipart/form-data.',
  file_type_refused: 'Files of this type are not accepted. `files.types` says which are.',
  file_not_found: 'There is no such file: it was deleted with its conversation, or never existed.',
  file_link_invalid:
    'The address of the file has expired or is damaged. Read the message again: it comes with a new one.',
  file_store_unusable: 'The place for files does not take them as it is set up. The message says what to set.',
  file_store_unavailable: 'Files cannot be stored or read right now. Send the request again in a moment.',
  unauthorized: 'The token is not valid here. Get a new one and send the request again.',
  token_expired: 'The token has expired. Get a new one and send the request again.',
  token_required: 'This channel wants a token. Sign in, or ask the page for one, and send the request again.',
  proof_required:
    'Visitors of this channel show a proof of work first. Solve the challenge and send the request again.',
  security_not_set_up: 'This channel is for signed users and has no key to check them with. `clew keys new` makes one.',
  origin_not_allowed:
    'Pages of this origin may not use this server. Add it to `origins` of a channel in clew.config.yaml.',
  host_not_allowed: 'This server does not answer under this name. Add it to `server.hosts`, or set `server.publicUrl`.',
  operator_only: 'This is for the operator of the server. Use the token or the key of one.',
  key_not_found: 'There is no such key.',
  channel_not_found: 'There is no such channel in clew.config.yaml. `clew channels list` lists them.',
  webhook_not_found: 'There is no such webhook in clew.config.yaml. `clew webhooks list` lists them.',
  rate_limited: 'Too much came in at once. Send the request again after the time in `Retry-After`.',
  budget_exhausted: 'This channel has used up what it may cost today. It goes on at midnight UTC.',
  channel_paused: 'This channel is paused. Try again later; `clew channels resume` ends the pause.',
  message_too_long: 'The message is longer than this channel allows. Send a shorter one.',
  too_many_files:
    'This conversation has as many files as this channel allows. Send fewer or smaller ones, or start a new conversation.',
  route_not_found: 'There is no such address. `/docs` lists the ones there are.',
  method_not_allowed: 'The address exists but not with this method.',
  thread_not_found: 'There is no such thread, or it is not yours.',
  message_not_found: 'There is no such message in this thread.',
  run_not_found: 'There is no such run, or it is not yours.',
  agent_not_found: 'There is no agent of that name or id. `GET …/orchestrate/agents` lists them.',
  no_agents: 'The project has no working agent. `clew agents check` says why.',
  idempotency_conflict: 'This message id was used before with another body. Use a new id for a new message.',
  thread_busy:
    'This conversation is still being answered, and its agent takes one message at a time. Wait for the end of the answer, or cancel it, then send the message again.',
  queue_full: 'More is waiting than this server takes on. Send the request again after the time in `Retry-After`.',
  run_not_waiting: 'The run does not wait for an answer: it goes on, or it has ended.',
  approval_link_invalid: 'The link has expired or is damaged. Ask whoever sent it for a new one.',
  run_ended: 'The run has ended; it can no longer be changed.',
  cursor_unknown: 'The run has no event with this cursor. Read it again from the start.',
  server_closing: 'The server is shutting down. Send the request again in a moment.',
  invalid_input: 'The agent cannot work with this input. Its message says why.',
  agent_failed: 'The agent broke. The server log has the cause under the run id.',
  answer_timeout: 'Nobody answered the question of this run in time. Start a new run.',
  agent_unavailable: 'The agent of this run is no longer in the project, or its file is broken.',
  state_unavailable:
    'The state of this conversation could not be read where its client keeps it: it must be JSON on a host of `acpHistoryHosts`.',
  run_lost: 'The server stopped in the middle of the run and its agent cannot start over. Ask again.',
  run_abandoned:
    'The server stopped in the middle of this run several times in a row, and does not begin it again. Ask in other words.',
  run_too_long: 'The agent said more than one run may. What it said until then is kept.',
  remote_unreachable:
    'The server of the remote agent cannot be reached, or went away in the middle of the run. Ask again later.',
  remote_refused: 'The server of the remote agent refused the run. The message says why.',
  remote_malformed: 'What the server of the remote agent answered is not its protocol (ACP, A2A or chat completions).',
  remote_failed: 'The remote agent failed. Its message says why.',
  model_unavailable: 'The model cannot be reached, or refuses more work for now. Ask again in a moment.',
  model_refused: 'The provider of the model refused the request. The message says which setting to look at.',
  model_interrupted: 'The connection to the model broke in the middle of the answer. Ask again.',
  model_empty: 'The model gave no answer, twice. Ask again or in other words.',
  model_malformed: 'What the model answered is not what was asked for. The message says why.',
  model_limit:
    'The agent called its tools as often as it may without coming to an answer. Its file says how often (`llm_config.max_iterations`).',
  context_too_long:
    'The conversation is longer than the model can read, also without its oldest part. Start a new one.',
  tools_unavailable: 'A toolkit of the agent cannot be reached. Ask again in a moment; the server log has the cause.',
  collaborator_unknown:
    'The agent wanted to hand over to an agent that is not among its collaborators. Its file names them.',
  collaborators_too_deep: 'Agents handed over to each other too many times in a row.',
  plugin_unknown: 'A plugin of the agent is not in the project. `clew agents check` says which.',
  tool_unknown: 'The agent called a tool that the project does not have. `clew agents check` lists what it has.',
  database_locked: 'Another Clew process uses the database file. Stop it or name another file.',
  database_newer: 'The database was written by a newer Clew. Use that version or another file.',
  database_unusable: 'The database cannot be opened. The message says why.',
  database_unavailable: 'The database cannot be reached right now. Send the request again in a moment.',
  database_full: 'The disk of the database is full. Make room on it, then send the request again.',
  server_error: 'Something broke inside the server. Its log has the cause under the request id.',
} as const;

/** The machine-readable name of an error. */
export type ErrorCode = keyof typeof ERRORS;

/** What an event or a reply says of an error: never a stack, never a path of the server. */
export interface ErrorInfo {
  readonly code: string;
  readonly message: string;
}

/** One complaint about one place in a request. */
export interface Issue {
  /** Where, outermost first: `['body', 'message', 'content']`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** Kind of complaint, e.g. `missing`, `string_type`. */
  readonly type: string;
}

/** An error that is meant for the caller. Everything else that is thrown is a defect and becomes `server_error`. */
export class ClewError extends Error {
  override readonly name = 'ClewError';
  readonly code: ErrorCode;
  readonly issues: readonly Issue[];
  /** When the same may succeed, in whole seconds from now; undefined: nobody knows, or never. */
  readonly retryAfterSeconds: number | undefined;

  /** Without a `message` the row of the registry speaks. */
  constructor(
    code: ErrorCode,
    message?: string,
    options?: { issues?: readonly Issue[]; cause?: unknown; retryAfterSeconds?: number },
  ) {
    super(message ?? ERRORS[code], options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.issues = options?.issues ?? [];
    this.retryAfterSeconds = options?.retryAfterSeconds;
  }
}

/**
 * How an agent says that it failed, with a code and a message that its caller may read. Any other error thrown by an agent
 * becomes `agent_failed` and its text stays in the server log.
 */
export class AgentError extends Error {
  override readonly name = 'AgentError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
