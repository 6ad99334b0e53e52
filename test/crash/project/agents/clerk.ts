import { appendFileSync } from 'node:fs';
import type { CodeTurn } from 'clew';

export const agent = {
  name: 'clerk',
  description: 'Works in three steps that each leave a line in a ledger, and reports after each.',
};

/** The ledger tells how often a step was really done, and in which attempt. */
const ledger = process.env.CLEW_TEST_LEDGER ?? '';

export default async function* clerk(turn: CodeTurn) {
  for (const n of [1, 2, 3]) {
    const done = await turn.step({ name: `entry-${n}`, title: `Entry ${n}`, input: { n } }, async () => {
      await turn.sleep(15);
      appendFileSync(ledger, `${turn.run.id} entry-${n} ${turn.attempt}\n`);
      return { n };
    });
    for (const word of `Entry ${done.n} for ${turn.text} is made.\n`.split(/(?<= )/)) {
      yield word;
      await turn.sleep(10);
    }
  }
}
