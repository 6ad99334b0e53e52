import { type AgentOutput, ask, type CodeTurn, textOf } from 'clew';

export const agent = { name: 'asker', description: 'Asks for a colour and repeats it.' };

export default async function* asker(turn: CodeTurn): AgentOutput {
  const price = await turn.step({ name: 'price', title: 'Looking up the price', input: { item: turn.text } }, () => 42);
  const answer = yield ask(`It costs ${price}. Which colour?`);
  yield `One in ${textOf(answer.parts)}.`;
}
