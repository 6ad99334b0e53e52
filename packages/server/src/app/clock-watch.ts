import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { examineClock } from './examine.ts';

/** Clocks drift in hours. */
const AGAIN_MS = 600_000;

/**
 * Compares the clock of this machine with that of the PostgreSQL database, at the start and every ten minutes, and says in the log when they are further apart than half a lease: nodes then
 * take runs from each other that nobody has left. Gives back what ends it. Without PostgreSQL there is nothing to compare.
 */
export function watchClock({ storage, engine }: Config, log: Logger, now: () => number): () => void {
  if (storage.url === null) return () => {};
  async function look(): Promise<void> {
    // Whoever is told of a database that cannot be used is told by others.
    const aheadMs = (await examineClock(storage, now).catch(() => null)) ?? 0;
    if (Math.abs(aheadMs) <= engine.leaseMs / 2) return;
    log.warn(
      { seconds: Math.round(Math.abs(aheadMs) / 1_000) },
      `the clock of this machine is ${aheadMs > 0 ? 'behind' : 'ahead of'} that of the database: servers take runs from each other; let all machines keep their clocks by NTP`,
    );
  }
  void look();
  const timer = setInterval(() => void look(), AGAIN_MS);
  timer.unref();
  return () => clearInterval(timer);
}
