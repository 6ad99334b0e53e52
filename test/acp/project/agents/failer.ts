import type { AgentOutput, CodeTurn } from 'clew';

export default async function* failer(turn: CodeTurn): AgentOutput {
  yield 'Until here.';
  if (turn.text === 'break') throw new Error('a secret');
  turn.fail(turn.text, 'It fails.');
}
