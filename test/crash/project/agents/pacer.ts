import type { CodeTurn } from 'clew';

export const agent = { name: 'pacer', description: 'Says forty words, one every ten milliseconds.' };

export default async function* pacer(turn: CodeTurn) {
  for (let n = 1; n <= 40; n += 1) {
    yield `${turn.text}-${n} `;
    await turn.sleep(10);
  }
}
