import type { Logger } from 'pino';
import { ClewError } from '../model/index.ts';
import type { Clock } from '../ports/index.ts';

/** How often it is looked whether the database is back, and said that it is not. */
const LOOK_MS = 5_000;
const REMIND_MS = 60_000;
/** Of a disk that is full only those hear who write: it counts as over when nobody has complained for this long. */
const QUIET_MS = 10_000;

/** What says nothing about the work at hand, but that the database cannot be used for now. */
const TROUBLE: ReadonlySet<string> = new Set(['database_unavailable', 'database_full']);

export interface DatabaseLogOptions {
  readonly log: Logger;
  readonly clock: Pick<Clock, 'now'>;
  /** Resolves when the database can be read and written. */
  readonly check: () => Promise<void>;
  /** How often it is looked whether the database is back. Default 5,000 ms. */
  readonly lookMs?: number;
  /** For how long nobody must have complained. Default 10,000 ms. */
  readonly quietMs?: number;
}

/** The log of a server, see `createDatabaseLog`. */
export interface DatabaseLog {
  readonly log: Logger;
  /** Looks no more. */
  close(): void;
}

/** The trouble there is. */
interface Trouble {
  readonly since: number;
  last: number;
  saidAt: number;
  errors: number;
}

/**
 * A log in which a database that is away, full or read-only is one line, a reminder every minute, and a line when it is back, in place of an error with its stack for each run and
 * each request that met it: thousands, in which nobody finds the cause. All else goes to `log` as it is.
 */
export function createDatabaseLog(options: DatabaseLogOptions): DatabaseLog {
  const { log, clock, check, lookMs = LOOK_MS, quietMs = QUIET_MS } = options;
  let trouble: Trouble | undefined;
  let looking: ReturnType<typeof setInterval> | undefined;
  let closed = false;

  function met(error: { readonly code?: unknown; readonly cause?: unknown }): void {
    const now = clock.now();
    trouble ??= { since: now, last: now, saidAt: Number.NEGATIVE_INFINITY, errors: 0 };
    trouble.last = now;
    trouble.errors += 1;
    if (now - trouble.saidAt >= REMIND_MS) {
      trouble.saidAt = now;
      log.error(
        { code: error.code, ...causeOf(error.cause), errors: trouble.errors, seconds: secondsOf(trouble) },
        'the database cannot be used: requests get 503, runs wait and go on when it can',
      );
    }
    if (looking || closed) return;
    looking = setInterval(() => void look(), lookMs);
    looking.unref();
  }

  async function look(): Promise<void> {
    const works = await check().then(
      () => true,
      (error: object) => {
        met(error);
        return false;
      },
    );
    if (!works || !trouble || clock.now() - trouble.last < quietMs) return;
    log.info({ seconds: secondsOf(trouble), errors: trouble.errors }, 'the database can be used again');
    trouble = undefined;
    clearInterval(looking);
    looking = undefined;
  }

  function error(this: Logger, fields: unknown, ...rest: unknown[]): void {
    const err = (fields as { err?: unknown } | null)?.err;
    if (err instanceof ClewError && TROUBLE.has(err.code)) met(err);
    else Reflect.apply(log.error, this, [fields, ...rest]);
  }

  return {
    log: Object.create(log, { error: { value: error } }) as Logger,
    close() {
      closed = true;
      clearInterval(looking);
    },
  };
}

/** What the database, or the network, has said, as fields of a line of the log. It names a user and a host at most; a stack would tell nothing. */
export function causeOf(cause: unknown): { readonly cause?: string; readonly sqlState?: string } {
  if (!(cause instanceof Error)) return {};
  const { code } = cause as { code?: unknown };
  return { cause: cause.message.split('\n')[0] ?? '', ...(typeof code === 'string' ? { sqlState: code } : {}) };
}

function secondsOf({ since, last }: Trouble): number {
  return Math.round((last - since) / 1_000);
}
