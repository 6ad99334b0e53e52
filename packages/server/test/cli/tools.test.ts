import { expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { clew } from './console.ts';
import { agentFile, folderOf } from './project.ts';

const files = {
  'agents/echo.yaml': agentFile('echo'),
  'tools/pay.mjs': 'export default { description: "Pays back.", permission: "write_only", approve: false, run() {} };',
  'toolkits/shop.yaml': 'kind: mcp\nname: shop\ncommand: node shop.mjs\ntools: [find]\n',
};

test('clew tools list shows tools and toolkits without calling anything', async () => {
  const { code, stdout } = await clew(['tools', 'list'], { cwd: folderOf(files) });
  expect(code).toBe(EXIT.ok);
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['NAME', 'KIND', 'PERMISSION', 'FILE', 'DESCRIPTION'],
    ['pay', 'code', 'write_only, does not ask', 'tools/pay.mjs', 'Pays back.'],
    ['shop', 'toolkit', 'by tool', 'toolkits/shop.yaml', 'find'],
    [''],
  ]);
});

test('clew tools list --json is for programs; a project without tools says where they go', async () => {
  const { stdout } = await clew(['tools', 'list', '--json'], { cwd: folderOf(files) });
  expect(JSON.parse(stdout)[0]).toEqual({
    name: 'pay',
    kind: 'code',
    permission: 'write_only',
    approve: false,
    description: 'Pays back.',
    file: 'tools/pay.mjs',
  });
  const bare = await clew(['tools', 'list'], { cwd: folderOf({ 'agents/echo.yaml': agentFile('echo') }) });
  expect(bare.stdout).toBe('There are no tools: put one into tools/, or a toolkit into toolkits/.\n');
});
