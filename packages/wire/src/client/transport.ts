import { ApiError, errorOf } from './error.ts';

/** A token, or where to get one. Asked again with `refused` when the server did not take the last one. */
export type TokenSource = string | ((why: 'needed' | 'refused') => string | undefined | Promise<string | undefined>);

export interface TransportOptions {
  /** Address of the server without a slash at the end, `http://localhost:4321`; empty in a page that the server itself serves. */
  readonly baseUrl: string;
  /** What stands before every path. Default `/api/v1`. */
  readonly prefix?: string;
  readonly token?: TokenSource;
  /** Sent with every call. Default none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch;
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** After the prefix, `/threads`. */
  readonly path: string;
  /** Members that are undefined are left out; lists become repeated parameters. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  /** Sent as JSON, or as a form when it is one. */
  readonly body?: object | URLSearchParams | FormData;
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
}

/** Sends calls. Rejects with `ApiError`, or with the signal's reason when that aborts. */
export interface Transport {
  send(call: Call): Promise<Response>;
  /** The body of the answer, parsed. The server's schemas vouch for its shape; nothing checks it again. */
  json<T>(call: Call): Promise<T>;
}

export function createTransport(options: TransportOptions): Transport {
  const base = `${options.baseUrl.replace(/\/+$/, '')}${options.prefix ?? '/api/v1'}`;
  const { token: source } = options;
  // Not bound once and for all: pages replace `window.fetch` after scripts have run.
  const fetch: typeof globalThis.fetch = (input, init) => (options.fetch ?? globalThis.fetch)(input, init);

  const attempt = async (call: Call, token: string | undefined): Promise<Response> => {
    try {
      return await fetch(`${base}${call.path}${search(call.query)}`, requestOf(call, token, options.headers));
    } catch (cause) {
      if (call.signal?.aborted) throw call.signal.reason;
      throw new ApiError('unreachable', `The server at ${options.baseUrl || 'this address'} cannot be reached.`, {
        cause,
      });
    }
  };

  const send = async (call: Call): Promise<Response> => {
    let response = await attempt(call, typeof source === 'function' ? await source('needed') : source);
    if (response.status === 401 && typeof source === 'function') {
      const renewed = await source('refused');
      if (renewed !== undefined) {
        void response.body?.cancel();
        response = await attempt(call, renewed);
      }
    }
    if (!response.ok) throw await errorOf(response);
    return response;
  };

  return {
    send,
    async json<T>(call: Call): Promise<T> {
      const response = await send(call);
      try {
        return (await response.json()) as T;
      } catch (cause) {
        if (call.signal?.aborted) throw call.signal.reason;
        throw new ApiError('unreachable', 'The answer of the server broke off or is not JSON.', { cause });
      }
    },
  };
}

function requestOf(
  { method = 'GET', body, accept = 'application/json', signal }: Call,
  token: string | undefined,
  own: TransportOptions['headers'],
): RequestInit {
  const headers: Record<string, string> = { ...own, Accept: accept };
  if (token !== undefined) headers.Authorization = `Bearer ${token}`;
  const isForm = body instanceof URLSearchParams || body instanceof FormData;
  if (body !== undefined && !isForm) headers['Content-Type'] = 'application/json';
  return {
    method,
    headers,
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  };
}

function search(query: Call['query'] = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) for (const one of value) params.append(name, one);
    else if (value !== undefined) params.append(name, String(value));
  }
  return params.size === 0 ? '' : `?${params}`;
}
