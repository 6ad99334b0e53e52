import { type AgentMetadata, type AgentOutput, ask, type CodeTurn, textOf } from 'clew';

export const agent: AgentMetadata = {
  name: 'awaiter',
  display_name: 'Awaiter',
  description: 'Asks a question and waits; then answers with a text that contains the reply.',
};

export default async function* awaiter(_turn: CodeTurn): AgentOutput {
  const answer = yield ask('What is your answer?');
  yield `You answered: ${textOf(answer.parts)}`;
}
