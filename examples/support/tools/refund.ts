import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defineTool, z } from 'clew';
import { ORDERS } from './_orders.ts';

/** Where refunds are noted: the stand-in for a payment service. */
const LEDGER = process.env.SUPPORT_LEDGER ?? join(import.meta.dirname, '../.clew/refunds.ndjson');

export default defineTool({
  displayName: 'Refund an order',
  description: 'Pays money back for an order. A person is asked first and may change the amount.',
  input: z.object({
    order: z.string().describe('The number of the order.'),
    amount: z.number().positive().describe('Euros to pay back, at most the total of the order.'),
  }),
  permission: 'write_only',
  run({ order, amount }, call) {
    const found = ORDERS[order];
    if (!found) throw new Error(`There is no order ${order}.`);
    if (amount > found.total) throw new Error(`Order ${order} cost ${found.total} €, no more can be paid back.`);
    // After a crash in the middle the call is made again, with the same ids: what is noted already is not paid twice.
    const key = `${call.runId}:${call.stepId}`;
    const noted = existsSync(LEDGER) ? readFileSync(LEDGER, 'utf8') : '';
    if (!noted.includes(key)) {
      mkdirSync(dirname(LEDGER), { recursive: true });
      appendFileSync(LEDGER, `${JSON.stringify({ key, order, amount })}\n`);
    }
    return { order, refunded: amount };
  },
});
