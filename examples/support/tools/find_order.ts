import { defineTool, z } from 'clew';
import { ORDERS } from './_orders.ts';

export default defineTool({
  displayName: 'Find an order',
  description: 'Finds an order by its number and tells what was bought, for how much, and where it is.',
  input: z.object({ order: z.string().describe('The number of the order, for example A100.') }),
  permission: 'read_only',
  run({ order }) {
    const found = ORDERS[order.toUpperCase()];
    if (!found) throw new Error(`There is no order ${order}.`);
    return { order: order.toUpperCase(), ...found };
  },
});
