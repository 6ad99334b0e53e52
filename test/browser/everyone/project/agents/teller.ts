import type { AgentMetadata, AgentOutput, CodeTurn } from 'clew';

export const agent: AgentMetadata = {
  name: 'teller',
  display_name: 'Teller',
  description: 'Tells a story, the second half of which it gets from the address that the question names.',
};

export default async function* teller(turn: CodeTurn): AgentOutput {
  yield '## A story\n\nNight came.\n\nThe *sea* was calm. Nobody stirred. The lamp ';
  const rest = await fetch(turn.text, { signal: turn.signal });
  yield await rest.text();
}
