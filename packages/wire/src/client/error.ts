import type { Problem } from '../orchestrate/service.ts';

/** One complaint about one place in a request. */
export interface Complaint {
  /** Where, outermost first: `['body', 'message', 'content']`. */
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

/** Why a call failed: what the server answered, or that it could not be reached. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status; 0 when there was no answer, or one that broke off. */
  readonly status: number;
  /** The server's code, see `docs/errors.md`; `unreachable` and `stream_lost` are the client's own, `http_error` an answer without a code. */
  readonly code: string;
  readonly complaints: readonly Complaint[];
  /** How long the server asks to be left alone, milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: string,
    message: string,
    about: Partial<Pick<ApiError, 'status' | 'complaints' | 'retryAfterMs' | 'cause'>> = {},
  ) {
    super(message, about.cause === undefined ? undefined : { cause: about.cause });
    this.code = code;
    this.status = about.status ?? 0;
    this.complaints = about.complaints ?? [];
    this.retryAfterMs = about.retryAfterMs;
  }

  /** Whether the same call may succeed in a moment. */
  get isTransient(): boolean {
    return [0, 408, 425, 429, 502, 503, 504].includes(this.status);
  }
}

/** The error that an answer with a status of 400 or more stands for. */
export async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => '');
  const { detail, code } = problemOf(text);
  const complaints = Array.isArray(detail) ? detail : [];
  const message =
    typeof detail === 'string'
      ? detail
      : complaints.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; ') ||
        `The server answered ${response.status}.`;
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
  return new ApiError(code ?? 'http_error', message, { status: response.status, complaints, retryAfterMs });
}

function problemOf(text: string): Partial<Problem> {
  try {
    const body: unknown = JSON.parse(text);
    return body !== null && typeof body === 'object' ? (body as Partial<Problem>) : {};
  } catch {
    return {};
  }
}
