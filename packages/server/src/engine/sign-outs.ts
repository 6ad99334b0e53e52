import { ClewError } from '../model/index.ts';
import type { Clock, Store } from '../ports/index.ts';
import { DAY, rate } from './circles.ts';

/** Visitors of one address that may sign out in a day: far more than an office has, and too few to fill a disk with. */
const A_DAY = 1_000;

/**
 * Counts visitors who sign out, by address. Each is kept until its tokens would have ended, and anybody can be a new visitor with every request. Throws `rate_limited`.
 */
export function createSignOuts({
  store,
  clock,
}: {
  readonly store: Pick<Store, 'takeQuotas'>;
  readonly clock: Pick<Clock, 'now'>;
}): (address: string) => Promise<void> {
  return async (address) => {
    const at = clock.now();
    const full = await store.takeQuotas(rate(`sign-outs address ${address}`, { limit: A_DAY, window: DAY, at }), at);
    if (!full) return;
    const seconds = full.freeAt === null ? 1 : Math.max(1, Math.ceil((full.freeAt - at) / 1_000));
    throw new ClewError('rate_limited', 'Too many visitors of this address have signed out. Try again later.', {
      retryAfterSeconds: seconds,
    });
  };
}
