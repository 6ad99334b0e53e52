import { type AgentMetadata, type AgentOutput, type CodeTurn, textOf } from 'clew';

export const agent: AgentMetadata = {
  name: 'support_desk',
  display_name: 'Support desk',
  description: 'Tells where an order is, and pays money back once a person has agreed.',
  welcome_content: {
    welcome_message: 'How can I help with your order?',
    description: 'Orders of this example: A100, A101, A102.',
  },
  starter_prompts: {
    prompts: [
      { id: '1', title: 'Where is it?', prompt: 'Where is order A101?' },
      { id: '2', title: 'Money back', prompt: 'Please refund order A100' },
    ],
  },
};

interface Order {
  readonly order: string;
  readonly item: string;
  readonly total: number;
  readonly status: string;
}

/** Calls tools as a model would, with the same rules: `refund` asks first, whoever calls it. */
export default async function* support(turn: CodeTurn): AgentOutput {
  const order = /\b[A-Z]\d{3}\b/.exec(turn.text.toUpperCase())?.[0];
  if (!order) {
    yield 'Which order is it about? Its number looks like A100.';
    return;
  }
  const found = await turn.tool('find_order', { order });
  if (found.isError) {
    yield `I cannot find order ${order}.`;
    return;
  }
  const { item, total, status } = found.structuredContent as unknown as Order;
  yield `Order ${order}: ${item}, ${total} €, ${status}.`;
  if (!/refund|money back|pay back/i.test(turn.text)) return;

  const paid = await turn.tool('refund', { order, amount: total });
  if (paid.isError) yield `No money was paid back. ${textOf(paid.content)}`;
  else
    yield `${(paid.structuredContent as { refunded: number }).refunded} € will be back in your account within three days.`;
}
