import type { RunEvent } from '../model/index.ts';

/** How attempts right before the one that the log ends with were lost: nobody gave them up, and they wrote nothing that was new. Their worker crashed, froze or was cut off. */
export interface LostAttempts {
  /** All of them. Most runs that are lost were only beside the one that caused it. */
  readonly all: number;
  /** Those that were lost while they were worked on apart from others (`run.retried`). */
  readonly apart: number;
}

/** A run that was lost so often in a row is worked on apart from others of that kind, so that the one that kills its worker is found. */
export const APART_AFTER = 2;

/** Whatever else an attempt writes begins the count again. */
export function lostAttempts(events: readonly RunEvent[]): LostAttempts {
  const wrote = events.findLastIndex(({ type }) => type !== 'run.started' && type !== 'run.retried');
  let all = 0;
  let apart = 0;
  for (let at = wrote + 1; at < events.length; at += 1) {
    const event = events[at];
    if (event?.type !== 'run.started' || !event.data.lapsed) continue;
    all += 1;
    const before = events[at - 1];
    if (before?.type === 'run.retried' && !before.data.survived) apart += 1;
  }
  return { all, apart };
}

/** Whether an attempt began and did not end by a question that has been answered since. */
export function wasInterrupted(events: readonly RunEvent[]): boolean {
  const last = events.findLastIndex((event) => event.type === 'run.started');
  const earlier = events.slice(0, last);
  return earlier.some((event) => event.type === 'run.started') && earlier.at(-1)?.type !== 'run.resumed';
}
