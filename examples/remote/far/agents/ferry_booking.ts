import { type AgentMetadata, type AgentOutput, type CodeTurn, textOf } from 'clew';

export const agent: AgentMetadata = {
  name: 'ferry_booking',
  display_name: 'Ferry booking',
  description: 'Books ferries.',
};

/** Asks for the day and books: a step, so that it is done once whatever stops in between. */
export default async function* book(turn: CodeTurn): AgentOutput {
  const to = /\bto ([A-Z]\w+)/.exec(turn.text)?.[1];
  if (!to) {
    yield 'To which island? Say, for example: Book the ferry to Utholm.';
    return;
  }
  const day = textOf((await turn.ask('On which day?')).parts).trim();
  const { number } = await turn.step({ name: 'book', title: 'Booking', input: { to, day } }, () => ({
    number: `${to[0]}-${turn.run.id.slice(-4)}`,
  }));
  yield `Booked: ${to}, ${day}. Your number is ${number}.`;
}
