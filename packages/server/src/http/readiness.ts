import type { Ticker } from './log.ts';

/** Whoever has asked for `/health` within this time watches the server, and asks again. */
const WATCHED_MS = 60_000;

/** Whether a load balancer should send requests here. */
export interface Readiness {
  readonly draining: boolean;
  /** To be called whenever somebody asks for `/health`. */
  asked(): void;
  /**
   * From now on the server is `draining`. Resolves after `ms`, in which everybody who watches it can hear of that, and at once where nobody watches. A second
   * call waits for the first.
   */
  drain(ms: number): Promise<void>;
}

/** A server that is ready. Rejected: to wait however few ask; Ctrl-C in a terminal would take seconds for nothing. */
export function createReadiness(clock: Pick<Ticker, 'now'>): Readiness {
  let askedAt = Number.NEGATIVE_INFINITY;
  let drained: Promise<void> | undefined;
  return {
    get draining() {
      return drained !== undefined;
    },
    asked() {
      askedAt = clock.now();
    },
    drain(ms) {
      const watched = clock.now() - askedAt < WATCHED_MS;
      drained ??= watched ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve();
      return drained;
    },
  };
}
