import type { ThreadPage } from '@clew/wire/client';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { runCli } from '../../src/cli/program.ts';
import { projectOfAgents } from './agents.ts';
import { clew, testConsole, visible } from './console.ts';
import { agentFile, folderOf } from './project.ts';
import { serving } from './server.ts';

const MARK = '› ';

/** A person at a terminal, and a chat that begins. */
async function sit(argv: readonly string[] = [], cwd = projectOfAgents()) {
  const server = await serving(cwd);
  return { ...(await begin(['chat', ...argv, '--url', server.url], cwd)), cwd, server };
}

async function begin(argv: readonly string[], cwd: string) {
  const console = testConsole({ terminal: true, cwd });
  const ended = runCli(argv, console.io);
  await Promise.race([console.shows(MARK), ended]);
  return {
    ...console,
    ended,
    greeting: visible(console.screen()),
    /** Types a line and gives back what a person sees from there to the next prompt. */
    async say(text: string): Promise<string> {
      const before = console.screen().length;
      console.stdin.write(`${text}\r`);
      await console.shows('\n', before);
      await console.shows(MARK, console.screen().indexOf('\n', before));
      return visible(console.screen().slice(before));
    },
  };
}

describe('clew chat on a terminal', () => {
  test('greets, answers with steps and sources, and says how to go on', async () => {
    const { greeting, screen, say, stdin, ended } = await sit(['citer']);
    expect(greeting).toMatch(/^citer · http:\S+\nThe agent citer\.\n/m);
    expect(greeting).toContain('/help shows what else you can do.');
    const answer = await say('Where?');
    expect(answer).toContain('· Looking around (query: Where?)\n');
    expect(answer).toContain(
      'It is here.\n\nSources\n[1] A page · https://example.com/page\n[2] A file · knowledge/file.md#part\n',
    );
    stdin.write('\u0004');
    expect(await ended).toBe(EXIT.ok);
    expect(screen()).toMatch(/Go on later: clew chat --thread \S{36}\n/);
  });

  test('stays in one conversation until /new', async () => {
    const { say, cwd, server } = await sit();
    await say('One');
    await say('Two');
    expect(await say('/new')).toContain('A new conversation.');
    await say('Three');
    const { stdout } = await clew(['threads', 'list', '--json', '--url', server.url], { cwd });
    expect((JSON.parse(stdout) as ThreadPage).data.map(({ title }) => title)).toEqual(['Three', 'One']);
  });

  test('asks, waits for the answer and goes on', async () => {
    const { say } = await sit(['asker']);
    expect(await say('Hi')).toContain('What is your name?');
    expect(await say('Ariadne')).toContain('Hello Ariadne.');
  });

  test('takes a number for a choice and for a suggestion', async () => {
    const prompts =
      'starter_prompts:\n  prompts:\n    - {id: a, title: Say hello, prompt: Hello there, subtitle: "", state: active}\n';
    const cwd = folderOf({ 'agents/echo.yaml': agentFile('echo', 'clew/echo', prompts) });
    const suggested = await sit([], cwd);
    expect(suggested.greeting).toContain('You could ask:\n  1  Hello there\n');
    expect(await suggested.say('1')).toContain('Hello there\n\nHello there');
    expect(await suggested.say('1')).toMatch(/\n1\n/);
    const { say } = await sit(['chooser']);
    expect(await say('Hi')).toContain('Which?\n1. One\n2. Two\n');
    expect(await say('2')).toContain('You took the second.');
  });

  test('changes the agent', async () => {
    const { say } = await sit();
    const list = await say('/agent');
    expect(list).toMatch(/• echo +The agent echo\./);
    expect(list).toContain('asker');
    expect(await say('/agent asker')).toContain('The agent asker.');
    expect(await say('Hi')).toContain('What is your name?');
    expect(await say('/agent nobody')).toContain('There is no agent "nobody".');
    expect(await say('/agent')).toMatch(/• asker/);
  });

  test('explains its commands and knows which are none', async () => {
    const { say, stdin, ended } = await sit();
    const help = await say('/help');
    for (const command of ['/new', '/agent', '/help', '/quit']) expect(help).toContain(command);
    expect(await say('/nwe')).toContain('There is no /nwe.');
    stdin.write('/quit\r');
    expect(await ended).toBe(EXIT.ok);
  });

  test('Ctrl-C stops the answer, keeps the conversation, and leaves at the prompt', async () => {
    const { screen, shows, stdin, ended, say } = await sit(['waiter']);
    stdin.write('x\r');
    await shows('Begun');
    const before = screen().length;
    stdin.write('\u0003');
    await shows(MARK, before);
    expect(screen().slice(before)).toContain('Stopped.');
    expect(await say('/agent echo')).toContain('The agent echo.');
    stdin.write('\u0003');
    expect(await ended).toBe(EXIT.ok);
  });

  test('a second Ctrl-C leaves at once', async () => {
    const { shows, stdin, ended } = await sit(['waiter']);
    stdin.write('x\r');
    await shows('Begun');
    stdin.write('\u0003');
    stdin.write('\u0003');
    expect(await ended).toBe(EXIT.interrupted);
  });

  test('tells of a failed run and goes on', async () => {
    const { say } = await sit(['failer']);
    expect(await say('x')).toContain('The run failed: Not like this.');
    expect(await say('/agent echo')).toContain('The agent echo.');
    expect(await say('still here')).toContain('\n\nstill here\n');
  });

  test('outlives its server', async () => {
    const { say, server, stdin, ended } = await sit();
    await server.stop();
    expect(await say('/agent')).toContain('cannot be reached');
    expect(await say('/help')).toContain('/quit');
    stdin.write('\u0004');
    expect(await ended).toBe(EXIT.ok);
  });

  test('goes on in a thread and shows what was said', async () => {
    const cwd = projectOfAgents();
    const { url } = await serving(cwd);
    await clew(['run', 'asker', 'Hi', '--url', url], { cwd });
    const { data } = JSON.parse(
      (await clew(['threads', 'list', '--json', '--url', url], { cwd })).stdout,
    ) as ThreadPage;
    const { greeting, say } = await begin(['chat', '--thread', data[0]!.id, '--url', url], cwd);
    expect(greeting).toContain('› Hi\n\nWhat is your name?\n');
    expect(await say('Ariadne')).toContain('Hello Ariadne.');
  });

  test('opens the project of the folder in this process', async () => {
    const { say, stdin, ended } = await begin(['chat', '--project', '.'], projectOfAgents());
    expect(await say('Hello')).toContain('\n\nHello\n');
    stdin.write('/quit\r');
    expect(await ended).toBe(EXIT.ok);
  });
});

describe('clew chat in a pipe', () => {
  test('answers line after line', async () => {
    const cwd = projectOfAgents();
    const { code, stdout, stderr } = await clew(['chat', '--project', cwd], { input: 'One\n\nTwo\n' });
    expect(code).toBe(EXIT.ok);
    expect(stderr).toBe('');
    expect(stdout).toContain('› One\n\nOne\n\n› Two\n\nTwo\n');
  });

  test('fails when its last run did', async () => {
    expect((await clew(['chat', 'failer', '--project', projectOfAgents()], { input: 'x\n' })).code).toBe(EXIT.failed);
  });
});
