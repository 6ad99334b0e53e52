import type { AgentMetadata, CodeTurn } from 'clew';

export const agent: AgentMetadata = {
  name: 'failer',
  display_name: 'Failer',
  description: 'Fails with the error code invalid_input.',
};

export default function failer(turn: CodeTurn): undefined {
  turn.fail('invalid_input', 'This agent fails on every input.');
}
