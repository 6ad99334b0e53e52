import { type AgentMetadata, type AgentOutput, ask, type CodeTurn, textOf } from 'clew';

export const agent: AgentMetadata = { name: 'asker', display_name: 'Asker', description: 'Asks a name and greets it.' };

export default async function* asker(turn: CodeTurn): AgentOutput {
  const answer = yield ask('What is your name?');
  const letters = await turn.step({ name: 'count_letters' }, () => textOf(answer.parts).length);
  yield `Hello ${textOf(answer.parts)}, ${letters} letters.`;
}
