import type { lookup as resolve } from 'node:dns';
import type { IncomingMessage } from 'node:http';
import { guarded } from './guarded-fetch.ts';

/** What is sent, and how long that may take. */
export interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For the whole exchange. */
  readonly timeoutMs: number;
  /** Ends it early. */
  readonly signal?: AbortSignal;
  /** How names become addresses. Default: as the system does it. */
  readonly lookup?: typeof resolve;
}

/** What came back. What the answer says is not looked at. */
export interface Posted {
  readonly status: number;
  /** `Retry-After` in seconds or as a date, as the answer had it. */
  readonly retryAfter: string | undefined;
}

/**
 * Posts to an address that the configuration names. A name that leads into a private network is refused; who means a machine there writes its address, or
 * `localhost`. Redirects are not followed: they lead to what was not named. Rejects with an `Error` whose message is a sentence that can be shown to operators.
 */
export function post(url: string, { headers, body, timeoutMs, signal, lookup }: Post): Promise<Posted> {
  const target = new URL(url);
  const late = AbortSignal.timeout(timeoutMs);
  return new Promise((done, failed) => {
    // Not imported, for the reason that `http.ts` gives.
    const { request } = process.getBuiltinModule(target.protocol === 'https:' ? 'node:https' : 'node:http');
    const outgoing = request(
      target,
      {
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        signal: signal ? AbortSignal.any([signal, late]) : late,
        ...guarded(target, lookup),
      },
      (answer: IncomingMessage) => {
        // A status is all that a subscriber has to say: whatever stands behind it is not read.
        answer.destroy();
        done({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] });
      },
    );
    outgoing.on('error', (cause: NodeJS.ErrnoException) => {
      const message = late.aborted
        ? `No answer within ${timeoutMs / 1_000} s.`
        : `The address could not be reached: ${cause.code ?? cause.message}`.replace(/\.?$/, '.');
      failed(new Error(message, { cause }));
    });
    outgoing.end(body);
  });
}
