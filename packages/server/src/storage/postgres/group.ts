import { ClewError } from '../../model/index.ts';

/** What `createGroup` needs. */
export interface GroupOptions<Job, Result> {
  /** Does many jobs at once; one result for each, in their order. An `Error` among the results is the rejection of that job alone. */
  readonly work: (jobs: readonly Job[]) => Promise<readonly (Result | Error)[]>;
  /** Most jobs at once. */
  readonly size: number;
  /** Most groups under way at once. */
  readonly flights: number;
  /** What the jobs of a group are sorted by, so that whatever they lock is locked in one order. Default: they stay as they came. */
  readonly order?: (job: Job) => string;
  /** Which jobs may wait for others, and how long, in milliseconds: a group of such jobs alone begins so long after the last group at the earliest. Default: none waits. */
  readonly patience?: { readonly ms: number; readonly of: (job: Job) => boolean };
}

/** Takes jobs one by one and does them in groups. */
export interface Group<Job, Result> {
  add(job: Job): Promise<Result>;
  /** Resolves when nothing is under way or waiting. */
  idle(): Promise<void>;
}

/**
 * Group commit over a network: jobs that come while others are under way wait and go together, so that the load decides how large a group is. Patient jobs go at once where nothing
 * went shortly before, or with the first one that is in a hurry. Rejected: a fixed time to collect, which costs everybody that time when there is nothing to collect.
 */
export function createGroup<Job, Result>({
  work,
  size,
  flights,
  order,
  patience,
}: GroupOptions<Job, Result>): Group<Job, Result> {
  interface Waiting extends PromiseWithResolvers<Result> {
    readonly job: Job;
    readonly isUrgent: boolean;
  }
  const waiting: Waiting[] = [];
  let scheduled = false;
  let flying = 0;
  let whenIdle: (() => void)[] = [];
  /** Jobs that wait and are in a hurry. */
  let urgent = 0;
  let lastBegan = Number.NEGATIVE_INFINITY;
  let pause: ReturnType<typeof setTimeout> | undefined;

  function schedule(): void {
    if (scheduled || waiting.length === 0 || flying >= flights) return;
    const dueIn = patience && urgent === 0 && waiting.length < size ? lastBegan + patience.ms - performance.now() : 0;
    if (dueIn > 0) {
      pause ??= setTimeout(() => {
        pause = undefined;
        schedule();
      }, dueIn);
      return;
    }
    scheduled = true;
    // The end of the turn: what is asked for in the same turn goes together.
    setImmediate(begin);
  }

  function begin(): void {
    scheduled = false;
    clearTimeout(pause);
    pause = undefined;
    lastBegan = performance.now();
    const group = waiting.splice(0, size);
    for (const { isUrgent } of group) if (isUrgent) urgent -= 1;
    if (order) group.sort((a, b) => compare(order(a.job), order(b.job)));
    void fly(group);
    schedule();
  }

  async function fly(group: readonly Waiting[]): Promise<void> {
    flying += 1;
    try {
      const results = await work(group.map(({ job }) => job));
      for (const [at, { resolve, reject }] of group.entries()) {
        const result = results[at] as Result | Error;
        if (result instanceof Error) reject(result);
        else resolve(result);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      flying -= 1;
      schedule();
      if (flying === 0 && waiting.length === 0) {
        for (const done of whenIdle) done();
        whenIdle = [];
      }
    }
  }

  return {
    add(job) {
      const entry = { job, isUrgent: !patience?.of(job), ...Promise.withResolvers<Result>() };
      waiting.push(entry);
      if (entry.isUrgent) urgent += 1;
      schedule();
      return entry.promise;
    },
    idle() {
      if (flying === 0 && waiting.length === 0) return Promise.resolve();
      return new Promise((resolve) => whenIdle.push(resolve));
    },
  };
}

/** As PostgreSQL sorts with the collation "C": ids are ASCII. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Rows as columns: what `unnest` takes. */
export function columnsOf<T>(rows: readonly (readonly T[])[], width: number): T[][] {
  return Array.from({ length: width }, (_, column) => rows.map((row) => row[column] as T));
}

/** Waits for an answer of the database, but no longer than this: `database_unavailable`. */
export async function within(ms: number, answer: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ClewError('database_unavailable')), ms);
  });
  answer.catch(() => {}); // Too late for anybody to hear of it.
  try {
    await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
