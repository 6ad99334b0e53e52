import { type AcpClient, AcpError, type AcpStart, type AcpStream } from '@clew/wire/acp-client';

/** How long a remote may take for the last word of a run that is left: to name it, or to hear that it is cancelled. */
const LAST_WORD_MS = 5_000;

/** The connection to a remote run, as long as this entry works on it. */
export interface Line {
  /** Aborts when the connection is to be let go. */
  readonly signal: AbortSignal;
  /** The events of the run that `start` started. */
  readonly opened: AcpStream['events'] | undefined;
  /** Starts a run and gives its id. */
  start(run: AcpStart): Promise<string>;
  /** The run that a cancel is passed on to. */
  hold(runId: string): void;
  close(): void;
}

/**
 * Follows the signal of the run. A cancel is passed on. A run that another worker will go on with is left alone; one whose id comes too late to be recorded is
 * cancelled whatever the reason, since nobody would ever know of it.
 */
export function openLine(client: AcpClient, signal: AbortSignal): Line {
  const connection = new AbortController();
  let opened: AcpStream['events'] | undefined;
  let starting = false;
  let held: string | undefined;

  const leave = async () => {
    if (starting) {
      setTimeout(() => connection.abort(signal.reason), LAST_WORD_MS).unref();
      return;
    }
    if (held !== undefined && isCancel(signal.reason)) await cancelThere(client, held);
    connection.abort(signal.reason);
  };
  const left = () => void leave();
  signal.addEventListener('abort', left, { once: true });

  return {
    signal: connection.signal,
    get opened() {
      return opened;
    },
    async start(run) {
      starting = true;
      const stream = await client.streamRun(run, { signal: connection.signal }).finally(() => {
        starting = false;
      });
      if (stream.runId === undefined) throw new AcpError('malformed', 'The server does not name the run.');
      if (signal.aborted) {
        await cancelThere(client, stream.runId);
        connection.abort(signal.reason);
        throw signal.reason;
      }
      opened = stream.events;
      held = stream.runId;
      return stream.runId;
    },
    hold(runId) {
      held = runId;
    },
    close() {
      signal.removeEventListener('abort', left);
      if (!signal.aborted) connection.abort();
    },
  };
}

/** A remote that cannot be told goes on for nothing, or has ended: nobody waits for it any more. */
export async function cancelThere(client: AcpClient, runId: string): Promise<void> {
  await client.cancel(runId, { signal: AbortSignal.timeout(LAST_WORD_MS) }).catch(() => {});
}

/** The engine aborts with an error that says why. */
function isCancel(reason: unknown): boolean {
  return (reason as { readonly why?: unknown } | undefined)?.why === 'cancel';
}
