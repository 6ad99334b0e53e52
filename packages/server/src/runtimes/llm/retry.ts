import type { Pace } from '../code/pace.ts';
import type { ModelFailure } from './failures.ts';

/** How often a call is made, and how long all of it may take, the waiting included. */
const TRIES = 3;
const BUDGET_MS = 60_000;
const FIRST_WAIT_MS = 500;

/** When a call that failed is made again. */
export class Retry {
  readonly #pace: Pace;
  readonly #random: () => number;
  readonly #began: number;
  #tries = 0;

  constructor(pace: Pace, random: () => number) {
    this.#pace = pace;
    this.#random = random;
    this.#began = pace.now();
  }

  /**
   * Milliseconds to wait before the next try; undefined when there is none: three were made, or a minute would be over. A provider that says how long it wants
   * to be left alone is obeyed; others are left alone longer each time, and by chance, so that many runs do not come back at once.
   */
  next({ retryable, retryAfterMs }: ModelFailure): number | undefined {
    this.#tries += 1;
    if (!retryable || this.#tries >= TRIES) return undefined;
    const wait = retryAfterMs ?? FIRST_WAIT_MS * 2 ** (this.#tries - 1) * (0.5 + this.#random() / 2);
    return this.#pace.now() - this.#began + wait > BUDGET_MS ? undefined : wait;
  }
}
