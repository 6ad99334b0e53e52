import { z } from 'zod';
import { timestamp } from './primitives.ts';

const event = z.enum(['run.completed', 'run.failed', 'run.cancelled', 'run.waiting', 'feedback']);

/** A subscriber, without its secret. */
export const webhook = z.object({
  name: z.string().describe('Name in the configuration.'),
  url: z.string().describe('Where it is told.'),
  events: z.array(event).describe('What it is told of.'),
  channels: z.array(z.string()).nullable().describe('Only of these channels; null: of all.'),
  agents: z.array(z.string()).nullable().describe('Only of these agents, by name; null: of all.'),
  include: z.array(z.enum(['text', 'user'])).describe('What it is told beside ids and facts.'),
  pending: z.number().int().describe('How many deliveries are on their way.'),
  dead: z.number().int().describe('How many were given up.'),
});

/** A delivery that has not come to an end well. */
export const delivery = z.object({
  id: z.string().describe('The `webhook-id`, the same at every attempt.'),
  webhook: z.string().describe('Name of the subscriber.'),
  type: event.describe('What happened.'),
  run_id: z.string().describe('The run that it happened in.'),
  message_id: z.string().nullable().describe('The message that feedback was given on.'),
  happened_on: timestamp.describe('When it happened.'),
  attempts: z.number().int().describe('How many attempts were begun.'),
  next_on: timestamp.nullable().describe('When the next one is due; null: it was given up.'),
  problem: z.string().nullable().describe('What came of the last attempt.'),
});

export const webhooksQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(20).describe('Most deliveries.'),
});

/** Reply of `GET …/private/webhooks`. */
export const webhooks = z.object({
  webhooks: z.array(webhook).describe('In the order of the configuration.'),
  deliveries: z.array(delivery).describe('What was not delivered yet or was given up, the newest first.'),
});

/** Body of `POST …/private/webhooks/retry`. */
export const retryRequest = z.looseObject({
  ids: z.array(z.string()).max(1_000).nullish().describe('Which deliveries. Default: all that were given up.'),
});

export const retryReply = z.object({ retried: z.number().int().describe('How many are now due.') });

/** Reply of `POST …/private/webhooks/{webhook}/test`. */
export const webhookTest = z.object({
  status: z.number().int().nullable().describe('Status of the answer; null: there was none.'),
  problem: z.string().nullable().describe('Why it was not taken; null: it was.'),
  ms: z.number().int().describe('How long it took.'),
});

export type WebhookReply = z.infer<typeof webhook>;
export type DeliveryReply = z.infer<typeof delivery>;
export type WebhooksReply = z.infer<typeof webhooks>;
export type WebhookTestReply = z.infer<typeof webhookTest>;
