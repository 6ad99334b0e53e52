import type { AgentMetadata, AgentOutput, CodeTurn } from 'clew';

export const agent: AgentMetadata = {
  name: 'moody',
  display_name: 'Moody',
  description: 'Fails the first time in a thread.',
};

export default async function* moody(turn: CodeTurn): AgentOutput {
  if ((await turn.history()).length === 0) turn.fail('invalid_input', 'Not in the mood.');
  yield 'Better now.';
}
