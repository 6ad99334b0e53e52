import type { CodeTurn } from 'clew';

export const agent = { name: 'slow', description: 'Counts slowly until it is stopped.' };

export default async function* slow(turn: CodeTurn) {
  for (let n = 1; n <= 1000; n += 1) {
    yield `${n} `;
    await turn.sleep(10);
  }
}
