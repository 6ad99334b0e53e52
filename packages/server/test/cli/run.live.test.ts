import type { Frame, Run, RunPage, Thread, ThreadPage } from '@clew/wire/client';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { runCli } from '../../src/cli/program.ts';
import { projectOfAgents } from './agents.ts';
import { asking, clew, jsonLines, testConsole } from './console.ts';
import { folderOf } from './project.ts';
import { serving } from './server.ts';

async function start() {
  const cwd = projectOfAgents();
  const { url } = await serving(cwd);
  const ask = asking(cwd, url);
  return { cwd, url, ask };
}

describe('clew run', () => {
  test('prints the answer and nothing else to stdout', async () => {
    const { ask } = await start();
    expect(await ask(['run', 'citer', 'Where?'])).toEqual({ code: EXIT.ok, stdout: 'It is **here**.\n', stderr: '' });
  });

  test('reads stdin when there is no text', async () => {
    const { ask } = await start();
    expect((await ask(['run', 'echo'], { input: 'from a file\n' })).stdout).toBe('from a file\n');
    expect((await ask(['run', 'echo', '-'], { input: 'two\nlines\n' })).stdout).toBe('two\nlines\n');
    expect(await ask(['run', 'echo'])).toMatchObject({
      code: EXIT.usage,
      stderr: expect.stringContaining('nothing to say'),
    });
  });

  test('tells steps and sources on stderr with --verbose', async () => {
    const { ask } = await start();
    const { stdout, stderr } = await ask(['run', 'citer', 'Where?', '--verbose']);
    expect(stdout).toBe('It is **here**.\n');
    expect(stderr).toContain('· Looking around (query: Where?)');
    expect(stderr).toContain('[1] A page · https://example.com/page');
    expect(stderr).toContain('[2] A file · knowledge/file.md#part');
  });

  test('shows a person the layout', async () => {
    const { ask } = await start();
    const { stdout } = await ask(['run', 'citer', 'Where?'], { terminal: true });
    expect(stdout).toContain('It is here.\n');
    expect(stdout).toContain('[1] A page');
    expect(stdout).not.toContain('· Looking');
  });

  test('gives frames as JSON lines', async () => {
    const { ask } = await start();
    const { code, stdout } = await ask(['run', 'echo', 'Hello', '--json']);
    expect(code).toBe(EXIT.ok);
    const frames = jsonLines<Frame>(stdout);
    expect(frames[0]?.event).toBe('run.started');
    expect(frames.at(-1)?.event).toBe('done');
  });

  test('fails when the run does', async () => {
    const { ask } = await start();
    expect(await ask(['run', 'failer', 'x'])).toEqual({
      code: EXIT.failed,
      stdout: '',
      stderr: 'clew: The run failed: Not like this.\n',
    });
    expect((await ask(['run', 'failer', 'x', '--json'])).code).toBe(EXIT.failed);
  });

  test('says how to answer a question, and answers it', async () => {
    const { ask } = await start();
    const asked = await ask(['run', 'asker', 'Hi']);
    expect(asked).toMatchObject({ code: EXIT.ok, stdout: 'What is your **name**?\n' });
    const thread = /--thread (\S+)/.exec(asked.stderr)![1]!;
    expect((await ask(['run', 'asker', 'Ariadne', '--thread', thread])).stdout).toBe('Hello Ariadne.\n');
  });

  test('sends context variables', async () => {
    const { ask } = await start();
    const { stdout } = await ask(['run', 'context', 'x', '--context', 'clientID=4=2', '--context', 'other=1']);
    expect(JSON.parse(stdout)).toMatchObject({ clientID: '4=2' });
    expect(await ask(['run', 'context', 'x', '--context', 'clientID'])).toMatchObject({ code: EXIT.usage });
  });

  test('names the agents when there is none of that name', async () => {
    const { ask } = await start();
    const { code, stderr } = await ask(['run', 'ecko', 'x']);
    expect(code).toBe(EXIT.failed);
    expect(stderr).toMatch(/^clew: There is no agent "ecko"\. There are: asker, .*echo/);
  });

  test('cancels the run at Ctrl-C and keeps what it said', async () => {
    const { cwd, url, ask } = await start();
    const console = testConsole({ cwd, terminal: true });
    const code = runCli(['run', 'waiter', 'x', '--url', url], console.io);
    await console.shows('Begun');
    console.signal('SIGINT');
    expect(await code).toBe(EXIT.interrupted);
    const { data } = JSON.parse((await ask(['runs', 'list', '--json'])).stdout) as RunPage;
    expect(data[0]).toMatchObject({ status: 'cancelled' });
    expect((await ask(['runs', 'show', data[0]!.id])).stdout).toContain('Begun');
  });

  test('opens the project of the folder when no server answers', async () => {
    const cwd = projectOfAgents();
    expect(await clew(['run', 'echo', 'Hello', '--project', cwd])).toEqual({
      code: EXIT.ok,
      stdout: 'Hello\n',
      stderr: '',
    });
    const { stdout } = await clew(['runs', 'list', '--project', cwd]);
    expect(stdout).toMatch(/completed +echo/);
  });

  test('says which server it looked for', async () => {
    const cwd = folderOf({});
    expect(await clew(['run', 'echo', 'x', '--url', 'localhost:1'], { cwd })).toMatchObject({
      code: EXIT.unreachable,
      stderr: 'clew: No server answers at http://localhost:1. Start one with "clew dev", or check the address.\n',
    });
    expect(await clew(['run', 'echo', 'x'], { cwd, env: { CLEW_URL: 'http://127.0.0.1:1/' } })).toMatchObject({
      code: EXIT.unreachable,
      stderr: expect.stringContaining('No server answers at http://127.0.0.1:1.'),
    });
    expect(await clew(['run', 'echo', 'x', '--url', 'http://:'], { cwd })).toMatchObject({ code: EXIT.usage });
  });
});

