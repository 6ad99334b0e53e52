import type { Event } from '@clew/wire/acp';
import type { StreamReply } from '../endpoint.ts';

/** An event and its cursor. */
export interface Shown {
  readonly id: string;
  readonly event: Event;
}

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache',
  'X-Accel-Buffering': 'no',
};

/** Server-sent events. Without `event:`, which the reference does not send; the published clients pass over `id:` and comments. */
export function sseReply(stream: AsyncIterable<string>, headers: Readonly<Record<string, string>> = {}): StreamReply {
  return {
    status: 200,
    headers: { ...HEADERS, ...headers },
    stream,
    keepAlive: { everyMs: 15_000, text: ': keep-alive\n\n' },
  };
}

/** Events of one batch as one chunk. */
export function sse(shown: readonly Shown[]): string {
  let chunk = '';
  for (const { id, event } of shown) chunk += `id: ${id}\ndata: ${JSON.stringify(event)}\n\n`;
  return escaped(chunk);
}

/** An event that is not in the log: it has no cursor. */
export function sseWithoutId(event: Event): string {
  return escaped(`data: ${JSON.stringify(event)}\n\n`);
}

/** Readers of SSE built on Python's `splitlines` split lines at these three, which JSON leaves as they are. */
function escaped(chunk: string): string {
  if (!chunk.includes('\u0085') && !chunk.includes('\u2028') && !chunk.includes('\u2029')) return chunk;
  return chunk.replace(/[\u0085\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
