import type { AgentMetadata, AgentOutput, CodeTurn } from 'clew';

export const agent: AgentMetadata = { name: 'failer', display_name: 'Failer', description: 'Fails in mid-answer.' };

export default async function* failer(turn: CodeTurn): AgentOutput {
  yield 'This goes well. And then';
  turn.fail('invalid_input', 'The tides cannot be read today.');
}
