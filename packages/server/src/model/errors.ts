/**
 * Every error a caller can meet, one row each: what happened and what to do. `docs/errors.md` shows the same rows, and a test
 * compares the two. A wire owns its own column of statuses.
 */
export const ERRORS = {
  unreadable_json: 'The request body is not JSON in UTF-8. Send valid JSON.',
  invalid_request: 'A field is missing or has the wrong shape. The detail names it.',
  unsupported_media_type: 'The body has a content type that this endpoint does not read.',
  too_large: 'The request is larger than the server allows. Send less, or raise `limits.bodyBytes`.',
  unauthorized: 'The token is not valid here. Get a new one and send the request again.',
  token_expired: 'The token has expired. Get a new one and send the request again.',
  route_not_found: 'There is no such address. `/docs` lists the ones there are.',
  method_not_allowed: 'The address exists but not with this method.',
  thread_not_found: 'There is no such thread, or it is not yours.',
  message_not_found: 'There is no such message in this thread.',
  run_not_found: 'There is no such run, or it is not yours.',
  agent_not_found: 'There is no agent of that name or id. `GET …/orchestrate/agents` lists them.',
  no_agents: 'The project has no working agent. `clew agents check` says why.',
  idempotency_conflict: 'This message id was used before with another body. Use a new id for a new message.',
  run_not_waiting: 'The run does not wait for an answer: it goes on, or it has ended.',
  run_ended: 'The run has ended; it can no longer be changed.',
  cursor_unknown: 'The run has no event with this cursor. Read it again from the start.',
  server_closing: 'The server is shutting down. Send the request again in a moment.',
  invalid_input: 'The agent cannot work with this input. Its message says why.',
  agent_failed: 'The agent broke. The server log has the cause under the run id.',
  answer_timeout: 'Nobody answered the question of this run in time. Start a new run.',
  agent_unavailable: 'The agent of this run is no longer in the project, or its file is broken.',
  run_lost: 'The server stopped in the middle of the run and its agent cannot start over. Ask again.',
  database_locked: 'Another Clew process uses the database file. Stop it or name another file.',
  database_newer: 'The database was written by a newer Clew. Use that version or another file.',
  database_unusable: 'The database cannot be opened. The message says why.',
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

  /** Without a `message` the row of the registry speaks. */
  constructor(code: ErrorCode, message?: string, options?: { issues?: readonly Issue[]; cause?: unknown }) {
    super(message ?? ERRORS[code], options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.issues = options?.issues ?? [];
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
