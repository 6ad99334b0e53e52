const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** What is waited after each failed attempt, as Standard Webhooks recommends: some 28 hours in all. */
const WAITS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR];

/** Attempts, the first one included. */
export const MOST_ATTEMPTS = WAITS.length + 1;

/** By how much a wait may be shorter or longer: many that failed together do not come again together. */
const JITTER = 0.2;
/** A subscriber may put off the next attempt for so long. */
const LONGEST_PUT_OFF = HOUR;

/**
 * When the attempt after number `attempts` (from 1) is due; undefined when that was the last. `random` gives numbers from 0 to 1. A `Retry-After` that is later counts, up to
 * an hour.
 */
export function nextAttempt(
  attempts: number,
  { at, random, retryAfter }: { at: number; random: () => number; retryAfter?: string | undefined },
): number | undefined {
  const wait = WAITS[attempts - 1];
  if (wait === undefined) return undefined;
  const own = at + Math.round(wait * (1 - JITTER + 2 * JITTER * random()));
  return Math.max(own, Math.min(askedFor(retryAfter, at), at + LONGEST_PUT_OFF));
}

/** When a `Retry-After` says to come again; 0 when it says nothing that can be read. */
function askedFor(retryAfter: string | undefined, at: number): number {
  if (retryAfter === undefined) return 0;
  if (/^\d{1,9}$/.test(retryAfter)) return at + Number(retryAfter) * SECOND;
  return Date.parse(retryAfter) || 0;
}
