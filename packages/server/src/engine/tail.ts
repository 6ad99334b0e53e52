import { ClewError, isEnded, isTerminal, type RunEvent, type Scope, visibleTo } from '../model/index.ts';
import type { Clock, Notifier, Store } from '../ports/index.ts';
import type { TailOptions } from './engine.ts';
import type { Meter } from './meter.ts';

/** Events read at once. */
const BATCH = 1000;
/** The bell is a hint: without a ring the log is read again after this long. */
const POLL_MS = 2000;

/** What `tail` reads. */
export interface TailSource {
  readonly store: Store;
  readonly notifier: Notifier;
  readonly scope: Scope;
  readonly runId: string;
  /** Aborts when the server closes. */
  readonly closing: AbortSignal;
  readonly clock: Clock;
  readonly meter: Meter;
  /** A reader that the store has told nothing for so long is let go, to be served elsewhere: milliseconds. */
  readonly silenceMs: number;
}

/** See `Engine.tail`. One function serves the live stream, the reconnect and the replay. */
export async function* tail(
  source: TailSource,
  after: number,
  options: TailOptions = {},
): AsyncGenerator<readonly RunEvent[]> {
  const { store, notifier, scope, runId, closing, clock, meter } = source;
  const { signal, untilWaiting = false } = options;
  const bell = createBell([signal, closing]);
  const stopListening = notifier.listen(`run:${runId}`, bell.ring);
  let cursor = after;
  let waited = false;
  const patience = createPatience(source, bell);
  meter.streamOpened();
  try {
    while (!bell.stopped()) {
      bell.reset();
      const events = await patience.with(store.readEvents(scope, runId, cursor, BATCH));
      const last = events?.at(-1);
      if (events && last) {
        cursor = last.seq;
        if (waited) meter.delivered(clock.now() - last.at);
        const visible = visibleEvents(scope, events);
        if (visible.length > 0) yield visible;
        if (isTerminal(last)) return;
        if (events.length === BATCH) continue;
        if (untilWaiting && last.type === 'run.waiting') return;
      } else if (events && (await patience.with(isQuiet(source, { cursor, untilWaiting })))) return;
      if (patience.isOver()) return;
      await bell.rung();
      waited = true;
    }
  } finally {
    meter.streamClosed();
    stopListening();
    bell.close();
  }
}

/**
 * While the database is away a reader gets a pause, and not the end of the run. When that lasts, this server may be the only one that is cut off: the stream
 * ends without an end of the run, and the reader comes back with its cursor, to another one by then.
 */
function createPatience({ clock, silenceMs }: Pick<TailSource, 'clock' | 'silenceMs'>, bell: Bell) {
  /** Since when nothing was read, though it was asked for. */
  let awaySince: number | undefined;
  const isOver = () => awaySince !== undefined && clock.now() - awaySince >= silenceMs;
  return {
    isOver,
    /** Undefined while the database is away, or says nothing for too long. */
    async with<T>(reading: Promise<T>): Promise<T | undefined> {
      awaySince ??= clock.now();
      try {
        // No `Promise.race` with a promise that lives as long as the tail: it would keep every reading alive.
        const read = await new Promise<T | undefined>((resolve, reject) => {
          bell.eachTick(() => isOver() && resolve(undefined));
          reading.then(resolve, reject);
        });
        if (read !== undefined) awaySince = undefined;
        return read;
      } catch (error) {
        if (error instanceof ClewError && error.code === 'database_unavailable') return undefined;
        throw error;
      }
    },
  };
}

/** Whether nothing can come after the cursor: the log is closed, or it waits and the caller does not. */
async function isQuiet(
  { store, scope, runId }: TailSource,
  at: { cursor: number; untilWaiting: boolean },
): Promise<boolean> {
  const run = await store.readRun(scope, runId);
  if (run.lastSeq > at.cursor) return false;
  return isEnded(run.status) || (at.untilWaiting && run.status === 'waiting');
}

/** Only what the scope may see. */
export function visibleEvents(scope: Scope, events: readonly RunEvent[]): readonly RunEvent[] {
  if (scope.audience === 'operator') return events;
  return events.map((event) => visibleTo(scope, event)).filter((event) => event !== undefined);
}

interface Bell {
  readonly ring: () => void;
  /** Forgets the rings so far. */
  reset(): void;
  stopped(): boolean;
  /** Resolves at a ring since the last `reset`, when a signal aborts, or when it is time to look without one. */
  rung(): Promise<void>;
  /** Calls this, and no other any more, each time that a ring may have been missed for long enough. */
  eachTick(call: () => void): void;
  close(): void;
}

function createBell(signals: readonly (AbortSignal | undefined)[]): Bell {
  let rang = false;
  let wake: (() => void) | undefined;
  const ring = () => {
    rang = true;
    wake?.();
    wake = undefined;
  };
  for (const signal of signals) signal?.addEventListener('abort', ring);
  let tick = () => {};
  // One for the whole tail: a timer for every wait would be one for every delta.
  const timer = setInterval(() => {
    tick();
    ring();
  }, POLL_MS);
  return {
    ring,
    reset() {
      rang = false;
    },
    stopped: () => signals.some((signal) => signal?.aborted),
    rung: () => (rang ? Promise.resolve() : new Promise((resolve) => (wake = resolve))),
    eachTick(call) {
      tick = call;
    },
    close() {
      clearInterval(timer);
      for (const signal of signals) signal?.removeEventListener('abort', ring);
    },
  };
}
