/** Longest that an answer may take to begin. */
const ANSWER_MS = 15_000;

/** Why there was no answer at all. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  /** `certificate`: the other side cannot prove who it is. `unreachable`: anything else. */
  readonly kind: 'certificate' | 'unreachable';

  constructor(kind: NoAnswer['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** What was answered, and when. */
export interface Answer {
  readonly response: Response;
  /** By how many milliseconds the clock of the other side is ahead of this one, to half a second or so; undefined when it does not tell the time. */
  readonly aheadMs: number | undefined;
}

/** Sends a request as a browser would. Rejects with `NoAnswer`, whose message says why in half a sentence. */
export async function ask(url: string, init: RequestInit & { now: () => number }): Promise<Answer> {
  const { now, ...rest } = init;
  const before = now();
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS), ...rest });
    const date = Date.parse(response.headers.get('date') ?? '');
    // The header has whole seconds: what it says began up to a second ago.
    const aheadMs = Number.isNaN(date) ? undefined : date + 500 - (before + now()) / 2;
    return { response, aheadMs };
  } catch (error) {
    throw explain(error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at this address and port',
  ENOTFOUND: 'there is no such name',
  EAI_AGAIN: 'its name could not be looked up',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  ETIMEDOUT: 'it does not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer in time',
  EHOSTUNREACH: 'there is no way to it from here',
  ENETUNREACH: 'there is no way to it from here',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak https on this port',
};

const CERTIFICATE =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA|CERTIFICATE_)/;

function explain(error: unknown): NoAnswer {
  const causes = causesOf(error);
  const codes = causes.map(({ code }) => String(code ?? ''));
  const certificate = causes.find(({ code }) => CERTIFICATE.test(String(code ?? '')));
  if (certificate)
    return new NoAnswer('certificate', String(certificate.message ?? certificate.code), { cause: error });
  const known = codes.map((code) => REASONS[code]).find(Boolean);
  const late = causes.some(({ name }) => name === 'TimeoutError') ? REASONS.ETIMEDOUT : undefined;
  const reason = known ?? late ?? String(causes.at(-1)?.message ?? error);
  return new NoAnswer('unreachable', reason, { cause: error });
}

interface Cause {
  readonly code?: unknown;
  readonly name?: unknown;
  readonly message?: unknown;
}

/** The error and what it was caused by. */
function causesOf(error: unknown): Cause[] {
  const causes: Cause[] = [];
  for (let one = error; typeof one === 'object' && one !== null && causes.length < 8; ) {
    causes.push(one as Cause);
    const { cause, errors } = one as { cause?: unknown; errors?: unknown[] };
    one = cause ?? errors?.[0];
  }
  return causes;
}
