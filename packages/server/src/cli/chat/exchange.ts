import type { Client, Frame, Say } from '@clew/wire/client';
import { type AnswerEnd, type AnswerMessage, answerReader, type Saying } from './answer.ts';

/** What became of one message and its answer. */
export interface Outcome {
  readonly end: AnswerEnd;
  readonly runId: string | undefined;
  readonly threadId: string | undefined;
  /** The messages of the answer, in order. */
  readonly messages: readonly AnswerMessage[];
}

export interface ExchangeOptions {
  /** Told about each frame before what it says. */
  readonly onFrame?: (frame: Frame) => void;
  readonly onSaying?: (saying: Saying) => void;
  /** Stops to read; the run goes on. The outcome rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** One message and its answer. */
export interface Exchange<T = Outcome> {
  readonly outcome: Promise<T>;
  /** Asks the run to stop; the outcome then comes soon. Before the run has an id, it is stopped as soon as it has one. */
  cancel(): void;
}

/** Says something and reads the answer to its end. */
export function exchange(client: Client, say: Say, options: ExchangeOptions = {}): Exchange {
  const read = answerReader();
  const messages: AnswerMessage[] = [];
  let runId: string | undefined;
  let threadId: string | undefined;
  let cancelled = false;
  let stopping: Promise<void> = Promise.resolve();

  const stop = () => {
    if (!cancelled || runId === undefined) return;
    // A run that has just ended refuses: its stream tells how.
    stopping = client.cancel(runId).catch(() => {});
  };

  async function follow(): Promise<Outcome> {
    let end: AnswerEnd = { status: 'completed' };
    for await (const frame of client.send(say, options.signal ? { signal: options.signal } : {})) {
      options.onFrame?.(frame);
      for (const saying of read(frame)) {
        if (saying.kind === 'begun') {
          ({ runId, threadId } = saying);
          stop();
        } else if (saying.kind === 'message') messages.push(saying.message);
        else if (saying.kind === 'ended') end = saying.end;
        options.onSaying?.(saying);
      }
    }
    await stopping;
    return { end, runId, threadId, messages };
  }

  return {
    outcome: follow(),
    cancel() {
      cancelled = true;
      stop();
    },
  };
}
