import type { Frame } from '../orchestrate/frame.ts';
import { ApiError } from './error.ts';
import { readFrames } from './frames.ts';
import type { Retry } from './retry.ts';

/** How to open the stream of an exchange: the first time, and again at the place where it broke off. */
export interface Opening {
  /** Opens the stream from its beginning. May be called again as long as no frame has come: it must not do its work twice. */
  start(): Promise<Response>;
  /** Opens what comes after the frame with id `cursor`. */
  resume(runId: string, cursor: string): Promise<Response>;
}

export interface ReadOptions {
  /** As `readFrames` has it. */
  readonly silenceMs?: number | undefined;
  /** Told `false` when the connection broke and is made again, and `true` when it stands again. */
  readonly onConnection?: ((stands: boolean) => void) | undefined;
}

/**
 * The frames of an exchange to its end, over as many connections as it takes, each once and in order. A connection that ends before the frame
 * `done` is made again. Throws when the server refuses, or after too many attempts in a row that brought nothing.
 */
export async function* readThrough(
  opening: Opening,
  retry: Retry,
  { silenceMs, onConnection }: ReadOptions = {},
): AsyncGenerator<Frame, void, undefined> {
  let runId: string | undefined;
  let last: Frame | undefined;
  let broken = false;
  for (;;) {
    try {
      const place = runId === undefined || last === undefined ? undefined : { runId, cursor: last.id };
      const response = await (place ? opening.resume(place.runId, place.cursor) : opening.start());
      if (broken) onConnection?.(true);
      broken = false;
      for await (const frame of readFrames(response, silenceMs)) {
        retry.progressed();
        runId ??= (frame.data as { run_id?: string }).run_id;
        last = frame;
        yield frame;
      }
      if (last?.event === 'done') return;
      throw new ApiError('stream_lost', 'The stream ended before its run did.');
    } catch (error) {
      if (last?.event === 'done') return;
      await retry.next(error, () => {
        if (!broken) onConnection?.(false);
        broken = true;
      });
    }
  }
}
