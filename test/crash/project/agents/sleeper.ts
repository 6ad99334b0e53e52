import type { CodeTurn } from 'clew';

export const agent = { name: 'sleeper', description: 'Says one word, and waits until somebody cancels it.' };

export default async function* sleeper(turn: CodeTurn) {
  yield 'Waiting. ';
  await turn.sleep(600_000);
}
