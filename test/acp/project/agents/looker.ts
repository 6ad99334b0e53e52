import type { AgentOutput, CodeTurn } from 'clew';

export default async function* looker(turn: CodeTurn): AgentOutput {
  await turn.step({ name: 'look', title: 'Looking it up', input: { for: turn.text } }, () => ({ found: 1 }));
  await turn.setContext({ looked: true });
  yield 'Found it.';
  yield { type: 'citation', start: 0, end: 5, url: 'https://example.org', title: 'Example' };
}
