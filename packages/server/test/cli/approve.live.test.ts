import { expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { clew } from './console.ts';
import { agentFile, folderOf } from './project.ts';
import { serving } from './server.ts';

const CLERK = `export default async (turn) => (await turn.tool('pay', { amount: 30 })).content.at(-1).text;`;
const PAY = `export default {
  displayName: 'Pay',
  description: 'Pays.',
  permission: 'write_only',
  input: { type: 'object', properties: { amount: { type: 'number' } }, required: ['amount'] },
  run: ({ amount }) => 'paid ' + amount,
};`;

async function start() {
  const cwd = folderOf({
    'clew.config.yaml': '',
    'agents/clerk.mjs': CLERK,
    'agents/b.yaml': agentFile('b'),
    'tools/pay.mjs': PAY,
  });
  const { url } = await serving(cwd);
  const ask = (...argv: string[]) => clew([...argv, '--url', url], { cwd });
  return {
    ask,
    /** Id of a run that waits. */
    async waiting(): Promise<string> {
      const { stdout } = await ask('run', 'clerk', 'please', '--json');
      return JSON.parse(stdout.trim().split('\n')[0] as string).data.run_id;
    },
  };
}

test('clew runs approve and reject decide what a run waits with', async () => {
  const { ask, waiting } = await start();
  const run = await waiting();
  expect(await ask('runs', 'approve', run, '--edit', 'amount=12', '--reason', 'ok')).toMatchObject({
    code: EXIT.ok,
    stdout: '✓ Approved: Pay (pay)\n',
  });
  expect((await ask('runs', 'tail', run)).stdout).toMatch(/paid 12\n$/);
  const late = await ask('runs', 'reject', run);
  expect(late.code).not.toBe(EXIT.ok);
  expect(late.stderr).toContain('The run does not wait for an answer');

  const other = await waiting();
  expect(await ask('runs', 'reject', other, '--reason', 'stop')).toMatchObject({
    stdout: '✓ Rejected: Pay (pay)\n',
  });
  expect((await ask('runs', 'tail', other)).stdout).toMatch(/They said:\s+stop\n$/);
});

test('clew runs approve-link prints a link and nothing else', async () => {
  const { ask, waiting } = await start();
  const run = await waiting();
  const { stdout, code } = await ask('runs', 'approve-link', run, '--name', 'Ann', '--hours', '1');
  expect(code).toBe(EXIT.ok);
  expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/approve\?t=[\w.-]+\n$/);
  expect(await (await fetch(stdout.trim())).text()).toContain('You decide as Ann.');
  expect(await ask('runs', 'approve-link', run, '--hours', '9999')).toMatchObject({ code: EXIT.usage, stdout: '' });
});

test('mistakes are told before anything is decided', async () => {
  const { ask, waiting } = await start();
  const run = await waiting();
  for (const [wrong, said] of [
    [['--edit', 'amount'], 'is no change'],
    [['--call', '0'], 'Count from 1'],
    [['--call', '2'], 'there is no number 2'],
  ] as const)
    expect(await ask('runs', 'approve', run, ...wrong)).toMatchObject({
      code: EXIT.usage,
      stderr: expect.stringContaining(said),
    });
  expect((await ask('runs', 'show', run)).stdout).toContain('requires_input');
});
