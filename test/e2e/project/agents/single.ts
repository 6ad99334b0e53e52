import type { CodeTurn } from 'clew';

export const agent = { name: 'single', description: 'Takes one message at a time.', double_texting: 'reject' };

export default async function* single(turn: CodeTurn) {
  if (turn.text === 'short') {
    yield 'short';
    return;
  }
  for (let n = 1; n <= 1000; n += 1) {
    yield `${n} `;
    await turn.sleep(10);
  }
}
