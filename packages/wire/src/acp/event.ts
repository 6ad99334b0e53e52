import { z } from 'zod';
import { error } from './error.ts';
import { message, part } from './message.ts';
import { anyObject } from './primitives.ts';
import { run } from './run.ts';

const snapshot = run.describe('The run as of this moment.');

/** The events of a run. Snapshots in them are as of their moment. */
export const event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run.created'), run: snapshot }),
  z.object({ type: z.literal('run.in-progress'), run: snapshot }),
  z.object({ type: z.literal('run.awaiting'), run: snapshot }),
  z.object({ type: z.literal('run.completed'), run: snapshot }),
  z.object({ type: z.literal('run.failed'), run: snapshot }),
  z.object({ type: z.literal('run.cancelled'), run: snapshot }),
  z.object({ type: z.literal('message.created'), message: message.describe('The message as it begins.') }),
  z.object({ type: z.literal('message.part'), part: part.describe('A piece: of a text, what to append.') }),
  z.object({ type: z.literal('message.completed'), message: message.describe('The message, whole.') }),
  z.object({ type: z.literal('generic'), generic: anyObject.describe('Whatever has no event of its own.') }),
  z.object({ type: z.literal('error'), error: error.describe('Why the stream breaks off.') }),
]);

/** Reply of `GET /runs/{run_id}/events`. */
export const eventList = z.object({
  events: z.array(event).describe('In the order in which they happened: the same as the stream.'),
  cursor: z
    .string()
    .nullable()
    .describe('To ask with for what comes after these; null when the run has no events. Not in the specification.'),
});

/** Query of `GET /runs/{run_id}/events`. Not in the specification. */
export const eventsQuery = z.object({
  after: z.string().optional().describe('Only events after this cursor; the header `Last-Event-ID` means the same.'),
  limit: z.coerce.number().int().min(1).max(100_000).optional().describe('At most this many; without it all of them.'),
});

export type Event = z.infer<typeof event>;
export type EventList = z.infer<typeof eventList>;
