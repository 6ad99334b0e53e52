import { PATIENCE_MS } from '../../packages/server/src/storage/postgres/groups.ts';
import { FLIGHTS, MOST_TOGETHER } from './model.ts';

/** Things that happen at times, in milliseconds. */
export class Clock {
  now = 0;
  readonly #heap: { at: number; n: number; what: () => void }[] = [];
  #n = 0;

  at(at: number, what: () => void): void {
    const heap = this.#heap;
    this.#n += 1;
    const one = { at, n: this.#n, what };
    let place = heap.push(one) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent] as typeof one;
      if (before(above, one)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = one;
  }

  run(until: number): void {
    const heap = this.#heap;
    for (let first = heap[0]; first && first.at <= until; first = heap[0]) {
      const last = heap.pop() as typeof first;
      if (heap.length > 0) {
        let place = 0;
        for (;;) {
          let child = 2 * place + 1;
          const [left, right] = [heap[child], heap[child + 1]];
          if (!left) break;
          if (right && before(right, left)) child += 1;
          const least = heap[child] as typeof first;
          if (before(last, least)) break;
          heap[place] = least;
          place = child;
        }
        heap[place] = last;
      }
      this.now = first.at;
      first.what();
    }
  }
}

function before(a: { at: number; n: number }, b: { at: number; n: number }): boolean {
  return a.at < b.at || (a.at === b.at && a.n < b.n);
}

/** Cores that take work in the order in which it comes. */
export class Cores {
  /** Milliseconds of work, of all together. */
  busy = 0;
  readonly #clock: Clock;
  readonly #free: number[];

  constructor(clock: Clock, count: number) {
    this.#clock = clock;
    this.#free = Array.from({ length: count }, () => 0);
  }

  work(micros: number, then: () => void): void {
    const ms = micros / 1_000;
    this.busy += ms;
    let core = 0;
    for (let n = 1; n < this.#free.length; n += 1)
      if ((this.#free[n] as number) < (this.#free[core] as number)) core = n;
    const end = Math.max(this.#clock.now, this.#free[core] as number) + ms;
    this.#free[core] = end;
    this.#clock.at(end, then);
  }
}

/** What a group takes. */
export interface Job {
  /** µs of the database. */
  readonly micros: number;
  /** Whether it waits for others for a little. Default: it does not. */
  readonly patient?: boolean;
  readonly done: () => void;
}

/** `storage/postgres/group.ts`: jobs that come while others are under way wait and go together. */
export class Group {
  /** Groups that began, and the jobs in them. */
  flown = 0;
  taken = 0;
  #flying = 0;
  #waiting: Job[] = [];
  #lastBegan = Number.NEGATIVE_INFINITY;
  #pausing = false;
  readonly #clock: Clock;
  readonly #fly: (jobs: readonly Job[], landed: () => void) => void;
  readonly #flights: number;

  constructor(clock: Clock, fly: (jobs: readonly Job[], landed: () => void) => void, flights = FLIGHTS) {
    this.#clock = clock;
    this.#fly = fly;
    this.#flights = flights;
  }

  add(job: Job): void {
    this.#waiting.push(job);
    this.#go();
  }

  #go(): void {
    if (this.#flying >= this.#flights || this.#waiting.length === 0) return;
    const due = this.#lastBegan + PATIENCE_MS;
    if (
      due > this.#clock.now &&
      this.#waiting.length < MOST_TOGETHER &&
      this.#waiting.every(({ patient }) => patient)
    ) {
      if (!this.#pausing)
        this.#clock.at(due, () => {
          this.#pausing = false;
          this.#go();
        });
      this.#pausing = true;
      return;
    }
    this.#lastBegan = this.#clock.now;
    const jobs = this.#waiting.splice(0, MOST_TOGETHER);
    this.#flying += 1;
    this.flown += 1;
    this.taken += jobs.length;
    this.#fly(jobs, () => {
      this.#flying -= 1;
      for (const { done } of jobs) done();
      this.#go();
    });
  }
}
