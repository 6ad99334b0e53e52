import { z } from 'zod';
import { timestamp } from './primitives.ts';

const count = z.number().int().nonnegative();

/** How much there is of somebody, or was taken away. */
export const holdings = z.object({
  threads: count.describe('Conversations.'),
  messages: count.describe('Messages in them.'),
  runs: count.describe('Runs.'),
  events: count.describe('Events of their logs, questions and approvals among them.'),
  files: count.describe('Uploaded files.'),
  documents: count.describe('Documents of the full-text index that were made from files.'),
  keys: count.describe('Client message ids.'),
  counters: count.describe('Counts of what was used up.'),
  visitors: count.describe('Visitors that they were before they signed in.'),
  deliveries: count.describe('Webhooks that were not delivered yet.'),
});

/** Body of `POST …/private/erasures`. It stands in the body and not in the address, so that no log has it. */
export const erasureRequest = z.looseObject({
  sub: z
    .string()
    .min(1)
    .max(255)
    .describe('Who: the `sub` of their tokens, the id of a visitor, `anonymous-…`, or the id of an API key.'),
  channel: z.string().nullish().describe('Only conversations that came in by this channel. Default: everything.'),
  dry_run: z.boolean().default(false).describe('Only count.'),
});

/** That somebody was erased. It does not say who. */
export const erasureReceipt = z.object({
  id: z.string().describe('Id of the receipt.'),
  erased_on: timestamp.describe('When.'),
  counts: holdings.describe('What was taken away.'),
});

/** Reply of `POST …/private/erasures`. */
export const erasureReply = z.object({
  dry_run: z.boolean().describe('Whether nothing was changed.'),
  counts: holdings.describe('What was taken away, or would be.'),
  receipt: erasureReceipt.nullable().describe('What is kept of it; null after a dry run.'),
});

/** Reply of `GET …/private/erasures`. */
export const erasureReceipts = z.object({
  receipts: z.array(erasureReceipt).describe('The newest first, at most 100.'),
});

export type HoldingsReply = z.infer<typeof holdings>;
export type ErasureReceiptReply = z.infer<typeof erasureReceipt>;
export type ErasureReply = z.infer<typeof erasureReply>;
