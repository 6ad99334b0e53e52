import { AcpError } from '@clew/wire/acp-client';
import { AnswerTooLarge, createBoundedFetch } from '../bounded-fetch.ts';

/** The longest answer that is read, over one connection. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Statuses that say what they say, whatever stands in the body. */
const PLAIN = [401, 403, 408, 425, 429];

/**
 * A `fetch` for a library that does not tell a dead server from a wrong answer: adds the headers, follows no redirect (keys would go along), reads at most 64 MiB, and throws
 * an `AcpError` for what is no answer of A2A. An error of the protocol is left to the library.
 */
export function guarded(headers: Readonly<Record<string, string>>): typeof globalThis.fetch {
  const bounded = createBoundedFetch(MOST_BYTES);
  return async (input, init) => {
    const all = new Headers(init?.headers);
    for (const [name, value] of Object.entries(headers)) all.set(name, value);
    let response: Response;
    try {
      response = await bounded(input, { ...init, headers: all, redirect: 'manual' });
    } catch (cause) {
      init?.signal?.throwIfAborted();
      throw new AcpError('unreachable', 'The server cannot be reached.', { cause });
    }
    const { status, statusText } = response;
    if (response.ok) return new Response(whole(response.body), { status, statusText, headers: response.headers });
    const text = await response.text().catch(() => '');
    if (!PLAIN.includes(status) && status >= 400 && isTold(text))
      return new Response(text, { status, statusText, headers: response.headers });
    const said =
      status === 401 || status === 403 ? 'The server refused.' : `The server answered with status ${status}.`;
    throw new AcpError(status >= 500 || PLAIN.includes(status) ? 'refused' : 'malformed', said, { status });
  };
}

/** The body, which breaks off with an `AcpError`. */
function whole(body: ReadableStream<Uint8Array> | null): ReadableStream<Uint8Array> | null {
  if (!body) return null;
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (cause) {
        const code = cause instanceof AnswerTooLarge ? 'malformed' : 'unreachable';
        controller.error(new AcpError(code, 'The answer broke off.', { cause }));
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/** Whether a body is an error of the protocol, over JSON-RPC or HTTP+JSON. */
function isTold(text: string): boolean {
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown };
    return typeof error === 'object' && error !== null;
  } catch {
    return false;
  }
}
