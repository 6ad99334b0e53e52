/**
 * Does several things at the same time and gives back what came of them, in their order. When one of them rejects, because its run is left or broke, the others are
 * let go of: their signal aborts.
 */
export async function atOnce<One, Result>(
  all: readonly One[],
  signal: AbortSignal,
  work: (one: One, signal: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  const left = new AbortController();
  const either = AbortSignal.any([signal, left.signal]);
  try {
    return await Promise.all(all.map((one) => work(one, either)));
  } catch (error) {
    left.abort(error);
    throw error;
  }
}