describe('clew threads', () => {
  test('lists conversations and shows one', async () => {
    const { ask } = await start();
    expect((await ask(['threads', 'list'])).stdout).toBe('There are no conversations yet. "clew chat" begins one.\n');
    await ask(['run', 'citer', 'Where is it?']);
    await ask(['run', 'echo', 'Second']);
    const { stdout } = await ask(['threads', 'list']);
    expect(stdout).toMatch(
      /^ID +CHANGED +AGENT +TITLE\n\S{36} +\d+ s ago +echo +Second\n\S{36} +\d+ s ago +citer +Where is it\?\n$/,
    );
    const page = JSON.parse((await ask(['threads', 'list', '--agent', 'citer', '--json'])).stdout) as ThreadPage;
    expect(page.data.map(({ title }) => title)).toEqual(['Where is it?']);
    const { id } = page.data[0]!;
    const shown = (await ask(['threads', 'show', id])).stdout;
    expect(shown).toContain('› Where is it?\n\nIt is here.\n\nSources\n[1] A page');
    const json = JSON.parse((await ask(['threads', 'show', id, '--json'])).stdout) as {
      thread: Thread;
      messages: unknown[];
    };
    expect(json).toMatchObject({ thread: { id }, messages: [{ role: 'user' }, { role: 'assistant' }] });
    const one = await ask(['threads', 'list', '--limit', '1']);
    expect(one.stdout).not.toContain('citer');
    expect(one.stderr).toBe('1 of 2; --limit shows more.\n');
  });

  test('knows a mistyped id from one that nobody has', async () => {
    const { ask } = await start();
    expect(await ask(['threads', 'show', '12'])).toMatchObject({
      code: EXIT.usage,
      stderr: expect.stringContaining('Ids look like'),
    });
    const unknown = await ask(['threads', 'show', '0198c2de-5f7a-7b51-9d4c-0e6f1a2b3c4d']);
    expect(unknown).toMatchObject({
      code: EXIT.failed,
      stderr: 'clew: There is no such thread, or it is not yours.\n',
    });
  });
});

