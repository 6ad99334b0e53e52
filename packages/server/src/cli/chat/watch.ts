import { EXIT } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import type { Exchange } from './exchange.ts';
import type { Printer } from './printer.ts';

/**
 * Waits for the outcome of an exchange that `begin` makes. The first Ctrl-C asks the run to stop, the second leaves. Gives the exit code
 * when there was one.
 */
export async function watch<T>(
  begin: (signal: AbortSignal) => Exchange<T>,
  printer: Printer,
  io: Io,
): Promise<T | typeof EXIT.interrupted> {
  const leaving = new AbortController();
  const { outcome, cancel } = begin(leaving.signal);
  let interrupts = 0;
  const forget = io.onSignal('SIGINT', () => {
    interrupts++;
    if (interrupts > 1) leaving.abort();
    else cancel();
  });
  try {
    const result = await outcome;
    return interrupts > 0 ? EXIT.interrupted : result;
  } catch (error) {
    if (leaving.signal.aborted) return EXIT.interrupted;
    throw error;
  } finally {
    printer.done();
    forget();
  }
}
