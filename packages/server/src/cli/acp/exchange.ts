import { setTimeout as wait } from 'node:timers/promises';
import { type AcpClient, AcpError, type AcpStream, type Event } from '@clew/wire/acp-client';
import type { AnswerEnd, Saying } from '../chat/answer.ts';
import type { Exchange } from '../chat/exchange.ts';

/** What became of what was said. */
export interface AcpOutcome {
  readonly end: AnswerEnd;
  readonly runId: string | undefined;
  /** How many events the run has had. */
  readonly seen: number;
}

export interface AcpExchangeOptions {
  /** Starts the run, or goes on with it. */
  readonly open: () => Promise<AcpStream>;
  /** How many events the run has had before. */
  readonly seen: number;
  /** Tells what an event says. */
  readonly read: (event: Event) => readonly Saying[];
  /** Told about each event before what it says. */
  readonly onEvent?: (event: Event) => void;
  readonly onSaying?: (saying: Saying) => void;
  /** Stops to read; the run goes on. The outcome rejects with its reason. */
  readonly signal: AbortSignal;
}

/** Attempts in a row before a lost connection is given up: with the waits between them, some 20 s. */
const ATTEMPTS = 8;
/** Waits before them; the last one again and again. A server that cannot stream a run a second time is asked at that pace. */
const WAITS_MS = [0, 250, 1_000, 2_000, 4_000];

/** Reads the events of a run to its end, or to its question, over as many connections as it takes. */
export function acpExchange(client: AcpClient, options: AcpExchangeOptions): Exchange<AcpOutcome> {
  let runId: string | undefined;
  let cancelled = false;
  let stopping: Promise<unknown> = Promise.resolve();

  const stop = () => {
    if (!cancelled || runId === undefined) return;
    // A run that has just ended refuses: its stream tells how.
    stopping = client.cancel(runId).catch(() => {});
  };
  const begin = (id: string | undefined) => {
    if (id === undefined || id === runId) return;
    runId = id;
    stop();
  };

  async function follow(): Promise<AcpOutcome> {
    const { signal } = options;
    let { seen } = options;
    let waits = 0;
    let losses = 0;
    const stream = await options.open();
    begin(stream.runId);
    for (let { events } = stream; ; ) {
      let end: AnswerEnd | undefined;
      try {
        for await (const event of events) {
          seen += 1;
          waits = 0;
          losses = 0;
          options.onEvent?.(event);
          for (const saying of options.read(event)) {
            if (saying.kind === 'begun') begin(saying.runId);
            else if (saying.kind === 'ended') end = saying.end;
            options.onSaying?.(saying);
          }
          if (end) break;
        }
      } catch (error) {
        const isLost = error instanceof AcpError && error.code === 'unreachable';
        if (!isLost || runId === undefined || losses >= ATTEMPTS) throw error;
        losses += 1;
      }
      if (end) {
        await stopping;
        return { end, runId, seen };
      }
      await wait(WAITS_MS[waits] ?? WAITS_MS.at(-1), undefined, { signal });
      waits += 1;
      events = client.follow(runId as string, seen, { signal });
    }
  }

  return {
    outcome: follow(),
    cancel() {
      cancelled = true;
      stop();
    },
  };
}
