import { z } from 'zod';
import { error } from './error.ts';
import { message, part } from './message.ts';
import { anyObject } from './primitives.ts';
import { run } from './run.ts';

/** The events of a run. Snapshots in them are as of their moment. */
export const event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run.created'), run }),
  z.object({ type: z.literal('run.in-progress'), run }),
  z.object({ type: z.literal('run.awaiting'), run }),
  z.object({ type: z.literal('run.completed'), run }),
  z.object({ type: z.literal('run.failed'), run }),
  z.object({ type: z.literal('run.cancelled'), run }),
  z.object({ type: z.literal('message.created'), message }),
  z.object({ type: z.literal('message.part'), part }),
  z.object({ type: z.literal('message.completed'), message }),
  z.object({ type: z.literal('generic'), generic: anyObject }),
  z.object({ type: z.literal('error'), error }),
]);

/** Reply of `GET /runs/{run_id}/events`. */
export const eventList = z.object({
  events: z.array(event),
  /** To ask with for what comes after these; null when the run has no events. Not in the specification. */
  cursor: z.string().nullable(),
});

/** Query of `GET /runs/{run_id}/events`. Not in the specification. */
export const eventsQuery = z.object({
  /** Only events after this cursor; the header `Last-Event-ID` means the same. */
  after: z.string().optional(),
  /** At most this many; without it all of them. */
  limit: z.coerce.number().int().min(1).max(100_000).optional(),
});

export type Event = z.infer<typeof event>;
export type EventList = z.infer<typeof eventList>;
