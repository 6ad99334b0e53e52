/** Why a call to an ACP server failed: what the server answered, or that it could not be reached or understood. */
export class AcpError extends Error {
  override readonly name = 'AcpError';
  /**
   * The code on the wire (`not_found`, `invalid_input`, `server_error`, or whatever else the server writes), or the client's own: `unreachable` for no
   * answer or one that broke off, `malformed` for an answer that is not ACP.
   */
  readonly code: string;
  /** HTTP status of the answer; absent when there was none, and for an `error` event in a stream. */
  readonly status?: number;
  /** The run that the call was about, where it is known. */
  readonly runId?: string;
  /** `data` of the error on the wire, as it is. */
  readonly data?: unknown;

  constructor(
    code: string,
    message: string,
    about: {
      readonly status?: number | undefined;
      readonly runId?: string | undefined;
      readonly data?: unknown;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, about.cause === undefined ? undefined : { cause: about.cause });
    this.code = code;
    if (about.status !== undefined) this.status = about.status;
    if (about.runId !== undefined) this.runId = about.runId;
    if (about.data !== undefined) this.data = about.data;
  }
}
