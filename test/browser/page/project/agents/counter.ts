import type { AgentMetadata, AgentOutput, CodeTurn } from 'clew';

export const agent: AgentMetadata = {
  name: 'counter',
  display_name: 'Counter',
  description: 'Counts to the number it is given.',
};

export default async function* counter(turn: CodeTurn): AgentOutput {
  const end = Number(turn.text);
  for (let n = 1; n <= end; n += 1) {
    yield `${n} `;
    await turn.sleep(20);
  }
}
