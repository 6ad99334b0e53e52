import { type AgentOutput, ask, type CodeTurn, textOf } from 'clew';

export const agent = {
  name: 'asker',
  description: 'Asks which one, when it hears "ask", and says at once what it was told.',
};

export default async function* asker(turn: CodeTurn): AgentOutput {
  if (!turn.text.startsWith('ask')) {
    yield `Heard ${turn.text}.`;
    return;
  }
  const answer = yield ask('Which one?');
  yield `Took ${textOf(answer.parts)}.`;
}
