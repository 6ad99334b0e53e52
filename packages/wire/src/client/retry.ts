import { ApiError } from './error.ts';

/** How a client tries again. */
export interface RetryOptions {
  /** Attempts without any progress before it gives up. Default 8: with the waits below, some 25 s. */
  readonly attempts?: number;
  /** First wait; each further one is twice as long. Default 250 ms. */
  readonly firstMs?: number;
  /** Longest wait. Default 8,000 ms. */
  readonly longestMs?: number;
  /** A server that asks to be left alone for longer than this is not asked again. Default 10,000 ms. */
  readonly patienceMs?: number;
  /** Waits; default: a timer. Rejects with the signal's reason when that aborts. */
  readonly wait?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  /** Between 0 and 1: each wait is shortened by up to half of itself, so that a thousand clients do not come back at once. Default `Math.random`. */
  readonly random?: () => number;
}

/** One series of attempts. */
export interface Retry {
  /** Something came through: count from the start again. */
  progressed(): void;
  /** Waits before the next attempt, after telling `onWait`; rejects with `error` when there is none, or none would help. */
  next(error: unknown, onWait?: () => void): Promise<void>;
}

export function createRetry(options: RetryOptions, signal: AbortSignal | undefined): Retry {
  const { attempts = 8, firstMs = 250, longestMs = 8_000, patienceMs = 10_000 } = options;
  const { wait = waitFor, random = Math.random } = options;
  let failed = 0;
  return {
    progressed() {
      failed = 0;
    },
    async next(error, onWait) {
      signal?.throwIfAborted();
      failed += 1;
      if (!(error instanceof ApiError) || !error.isTransient || failed >= attempts) throw error;
      if ((error.retryAfterMs ?? 0) > patienceMs) throw error;
      onWait?.();
      const longest = Math.min(longestMs, firstMs * 2 ** (failed - 1));
      await wait(Math.max(longest * (1 - random() / 2), error.retryAfterMs ?? 0), signal);
    },
  };
}

function waitFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
