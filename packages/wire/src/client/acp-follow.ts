import type { Event } from '../acp/event.ts';
import { eventsOf } from './acp-shapes.ts';
import { endsStream, openStream } from './acp-stream.ts';
import type { AcpTransport } from './acp-transport.ts';

/** A run as far as its reader has come. */
export interface AcpPlace {
  readonly runId: string;
  /** Address of its events, after the server's. */
  readonly path: string;
  /** The first events that are passed over. */
  readonly seen: number;
  readonly signal?: AbortSignal | undefined;
}

/** See `AcpClient.follow`. */
export async function* followRun(transport: AcpTransport, place: AcpPlace): AsyncGenerator<Event, void, undefined> {
  const { runId, path, seen, signal } = place;
  const body = await transport.json({ path, runId, signal });
  const events = eventsOf(body);
  yield* events.slice(seen);
  // Not in the specification: who names a cursor (Clew does) streams what comes after it.
  const { cursor } = body as { readonly cursor?: unknown };
  const last = events.at(-1);
  if (typeof cursor !== 'string' || (last && endsStream(last))) return;
  const accept = 'text/event-stream';
  const response = await transport.send({ path: `${path}?after=${encodeURIComponent(cursor)}`, accept, runId, signal });
  yield* (await openStream(response, { runId, signal })).events;
}
