import type { RunEvent } from '../model/index.ts';
import type { Clock } from '../ports/index.ts';
import type { Gate } from './gate.ts';
import type { RunLog } from './run-log.ts';
import { untilAborted } from './within.ts';

/** How attempts right before the one that the log ends with were lost: nobody gave them up, and they wrote nothing that was new. Their worker crashed, froze or was cut off. */
export interface LostAttempts {
  /** All of them. Most runs that are lost were only beside the one that caused it. */
  readonly all: number;
  /** Those that were lost while they were worked on apart from others (`run.retried`). */
  readonly apart: number;
  /** Those that were lost after they had been so for their time, beside others again. */
  readonly survived: number;
}

/** A run that was lost so often in a row is worked on apart from others of that kind, so that the one that kills its worker is found. */
export const APART_AFTER = 2;

/** Most doublings of the time apart. */
const MOST_DOUBLINGS = 4;

/** Whatever else an attempt writes begins the count again. */
export function lostAttempts(events: readonly RunEvent[]): LostAttempts {
  const wrote = events.findLastIndex(({ type }) => type !== 'run.started' && type !== 'run.retried');
  let all = 0;
  let apart = 0;
  let survived = 0;
  for (let at = wrote + 1; at < events.length; at += 1) {
    const event = events[at];
    if (event?.type !== 'run.started' || !event.data.lapsed) continue;
    all += 1;
    const before = events[at - 1];
    if (before?.type !== 'run.retried') continue;
    if (before.data.survived) survived += 1;
    else apart += 1;
  }
  return { all, apart, survived };
}

/** What `enterApart` needs. */
export interface Apart {
  readonly gate: Gate;
  readonly log: RunLog;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly lost: LostAttempts;
}

/**
 * Waits for a run's turn among those that were lost again and again, and logs that it has come. Whoever was lost in it before lets others go first. Resolves with what to call when it ends or says something new. Its time
 * is twice as long for each time that it was lost after that: else what kills a little later would never be found, and whoever always comes after it would be taken for it.
 */
export async function enterApart({ gate, log, clock, signal, lost }: Apart): Promise<() => void> {
  const retried = (survived: boolean) =>
    log.fact({ type: 'run.retried', at: clock.now(), data: survived ? { survived } : {} });
  // What kills servers loses more of them in this way, and waits longer each time. A server that is killed again and again by something else does not live that long, so that nobody is blamed for it.
  if (lost.apart > 0) await untilAborted(pause(gate.mostMs * 2 ** (Math.min(lost.apart, MOST_DOUBLINGS) - 1)), signal);
  const times = 2 ** Math.min(lost.survived, MOST_DOUBLINGS);
  const leave = await gate.enter(signal, () => void retried(true).catch(() => {}), times);
  try {
    // Not for longer than the run is held: a store that is away may not answer at all.
    await untilAborted(retried(false), signal);
    return leave;
  } catch (error) {
    leave();
    throw error;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

/** Whether an attempt began and did not end by a question that has been answered since. */
export function wasInterrupted(events: readonly RunEvent[]): boolean {
  const last = events.findLastIndex((event) => event.type === 'run.started');
  const earlier = events.slice(0, last);
  return earlier.some((event) => event.type === 'run.started') && earlier.at(-1)?.type !== 'run.resumed';
}
