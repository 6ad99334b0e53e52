import type { AgentOutput, CodeTurn } from 'clew';

export const agent = { name: 'counter', description: 'Counts the runs of its thread.' };

export default async function* counter(turn: CodeTurn): AgentOutput {
  const { runs = 0 } = ((await turn.state()) ?? {}) as { runs?: number };
  await turn.setState({ runs: runs + 1 });
  yield `Run ${runs + 1}.`;
}
