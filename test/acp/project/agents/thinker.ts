import type { AgentOutput } from 'clew';

export const agent = { name: 'thinker', description: 'Tells what it thinks and does.' };

export default async function* thinker(): AgentOutput {
  yield { type: 'trajectory', message: 'Two and two …' };
  yield { type: 'generic', value: { progress: 0.5 } };
  yield { type: 'trajectory', toolName: 'add', message: 'Adding', input: { a: 2, b: 2 }, output: 4 };
  yield 'It is 4.';
}
