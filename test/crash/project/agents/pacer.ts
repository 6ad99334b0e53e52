import type { CodeTurn } from 'clew';

export const agent = { name: 'pacer', description: 'Says forty words, one every ten milliseconds or so.' };

const paceMs = Number(process.env.CLEW_TEST_PACE_MS ?? 10);

export default async function* pacer(turn: CodeTurn) {
  for (let n = 1; n <= 40; n += 1) {
    yield `${turn.text}-${n} `;
    await turn.sleep(paceMs);
  }
}
