import type { NewEvent, RunEvent, Scope } from '../model/index.ts';

/** Events kept of a run that is worked on, beside those of its last append. A reader that keeps up needs one or two. */
const KEPT = 4;
/** Runs that have ended and are still read from here … */
const ENDED = 256;
/** … unless their logs have more characters than this: images that somebody sent would fill the memory. */
const LARGEST_ENDED = 65_536;

interface Recent {
  readonly tenantId: string;
  readonly userId: string;
  /** Newest last, without gaps. */
  events: RunEvent[];
  /** Characters of all events added, as text: no less than what `events` holds. */
  size: number;
}

/**
 * The newest events of runs, so that readers who keep up cost no query: what was just appended is handed on as it is. It holds only what is in the
 * table; after a rollback it is emptied. Where others write to the table too, an empty answer says nothing.
 */
export class RecentEvents {
  readonly #runs = new Map<string, Recent>();
  /** Ended runs, the oldest first. */
  #ended: string[] = [];
  /** Those of them that `sweep` has seen. */
  #swept = 0;

  /** Begins to keep the events of a run, from the next one on. */
  begin(runId: string, owner: Pick<Scope, 'tenantId' | 'userId'>): void {
    this.#runs.set(runId, { tenantId: owner.tenantId, userId: owner.userId, events: [], size: 0 });
  }

  /** Takes over what was appended after `seq`; `size` is how many characters that is. */
  add(runId: string, { seq, size }: { seq: number; size: number }, events: readonly NewEvent[]): void {
    const recent = this.#runs.get(runId);
    if (!recent) return;
    recent.size += size;
    if (recent.events.length > KEPT) recent.events = recent.events.slice(-KEPT);
    let next = seq;
    for (const { type, at, data } of events) {
      next += 1;
      recent.events.push({ seq: next, type, at, data } as RunEvent);
    }
  }

  /** The run has no writer any more. */
  end(runId: string): void {
    const recent = this.#runs.get(runId);
    if (!recent) return;
    if (recent.size > LARGEST_ENDED) {
      this.#runs.delete(runId);
      return;
    }
    this.#ended.push(runId);
    if (this.#ended.length > ENDED) {
      this.#forget(ENDED / 2);
    }
  }

  /** Forgets the runs that had ended by the last sweep: what others delete elsewhere is not read here for long. */
  sweep(): void {
    this.#forget(this.#swept);
    this.#swept = this.#ended.length;
  }

  #forget(count: number): void {
    for (const old of this.#ended.splice(0, count)) this.#runs.delete(old);
    this.#swept = Math.max(0, this.#swept - count);
  }

  /** The events after `after`, when all of them are here and the scope may see the run. */
  read(scope: Scope, runId: string, after: number): RunEvent[] | undefined {
    const recent = this.#runs.get(runId);
    const first = recent?.events[0]?.seq;
    if (!recent || first === undefined || after < first - 1) return undefined;
    if (recent.tenantId !== scope.tenantId || (recent.userId !== scope.userId && scope.audience !== 'operator'))
      return undefined;
    return recent.events.slice(Math.max(0, after - first + 1));
  }

  delete(runId: string): void {
    this.#runs.delete(runId);
  }

  clear(): void {
    this.#runs.clear();
    this.#ended = [];
  }
}
