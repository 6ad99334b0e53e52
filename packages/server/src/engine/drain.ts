import type { QueueMeasures } from '../ports/index.ts';

/** How fast a node takes runs from the queue. */
export interface Drain {
  /** A run was claimed, at this time in milliseconds. */
  took(at: number): void;
  /** Runs a second, over the last half minute; 0: none. */
  rate(at: number): number;
  /**
   * In how many seconds there is room again in a queue that is full: the time in which a tenth of it is worked off, from 1 to 60. All nodes that work are taken to be as fast
   * as this one. One that has claimed nothing goes by how long the oldest run has waited; without measures 5.
   */
  secondsToRoom(measures: QueueMeasures | undefined, at: number): number;
}

const PART_MS = 1_000;
const PARTS = 30;
/** How much of the queue has to be gone before it is worth trying again: those who were sent away come together. */
const PART_OF_QUEUE = 10;
const SHORTEST = 1;
const LONGEST = 60;
const UNKNOWN = 5;

/** Counts claims by seconds, so that its size does not depend on how many there are. */
export function createDrain(): Drain {
  const counts = new Map<number, number>();

  function forget(at: number): void {
    const oldest = Math.floor(at / PART_MS) - PARTS;
    for (const part of counts.keys()) if (part <= oldest) counts.delete(part);
  }

  const drain: Drain = {
    took(at) {
      const part = Math.floor(at / PART_MS);
      if (!counts.has(part)) forget(at);
      counts.set(part, (counts.get(part) ?? 0) + 1);
    },
    rate(at) {
      forget(at);
      let sum = 0;
      let first = Math.floor(at / PART_MS);
      for (const [part, count] of counts) {
        sum += count;
        first = Math.min(first, part);
      }
      return sum / (Math.floor(at / PART_MS) - first + 1);
    },
    secondsToRoom(measures, at) {
      if (!measures || measures.queued === 0) return measures ? SHORTEST : UNKNOWN;
      const { queued, oldestAt, running } = measures;
      const here = drain.rate(at) * Math.max(1, running.length);
      const waited = Math.max(1, (at - (oldestAt ?? at)) / 1_000);
      const aSecond = here > 0 ? here : queued / waited;
      return Math.min(LONGEST, Math.max(SHORTEST, Math.ceil(queued / PART_OF_QUEUE / aSecond)));
    },
  };
  return drain;
}
