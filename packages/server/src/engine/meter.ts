/** A distribution: how many values were at most as large as each bound. */
export interface Histogram {
  /** Upper bounds and how many values were no larger, the smallest first; what is larger than all is in `count` alone. */
  readonly buckets: readonly { readonly atMost: number; readonly count: number }[];
  readonly count: number;
  readonly sum: number;
}

/** What a node has done since it started, and does now. */
export interface EngineMeasures {
  /** Runs it works on now. */
  readonly active: number;
  /** Most that it works on at once (`engine.concurrency`). */
  readonly concurrency: number;
  /** Readers that follow a log now. */
  readonly streams: number;
  readonly appendedEvents: number;
  /** Runs that it took, when they were started and from the queue. */
  readonly claims: { readonly direct: number; readonly queued: number };
  /** Runs that another node has taken from it. */
  readonly lostLeases: number;
  /** Messages that were turned away because the queue was full. */
  readonly turnedAway: number;
  /** From when an event was said until a reader that follows the log has it, in seconds; the time for which pieces of text are joined is part of it. */
  readonly tailDelay: Histogram;
}

/** Counts. Everything is cheap enough for each event. */
export interface Meter {
  appended(events: number): void;
  claimed(how: 'direct' | 'queued'): void;
  lostLease(): void;
  turnedAway(): void;
  streamOpened(): void;
  streamClosed(): void;
  /** A reader that was waiting got an event `ms` after it was said. */
  delivered(ms: number): void;
  read(): Omit<EngineMeasures, 'active' | 'concurrency'>;
}

/** Seconds. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export function createMeter(): Meter {
  let appendedEvents = 0;
  let lostLeases = 0;
  let turnedAway = 0;
  let streams = 0;
  let sum = 0;
  const claims = { direct: 0, queued: 0 };
  /** One for each bound, and one for what is larger. */
  const delays = new Array<number>(BOUNDS.length + 1).fill(0);

  return {
    appended(events) {
      appendedEvents += events;
    },
    claimed(how) {
      claims[how] += 1;
    },
    lostLease() {
      lostLeases += 1;
    },
    turnedAway() {
      turnedAway += 1;
    },
    streamOpened() {
      streams += 1;
    },
    streamClosed() {
      streams -= 1;
    },
    delivered(ms) {
      const seconds = Math.max(0, ms) / 1_000; // The clocks of two nodes may differ.
      let at = 0;
      while (at < BOUNDS.length && seconds > (BOUNDS[at] as number)) at += 1;
      delays[at] = (delays[at] as number) + 1;
      sum += seconds;
    },
    read() {
      let count = 0;
      const buckets = BOUNDS.map((atMost, at) => {
        count += delays[at] as number;
        return { atMost, count };
      });
      count += delays[BOUNDS.length] as number;
      return {
        streams,
        appendedEvents,
        claims: { ...claims },
        lostLeases,
        turnedAway,
        tailDelay: { buckets, count, sum },
      };
    },
  };
}
