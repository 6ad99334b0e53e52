import { charactersSaid, type NewEvent } from '../model/index.ts';
import type { After, Clock, Lease, Notifier, Store } from '../ports/index.ts';

/** What `createRunLog` needs. */
export interface RunLogOptions {
  readonly store: Store;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly lease: Lease;
  /** The last event of the log. */
  readonly lastSeq: number;
  /** Text is joined for this long … */
  readonly coalesceMs: number;
  /** … or until it has this many UTF-16 units. */
  readonly coalesceBytes: number;
  /** How many characters may still come. */
  readonly room: number;
  /** Called once, when more has come than there was room for: whoever says it is to be stopped. */
  readonly onFull: () => void;
  /** Called after each append with the number of its events. */
  readonly onAppended: (events: number) => void;
  /** Called once, when an append failed: nothing more will be written. */
  readonly onError: (error: unknown) => void;
}

/** The worker's end of a log: events go in, in order; they come out of the store, committed. */
export interface RunLog {
  /** Takes a fact; resolves when it is committed, rejects after `close`. What is taken in one turn of the event loop is appended together. */
  fact(event: NewEvent): Promise<void>;
  /** Takes text, to be joined with its neighbours: the first goes out at once, what follows waits for its time or size. */
  text(delta: { readonly messageId: string; readonly part: number; readonly text: string }): void;
  /** Resolves when everything taken so far is committed. */
  flush(): Promise<void>;
  /** Appends what is waiting and these last events, and leaves the run in another status. Nothing can be taken after. */
  close(events: readonly NewEvent[], after: After): Promise<void>;
}

const RUNNING: After = { status: 'running' };

/**
 * See `RunLog`. One append is under way at a time; what comes meanwhile makes the next one. Appends begin at the end of the turn of the event loop, so
 * that a run that is done in one turn is one transaction.
 */
export function createRunLog(options: RunLogOptions): RunLog {
  const { store, notifier, clock, lease, coalesceMs, coalesceBytes, onFull, onAppended, onError } = options;
  let { lastSeq, room } = options;
  let isFull = false;
  let waiting: NewEvent[] = [];
  /** For those who wait for the commit of what is in `waiting`. */
  let committed: PromiseWithResolvers<void> | undefined;
  let underWay: Promise<void> | undefined;
  let scheduled: ReturnType<typeof setImmediate> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastAppendAt = Number.NEGATIVE_INFINITY;
  /** Two appends at once would be two ends of one log. */
  let closed = false;
  let failure: { readonly error: unknown } | undefined;

  async function append(last: readonly NewEvent[], after: After): Promise<void> {
    clearTimeout(timer);
    clearImmediate(scheduled);
    timer = undefined;
    scheduled = undefined;
    const events = last.length === 0 ? waiting : [...waiting, ...last];
    const done = committed;
    waiting = [];
    committed = undefined;
    lastAppendAt = clock.now();
    try {
      if (failure) throw failure.error;
      const { freed } = await store.append(lease, lastSeq, events, after);
      if (freed) notifier.notify('queue');
    } catch (error) {
      done?.reject(error);
      if (!failure) onError(error);
      failure ??= { error };
      throw error;
    }
    lastSeq += events.length;
    onAppended(events.length);
    done?.resolve();
    notifier.notify(`run:${lease.run.id}`);
  }

  function count(characters: number): void {
    room -= characters;
    if (room >= 0 || isFull) return;
    isFull = true;
    onFull();
  }

  function schedule(): void {
    if (underWay || scheduled || waiting.length === 0) return;
    scheduled = setImmediate(() => {
      underWay = append([], RUNNING)
        .catch(() => {}) // `onError` has been told, and so has whoever awaits `committed`.
        .finally(() => {
          underWay = undefined;
          if (committed) schedule();
          else scheduleText();
        });
    });
  }

  function scheduleText(): void {
    if (underWay || scheduled || timer || waiting.length === 0) return;
    // Never longer than that, should the clock have been set back.
    const dueIn = Math.min(coalesceMs, lastAppendAt + coalesceMs - clock.now());
    if (dueIn <= 0) schedule();
    else timer = setTimeout(schedule, dueIn);
  }

  function whenCommitted(): Promise<void> {
    if (failure) return Promise.reject(failure.error);
    if (waiting.length === 0) return underWay ?? Promise.resolve();
    if (!committed) {
      committed = Promise.withResolvers();
      committed.promise.catch(() => {}); // Nobody may be waiting.
    }
    schedule();
    return committed.promise;
  }

  return {
    fact(event) {
      if (closed) return Promise.reject(new Error('The log is closed.'));
      count(charactersSaid([event]));
      waiting.push(event);
      return whenCommitted();
    },
    text({ messageId, part, text }) {
      if (failure || closed) return;
      count(text.length);
      const last = waiting.at(-1);
      const joins =
        last?.type === 'message.delta' &&
        last.data.messageId === messageId &&
        last.data.part === part &&
        last.data.text.length < coalesceBytes;
      if (joins) waiting[waiting.length - 1] = { ...last, data: { ...last.data, text: last.data.text + text } };
      else waiting.push({ type: 'message.delta', at: clock.now(), data: { messageId, part, text } });
      if (joins && last.data.text.length + text.length >= coalesceBytes) schedule();
      else scheduleText();
    },
    flush: whenCommitted,
    async close(events, after) {
      closed = true;
      while (underWay) await underWay;
      await append(events, after);
    },
  };
}
