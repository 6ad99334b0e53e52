/** How long a remote may take for the last word of a run that is left: to name it, or to hear that it is cancelled. */
const LAST_WORD_MS = 5_000;

/** What began: the work there, by the id that a cancel names. */
export interface Begun {
  /** Undefined: there is nothing that could be cancelled. */
  readonly id: string | undefined;
}

/** Tells a server that nobody waits any more for what has this id. */
export type CancelThere = (id: string, options: { readonly signal: AbortSignal }) => Promise<unknown>;

/** The connection to work at another server, as long as this entry follows it. */
export interface Line<Work extends Begun> {
  /** Aborts when the connection is to be let go. */
  readonly signal: AbortSignal;
  /** What `start` started. */
  readonly opened: Work | undefined;
  /** Id of the work that a cancel is passed on to, once it is known. */
  readonly held: string | undefined;
  /** Starts work there. `begin` gets the signal of the connection. */
  start(begin: (signal: AbortSignal) => Promise<Work>): Promise<Work>;
  /** The work that a cancel is passed on to. */
  hold(id: string): void;
  /** Cancels the work there, whatever becomes of the run here. */
  giveUp(): Promise<void>;
  close(): void;
}

/**
 * Follows the signal of the run. A cancel is passed on, and so is the end of a run that said too much. Work that another worker will go on with is left alone; that whose id comes too late to be recorded is
 * cancelled whatever the reason, since nobody would ever know of it.
 */
export function openLine<Work extends Begun>(cancel: CancelThere, signal: AbortSignal): Line<Work> {
  const connection = new AbortController();
  let opened: Work | undefined;
  let starting = false;
  let held: string | undefined;

  const giveUp = async () => {
    if (held !== undefined) await cancelThere(cancel, held);
  };
  const leave = async () => {
    if (starting) {
      setTimeout(() => connection.abort(signal.reason), LAST_WORD_MS).unref();
      return;
    }
    if (endsRun(signal.reason)) await giveUp();
    connection.abort(signal.reason);
  };
  const left = () => void leave();
  signal.addEventListener('abort', left, { once: true });

  return {
    signal: connection.signal,
    get opened() {
      return opened;
    },
    get held() {
      return held;
    },
    async start(begin) {
      starting = true;
      const work = await begin(connection.signal).finally(() => {
        starting = false;
      });
      if (signal.aborted) {
        if (work.id !== undefined) await cancelThere(cancel, work.id);
        connection.abort(signal.reason);
        throw signal.reason;
      }
      opened = work;
      held = work.id;
      return work;
    },
    hold(id) {
      held = id;
    },
    giveUp,
    close() {
      signal.removeEventListener('abort', left);
      if (!signal.aborted) connection.abort();
    },
  };
}

/** A remote that cannot be told goes on for nothing, or has ended: nobody waits for it any more. */
export async function cancelThere(cancel: CancelThere, id: string): Promise<void> {
  await cancel(id, { signal: AbortSignal.timeout(LAST_WORD_MS) }).catch(() => {});
}

/** Whether no worker will go on with the run. The engine aborts with an error that says why. */
function endsRun(reason: unknown): boolean {
  const why = (reason as { readonly why?: unknown } | undefined)?.why;
  return why === 'cancel' || why === 'too_long';
}
