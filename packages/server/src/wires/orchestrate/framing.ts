import type { StreamReply } from '../endpoint.ts';
import type { Frame } from './project.ts';

/** How frames are put on the wire. */
export interface Framing {
  readonly headers: Readonly<Record<string, string>>;
  readonly keepAlive?: StreamReply['keepAlive'];
  /** The frames of one batch as one chunk. */
  write(frames: readonly Frame[]): string;
}

const NO_BUFFERING = { 'Cache-Control': 'no-cache', 'X-Accel-Buffering': 'no' };

/** One bare JSON object a line, and nothing else: strict clients parse every line, whatever the content type says. */
const LINES: Framing = {
  headers: { 'Content-Type': 'text/event-stream; charset=utf-8', ...NO_BUFFERING },
  write: (frames) => {
    let chunk = '';
    for (const { line } of frames) chunk += `${line}\n`;
    return escaped(chunk);
  },
};

const NDJSON: Framing = {
  ...LINES,
  headers: { 'Content-Type': 'application/x-ndjson; charset=utf-8', ...NO_BUFFERING },
};

/**
 * Server-sent events. Without an `event:` field: with one, `EventSource` would hand each kind to a listener of its own, and readers that take only
 * `data:` would not miss it, since `data:` is the whole object.
 */
const SSE: Framing = {
  headers: { 'Content-Type': 'text/event-stream; charset=utf-8', ...NO_BUFFERING },
  keepAlive: { everyMs: 15_000, text: ': keep-alive\n\n' },
  write: (frames) => {
    let chunk = '';
    for (const { id, line } of frames) chunk += `id: ${id}\ndata: ${line}\n\n`;
    return escaped(chunk);
  },
};

/** The framing a client asks for by its `Accept` header; undefined when it names none of the two, as with the wildcard. */
export function framingOf(accept: string | undefined): Framing | undefined {
  if (accept === undefined) return undefined;
  if (/\btext\/event-stream\b/i.test(accept)) return SSE;
  return /\bapplication\/(x-)?ndjson\b/i.test(accept) ? NDJSON : undefined;
}

/** What a client gets that names no framing. */
export const defaultFraming = LINES;

/** Frames as one JSON array, in chunks of some hundred. */
export function* jsonArray(frames: readonly Frame[], size = 500): Generator<string> {
  for (let i = 0; i < frames.length; i += size) {
    const lines = frames.slice(i, i + size).map(({ line }) => line);
    yield escaped(`${i === 0 ? '[' : ','}${lines.join(',\n')}`);
  }
  yield frames.length === 0 ? '[]' : ']';
}

/**
 * Python's `splitlines`, and readers of SSE built on it, split lines at these three, which JSON leaves as they are. Three searches for one
 * character are sixty times as fast as one regular expression, and almost no text has any of them.
 */
export function escaped(chunk: string): string {
  if (!chunk.includes('\u0085') && !chunk.includes('\u2028') && !chunk.includes('\u2029')) return chunk;
  return chunk.replace(/[\u0085\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
