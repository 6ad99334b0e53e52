import { setTimeout } from 'node:timers/promises';

/** Time as an agent may use it. */
export interface Pace {
  /** Milliseconds of a clock that never goes back; only differences mean something. */
  now(): number;
  /** Resolves after `ms`; rejects as soon as the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Real time. */
export const REAL_PACE: Pace = {
  now: () => performance.now(),
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }),
};
