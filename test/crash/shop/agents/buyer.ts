import { type AgentOutput, type CodeTurn, textOf } from 'clew';

export const agent = { name: 'buyer', description: 'Calls the tool that is named, and says what came of it.' };

export default async function* buyer(turn: CodeTurn): AgentOutput {
  const bought = await turn.tool(turn.text, { item: 'rope' });
  yield bought.isError ? `Refused: ${textOf(bought.content)}` : 'Bought.';
}
