import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { clew } from './console.ts';
import { agentFile, folderOf } from './project.ts';

const broken = {
  'agents/echo.yaml': agentFile('echo'),
  'agents/hidden.yaml': agentFile('shy', 'clew/echo', 'hidden: true\n'),
  'agents/wrong.yaml': agentFile('wrong', 'clew/echo', 'style: reactt\n'),
  'agents/typo.yaml': agentFile('typo', 'clew/echo', 'stile: default\n'),
};

describe('clew agents check', () => {
  test('is content with a good project', async () => {
    const cwd = folderOf({ 'agents/echo.yaml': agentFile('echo') });
    expect(await clew(['agents', 'check'], { cwd })).toEqual({
      code: EXIT.ok,
      stdout: '✓ 1 agent read, nothing is wrong.\n',
      stderr: '',
    });
  });

  test('says where a mistake is, what it is and what to do', async () => {
    const { code, stdout } = await clew(['agents', 'check'], { cwd: folderOf(broken) });
    expect(code).toBe(EXIT.failed);
    expect(stdout).toMatch(/agents\/wrong\.yaml:7 error \(style\)\n {4}\S.*\n {4}→ Did you mean `react`\?/);
    expect(stdout).toContain('agents/typo.yaml:7 warning (stile)');
    expect(stdout).toContain('✗ 3 agents read, 1 error and 1 warning.');
  });

  test('knows which models there are', async () => {
    const cwd = folderOf({ 'agents/a.yaml': agentFile('a', 'clew/giude') });
    expect((await clew(['agents', 'check'], { cwd })).stdout).toContain('clew/guide');
  });

  test('knows which agents channels and webhooks are about', async () => {
    const cwd = folderOf({
      'agents/echo.yaml': agentFile('echo'),
      'clew.config.yaml':
        'channels:\n  shop: { mode: anonymous, agents: [ehco, echo] }\nwebhooks:\n  - { url: "https://x.example.com", events: [feedback], secretEnv: X, agents: [other] }\n',
    });
    const { code, stdout } = await clew(['agents', 'check'], { cwd });
    expect(code).toBe(EXIT.ok);
    expect(stdout).toContain('clew.config.yaml:1 warning (channels.shop.agents)');
    expect(stdout).toContain('Did you mean `echo`?');
    expect(stdout).toContain('warning (webhooks.0.agents)');
    expect(stdout).toContain('1 agent read, 2 warnings.');
  });

  test('says which agents cannot be served together', async () => {
    const cwd = folderOf({ 'agents/one.yaml': agentFile('a-b'), 'agents/two.yaml': agentFile('a_b') });
    const { code, stdout } = await clew(['agents', 'check'], { cwd });
    expect(code).toBe(EXIT.failed);
    expect(stdout).toContain(
      'agents/two.yaml:3 error (name)\n    The agents a-b and a_b would both be called a-b over',
    );
    expect(stdout).toContain('✗ 2 agents read, 1 error.');
  });

  test('does not fail for warnings, and speaks JSON', async () => {
    const cwd = folderOf({ 'agents/typo.yaml': broken['agents/typo.yaml'] });
    const { code, stdout } = await clew(['agents', 'check', '--json'], { cwd });
    expect(code).toBe(EXIT.ok);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      agents: ['typo'],
      findings: [{ severity: 'warning', file: 'agents/typo.yaml', line: 7, field: 'stile' }],
    });
  });

  test('refuses what is no project', async () => {
    const { code, stderr } = await clew(['agents', 'check'], { cwd: folderOf({}) });
    expect(code).toBe(EXIT.unusable);
    expect(stderr).toContain('This folder is not a project');
    const missing = await clew(['agents', 'check', '--project', 'nowhere'], { cwd: folderOf({}) });
    expect(missing.code).toBe(EXIT.unusable);
    expect(missing.stderr).toContain('There is no folder `nowhere`.');
  });

  test('names line and fix of a wrong setting', async () => {
    const cwd = folderOf({ 'clew.config.yaml': '# mine\nserver:\n  prot: 1\n' });
    const { code, stderr } = await clew(['agents', 'check'], { cwd });
    expect(code).toBe(EXIT.unusable);
    expect(stderr).toContain('clew.config.yaml:3: server.prot: ');
    expect(stderr).toContain('`server.port`');
  });
});

describe('clew agents list', () => {
  test('is a table', async () => {
    const { code, stdout, stderr } = await clew(['agents', 'list'], { cwd: folderOf(broken) });
    expect(code).toBe(EXIT.ok);
    expect(stdout).toBe(
      [
        'NAME          MODEL      DESCRIPTION',
        'echo          clew/echo  The agent echo.',
        'shy (hidden)  clew/echo  The agent shy.',
        'typo          clew/echo  The agent typo.',
        '',
      ].join('\n'),
    );
    expect(stderr).toContain('The project has 1 error; "clew agents check" tells them.');
  });

  test('is cut to the width of a terminal', async () => {
    const { stdout } = await clew(['agents', 'list'], { cwd: folderOf(broken), terminal: true, columns: 37 });
    expect(stdout).toContain('shy (hidden)  clew/echo  The agent s…');
  });

  test('is JSON for programs', async () => {
    const parent = folderOf({ 'p/agents/echo.yaml': agentFile('echo') });
    const { stdout } = await clew(['agents', 'list', '--json', '--project', 'p'], { cwd: parent });
    expect(JSON.parse(stdout)).toMatchObject([
      { name: 'echo', llm: 'clew/echo', hidden: false, file: join('agents', 'echo.yaml') },
    ]);
  });

  test('asks a project or a server, not both', async () => {
    const { code, stderr } = await clew(['agents', 'list', '--project', '.', '--url', 'http://127.0.0.1:1']);
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain('not both');
  });
});
