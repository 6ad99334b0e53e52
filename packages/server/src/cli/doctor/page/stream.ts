import { fine, found, type Line } from '../finding.ts';
import { ask, NoAnswer } from './ask.ts';
import type { Embedding } from './embedding.ts';
import type { Sight } from './sight.ts';

/** What is asked for: five lines within 0.8 seconds. */
const PACE: Pace = { chunks: 5, everyMs: 200 };
/** The server says something this often while a run is silent (docs/wires.md). */
const KEEP_ALIVE_S = 15;

/** How many lines are asked for, and how far apart. */
export interface Pace {
  readonly chunks: number;
  readonly everyMs: number;
}

/** One line as it came. */
interface Arrival {
  /** When the server wrote it, milliseconds since its first. */
  readonly at: number;
  /** When it came, milliseconds since the first came. */
  readonly came: number;
  readonly last: boolean;
}

interface Measured {
  readonly status: number;
  readonly arrivals: readonly Arrival[];
  /** The answer ended as the server ends it. */
  readonly whole: boolean;
  /** Milliseconds from the first line to the end, whichever way. */
  readonly lasted: number;
}

/** Whether answers arrive as they are written. `idle`: seconds of silence to try, 0 for none. */
export async function checkStream(
  embedding: Embedding,
  sight: Sight,
  { now, idle, pace = PACE }: { readonly now: () => number; readonly idle: number; readonly pace?: Pace | undefined },
): Promise<Line[]> {
  const url = `${embedding.host}/health/stream`;
  const query = `chunks=${pace.chunks}&every_ms=${pace.everyMs}`;
  const options = { now, origin: sight.origin };
  let measured = await measure(`${url}?${query}`, options);
  if (measured.status !== 200)
    return [
      found(
        'stream_missing',
        `${url} answers with status ${measured.status}, so that it could not be measured whether answers arrive bit by bit.`,
        'Is the server a Clew of this version, and does the proxy pass all paths on?',
      ),
    ];
  // A machine that was busy elsewhere finds everything there at once: only what is so twice counts.
  if (isHeld(measured)) measured = await measure(`${url}?${query}`, options);
  if (!measured.whole)
    return [
      found(
        'stream_cut',
        `An answer was cut after ${(measured.lasted / 1_000).toFixed(1)} s, in the middle.`,
        'Let the proxy wait longer between two pieces of an answer; the server says something every 15 s. In nginx:',
        'proxy_read_timeout 75s;',
      ),
    ];
  if (isHeld(measured))
    return [
      found(
        'stream_buffered',
        `${pace.chunks} lines that were written within ${measured.arrivals.at(-1)?.at} ms came all at once: something holds answers back until they are complete.`,
        'Switch buffering off before the server. In nginx:',
        'proxy_buffering off;',
      ),
    ];
  const lines = [
    fine(`Answers arrive as they are written: ${pace.chunks} lines in ${measured.arrivals.at(-1)?.came} ms.`),
  ];
  if (idle === 0) return lines;
  const { whole, lasted } = await measure(`${url}?chunks=1&idle=${idle}`, options);
  if (whole) return [...lines, fine(`A connection on which nothing is said for ${idle} s stays.`)];
  const seconds = lasted / 1_000;
  const hurts = seconds <= KEEP_ALIVE_S;
  return [
    ...lines,
    found(
      'idle_cut',
      `A connection was cut after ${seconds.toFixed(1)} s on which nothing was said${hurts ? '' : `. Answers do not suffer: the server says something every ${KEEP_ALIVE_S} s`}.`,
      'Let the proxy wait for more than 60 s. In nginx:',
      'proxy_read_timeout 75s;',
    ),
  ];
}

/** What the server wrote over some time came in much less. */
function isHeld({ arrivals }: Measured): boolean {
  const last = arrivals.at(-1);
  return last !== undefined && arrivals.length > 1 && last.came < last.at * 0.4;
}

async function measure(
  url: string,
  { now, origin }: { readonly now: () => number; readonly origin: string },
): Promise<Measured> {
  const arrivals: Arrival[] = [];
  let begun = performance.now();
  let status = 0;
  const end = (whole: boolean): Measured => ({
    status,
    arrivals,
    whole,
    lasted: Math.round(performance.now() - begun),
  });
  try {
    const { response } = await ask(url, {
      now,
      headers: { origin, accept: 'text/event-stream' },
      signal: AbortSignal.timeout(150_000),
    });
    status = response.status;
    if (!response.ok || !response.body) {
      void response.body?.cancel();
      return end(true);
    }
    let rest = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const pieces = `${rest}${chunk}`.split('\n\n');
      rest = pieces.pop() ?? '';
      for (const piece of pieces) {
        if (!piece.startsWith('data: ')) continue;
        if (arrivals.length === 0) begun = performance.now();
        const { at, last } = JSON.parse(piece.slice(6)) as { at: number; last: boolean };
        arrivals.push({ at, last, came: Math.round(performance.now() - begun) });
      }
    }
    return end(arrivals.at(-1)?.last ?? false);
  } catch (error) {
    if (status === 0 && !(error instanceof NoAnswer)) throw error;
    status ||= 200;
    return end(false);
  }
}
