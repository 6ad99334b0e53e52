import { AcpError } from './acp-error.ts';

export interface AcpClientOptions {
  /** Where the server is, with or without a slash at the end: `http://127.0.0.1:8000`. */
  readonly baseUrl: string;
  /** Sent with each request, such as `Authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch;
  /** An answer must begin within this time. Default 30,000 ms. It does not hold for sync mode, whose answer begins when the run ends. */
  readonly timeoutMs?: number;
}

export interface AcpCall {
  readonly path: string;
  /** Sent as JSON with POST; absent: GET, unless `method` says otherwise. */
  readonly body?: object;
  readonly method?: 'GET' | 'POST';
  readonly accept?: string;
  /** The answer may take as long as it likes. */
  readonly patient?: boolean;
  readonly runId?: string;
  readonly signal?: AbortSignal | undefined;
}

/** Sends calls. Rejects with `AcpError`, or with the signal's reason when that aborts. */
export interface AcpTransport {
  /** An answer with a status of 2xx. */
  send(call: AcpCall): Promise<Response>;
  /** Its body, parsed; undefined when there is none. */
  json(call: AcpCall): Promise<unknown>;
}

export function createAcpTransport({
  baseUrl,
  headers,
  timeoutMs = 30_000,
  ...options
}: AcpClientOptions): AcpTransport {
  const base = baseUrl.replace(/\/+$/, '');

  const answer = async (call: AcpCall): Promise<Response> => {
    const { path, body, method = body ? 'POST' : 'GET', accept = 'application/json', signal, runId } = call;
    const late = new AbortController();
    const timer = call.patient ? undefined : setTimeout(() => late.abort(), timeoutMs);
    try {
      // Not bound once and for all: pages replace `window.fetch` after scripts have run.
      return await (options.fetch ?? globalThis.fetch)(`${base}${path}`, {
        method,
        headers: { ...headers, Accept: accept, ...(body ? { 'Content-Type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
        // Elsewhere is not what was configured, and a POST that is sent on becomes a GET.
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
      });
    } catch (cause) {
      signal?.throwIfAborted();
      const why = late.signal.aborted ? `did not answer within ${timeoutMs / 1000} s` : 'cannot be reached';
      throw new AcpError('unreachable', `The server at ${base} ${why}.`, { cause, runId });
    } finally {
      clearTimeout(timer);
    }
  };

  const send = async (call: AcpCall): Promise<Response> => {
    const response = await answer(call);
    if (!response.ok) throw await errorOf(response, call);
    return response;
  };

  return {
    send,
    async json(call) {
      const response = await send(call);
      const { status } = response;
      const text = await response.text().catch((cause) => {
        call.signal?.throwIfAborted();
        throw new AcpError('unreachable', 'The answer of the server broke off.', { cause, status, runId: call.runId });
      });
      try {
        return text === '' ? undefined : JSON.parse(text);
      } catch (cause) {
        throw new AcpError('malformed', `The answer of the server is not JSON.`, { cause, status, runId: call.runId });
      }
    },
  };
}

/** What an answer that is not 2xx says, as far as it says something. */
async function errorOf(response: Response, { signal, runId }: AcpCall): Promise<AcpError> {
  const { status, type } = response;
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    await response.body?.cancel();
    const to = response.headers.get('location');
    return new AcpError('malformed', `The server sends elsewhere${to ? `, to ${to}` : ''}: use that address.`, {
      status,
      runId,
    });
  }
  const text = await response.text().catch(() => '');
  signal?.throwIfAborted();
  const { code, message, data } = errorIn(text);
  const said = typeof message === 'string' && message !== '' ? message : sentenceIn(text, response);
  return new AcpError(typeof code === 'string' ? code : 'malformed', said, { status, runId, data: data ?? undefined });
}

function errorIn(text: string): { code?: unknown; message?: unknown; data?: unknown } {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** The first line of a plain text; a page or other JSON is for others to read. */
function sentenceIn(text: string, { status, headers }: Response): string {
  const isPlain = /^text\/plain/i.test(headers.get('content-type') ?? 'text/plain') && !/^\s*[<{[]/.test(text);
  const [line = ''] = text.trim().split('\n');
  return isPlain && line !== ''
    ? `The server answered ${status}: ${line.slice(0, 200)}`
    : `The server answered ${status}.`;
}
