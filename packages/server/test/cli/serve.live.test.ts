import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { runCli } from '../../src/cli/program.ts';
import { clew, testConsole } from './console.ts';
import { agentFile, folderOf, writeIn } from './project.ts';
import { serving } from './server.ts';

const echo = { 'agents/echo.yaml': agentFile('echo') };

describe('clew dev', () => {
  test('says where the chat is, which agents there are and what is wrong', async () => {
    const cwd = folderOf({ ...echo, 'agents/wrong.yaml': agentFile('wrong', 'clew/echo', 'style: reactt\n') });
    const { screen, url, stop } = await serving(cwd);
    expect(screen()).toMatch(new RegExp(`Chat +${url}/`));
    expect(screen()).toMatch(new RegExp(`API +${url}/docs`));
    expect(screen()).toContain('echo  The agent echo.');
    expect(screen()).toContain('agents/wrong.yaml:7 error (style)');
    expect((await fetch(`${url}/api/v1/health/ready`)).status).toBe(200);
    expect(await stop()).toBe(EXIT.ok);
    await expect(fetch(`${url}/api/v1/health/ready`)).rejects.toThrow();
  });

  test('follows changes, and tells a finding once', async () => {
    const cwd = folderOf({ ...echo, 'agents/wrong.yaml': agentFile('wrong', 'clew/echo', 'style: reactt\n') });
    const { screen, shows } = await serving(cwd);
    let before = screen().length;
    writeIn(cwd, 'agents/second.yaml', agentFile('second', 'clew/echo', 'stile: default\n'));
    await shows('Did you mean `style`?', before);
    expect(screen().slice(before)).toContain('↻ agents/second.yaml changed: 2 agents, 1 error and 1 warning');
    expect(screen().slice(before)).not.toContain('wrong.yaml');
    before = screen().length;
    writeIn(cwd, 'clew.config.yaml', 'defaultAgent: echo\n');
    await shows('stop and start again', before);
    before = screen().length;
    rmSync(join(cwd, 'agents/second.yaml'));
    await shows('1 agent, 1 error', before);
  });

  test('keeps its agents when two exclude each other, and says which', async () => {
    const cwd = folderOf({ 'agents/b.yaml': agentFile('a_b') });
    const { screen, shows, url } = await serving(cwd);
    const labels = async () => {
      const { agents } = (await (await fetch(`${url}/agents`)).json()) as { agents: { description: string }[] };
      return agents.map(({ description }) => description);
    };
    let before = screen().length;
    writeIn(cwd, 'agents/a.yaml', agentFile('a-b'));
    await shows('takes over neither.', before);
    expect(screen().slice(before)).toContain('↻ agents/a.yaml changed: 1 agent, 1 error\n');
    expect(screen().slice(before)).toContain('agents/b.yaml:3 error (name)');
    expect(await labels()).toEqual(['The agent a_b.']);
    before = screen().length;
    writeIn(cwd, 'agents/a.yaml', agentFile('c'));
    await shows('2 agents\n', before);
    expect(await labels()).toEqual(['The agent a_b.', 'The agent c.']);
  });

  test('starts without a working agent and says what to do', async () => {
    const { screen } = await serving(folderOf({ 'clew.config.yaml': '' }));
    expect(screen()).toContain('There is no working agent yet.');
  });

  test('refuses a folder that is no project and leaves nothing in it', async () => {
    const cwd = folderOf({});
    const { code, stderr } = await clew(['dev'], { cwd });
    expect(code).toBe(EXIT.unusable);
    expect(stderr).toMatch(/^clew: This folder is not a project: .* "clew init my-chat"\.\n$/);
  });
});

describe('clew serve', () => {
  test('serves until SIGTERM, with nothing on stdout', async () => {
    const console = testConsole({ cwd: folderOf(echo), terminal: true });
    const ended = runCli(['serve', '--port', '0'], console.io);
    await console.shows('Ctrl-C stops.');
    const url = /http:[^\s"]+\d/.exec(console.screen())![0];
    expect((await fetch(`${url}/health`)).status).toBe(200);
    console.signal('SIGTERM');
    expect(await ended).toBe(EXIT.ok);
    expect(console.stdout()).toBe('');
  });
});

test('clew serve says in its log what is wrong with the files, and serves the rest', async () => {
  const cwd = folderOf({ ...echo, 'agents/wrong.yaml': agentFile('wrong', 'clew/echo', 'style: reactt\n') });
  const console = testConsole({ cwd });
  const ended = runCli(['serve', '--port', '0'], console.io);
  await console.shows('"msg":"serving"');
  const finding = console
    .stderr()
    .split('\n')
    .find((line) => line.includes('wrong.yaml'));
  expect(JSON.parse(finding ?? '{}')).toMatchObject({ level: 50, file: 'agents/wrong.yaml', line: 7, field: 'style' });
  console.signal('SIGTERM');
  expect(await ended).toBe(EXIT.ok);
});

describe('one sentence and an exit code', () => {
  test('for a taken port', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const { code, stdout, stderr } = await clew(['serve', '--port', String(port)], { cwd: folderOf(echo) });
    expect(code).toBe(EXIT.portTaken);
    expect(stdout).toBe('');
    expect(stderr).toMatch(new RegExp(`^clew: Port ${port} is taken\\. .*--port.*\\n$`));
  });

  test('for a locked database, for servers and for commands that open the project', async () => {
    const cwd = folderOf(echo);
    const { url } = await serving(cwd);
    const second = await clew(['serve', '--port', '0'], { cwd });
    expect(second.code).toBe(EXIT.unusable);
    expect(second.stderr).toMatch(/^clew: Another Clew process uses .*\n$/);
    const run = await clew(['run', 'echo', 'Hello', '--project', '.'], { cwd });
    expect(run.code).toBe(EXIT.unusable);
    expect(run.stderr).toMatch(/^clew: Another Clew process has this project open\. .*--url.*\n$/);
    expect(await clew(['run', 'echo', 'Hello', '--url', url], { cwd })).toMatchObject({
      code: EXIT.ok,
      stdout: 'Hello\n',
    });
  });

  test('for a file that is no database', async () => {
    const cwd = folderOf({
      ...echo,
      'a.db': 'This is not a database, and it is long enough to look like one to nobody.',
    });
    const { code, stderr } = await clew(['serve', '--port', '0', '--db', 'a.db'], { cwd });
    expect(code).toBe(EXIT.unusable);
    expect(stderr).toMatch(/^clew: [A-Z].*\.\n$/);
    expect(readFileSync(join(cwd, 'a.db'), 'utf8')).toMatch(/^This is not/);
  });

  test('for a setting of the wrong kind', async () => {
    const { code, stderr } = await clew(['dev', '--port', 'x'], { cwd: folderOf(echo) });
    expect(code).toBe(EXIT.unusable);
    expect(stderr).toContain('--port: `x` is not a whole number');
  });
});