describe('clew runs', () => {
  test('lists runs by state, and shows one', async () => {
    const { ask } = await start();
    await ask(['run', 'echo', 'Hello']);
    await ask(['run', 'failer', 'x']);
    expect((await ask(['runs', 'list'])).stdout).toMatch(
      /^ID +STATUS +AGENT +BEGUN +TOOK\n\S+ +failed +failer +\d+ s ago +\d+\.\d s\n\S+ +completed +echo .*\n$/,
    );
    expect((await ask(['runs', 'list', '--status', 'cancelled'])).stdout).toBe('There are no such runs.\n');
    expect((await ask(['runs', 'list', '--status', 'odd'])).code).toBe(EXIT.usage);
    const page = JSON.parse((await ask(['runs', 'list', '--status', 'failed', '--json'])).stdout) as RunPage;
    expect(page).toMatchObject({ total: 1, data: [{ status: 'failed' }] });
    const shown = (await ask(['runs', 'show', page.data[0]!.id])).stdout;
    expect(shown).toMatch(/Status +failed\nAgent +failer\n(.*\n)*Error +Not like this\./);
    const run = JSON.parse((await ask(['runs', 'show', page.data[0]!.id, '--json'])).stdout) as Run;
    expect(run).toMatchObject({ status: 'failed', last_error: 'Not like this.' });
  });

  test('follows a run to its end, cancels it, and stops to watch at Ctrl-C', async () => {
    const { cwd, url, ask } = await start();
    const asked = testConsole({ cwd });
    const answer = runCli(['run', 'waiter', 'x', '--url', url], asked.io);
    const find = async (): Promise<string> => {
      const { data } = JSON.parse((await ask(['runs', 'list', '--status', 'running', '--json'])).stdout) as RunPage;
      return data[0]?.id ?? find();
    };
    const id = await find();
    const watching = testConsole({ cwd });
    const left = runCli(['runs', 'tail', id, '--url', url], watching.io);
    const following = testConsole({ cwd });
    const followed = runCli(['runs', 'tail', id, '--url', url, '--json'], following.io);
    await Promise.all([watching.shows('Begun'), following.shows('Begun')]);
    watching.signal('SIGINT');
    expect(await left).toBe(EXIT.interrupted);
    expect(await ask(['runs', 'cancel', id])).toEqual({
      code: EXIT.ok,
      stdout: '✓ The run was asked to stop.\n',
      stderr: '',
    });
    expect(await followed).toBe(EXIT.ok);
    expect(following.stdout()).toContain('"event":"run.cancelled"');
    expect(await answer).toBe(EXIT.failed);
    expect(asked.stderr()).toBe('clew: The run was cancelled.\n');
    expect((await ask(['runs', 'tail', id])).stdout).toBe('Begun\nStopped.\n');
    expect(await ask(['runs', 'cancel', id])).toMatchObject({
      code: EXIT.failed,
      stderr: expect.stringContaining('has ended'),
    });
  });

  test('tail fails when the run did, and goes on after a cursor', async () => {
    const { ask } = await start();
    const frames = (await ask(['run', 'failer', 'x', '--json'])).stdout.trimEnd().split('\n');
    const { data, id } = JSON.parse(frames[0]!) as Frame & { data: { run_id: string } };
    expect(await ask(['runs', 'tail', data.run_id])).toMatchObject({
      code: EXIT.failed,
      stdout: 'The run failed: Not like this.\n',
    });
    const rest = await ask(['runs', 'tail', data.run_id, '--json', '--after', id]);
    expect(rest.stdout.trimEnd().split('\n')).toEqual(frames.slice(1));
  });
});

describe('clew embed', () => {
  test('prints the script for a page', async () => {
    const { ask, url } = await start();
    const { code, stdout } = await ask(['embed', '--agent', 'echo']);
    expect(code).toBe(EXIT.ok);
    expect(stdout.split('\n')[0]).toMatch(/^<!-- The chat with the agent echo\. .* -->$/);
    expect(stdout).toContain(`"hostURL": "${url}"`);
    expect(stdout).toContain('/wxoLoader.js?embed=true');
    expect(stdout).toContain('wxoLoader.init()');
    const { stdout: json } = await ask(['embed', '--agent', 'echo', '--host', 'https://chat.example.com/', '--json']);
    const agents = JSON.parse((await ask(['agents', 'list', '--json'])).stdout) as { name: string; id: string }[];
    expect(JSON.parse(json)).toMatchObject({
      hostURL: 'https://chat.example.com',
      chatOptions: { agentId: agents.find(({ name }) => name === 'echo')!.id },
    });
  });

  test('knows the address of a project that is not served', async () => {
    const { stdout } = await clew(['embed', '--agent', 'echo', '--project', projectOfAgents(), '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ hostURL: 'http://127.0.0.1:4321' });
  });
});
