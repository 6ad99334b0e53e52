import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAcpClient, type Event } from '@clew/wire/acp-client';
import type { RunPage } from '@clew/wire/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../../test/kit/ports.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { runCli } from '../../src/cli/program.ts';
import { projectOfAgents } from './agents.ts';
import { asking, clew, jsonLines, testConsole, visible } from './console.ts';
import { serving } from './server.ts';

/** A port that speaks ACP alone. */
async function start() {
  const cwd = projectOfAgents();
  const port = await freePort();
  const { url: mainUrl } = await serving(cwd, ['--acp-port', String(port)]);
  const url = `http://127.0.0.1:${port}`;
  const ask = asking(cwd, url);
  return { cwd, url, mainUrl, ask, client: createAcpClient({ baseUrl: url }) };
}

const eventsIn = jsonLines<Event>;

describe('clew run over ACP', () => {
  test('finds out what the server speaks, and prints the answer alone', async () => {
    const { ask } = await start();
    expect(await ask(['run', '--agent', 'citer', 'Where?'])).toEqual({
      code: EXIT.ok,
      stdout: 'It is **here**.\n',
      stderr: '',
    });
    expect((await ask(['run', 'echo'], { input: 'from a file\n' })).stdout).toBe('from a file\n');
  });

  test('tells steps and sources on stderr with --verbose', async () => {
    const { ask } = await start();
    const { stdout, stderr } = await ask(['run', 'citer', 'Where?', '--verbose']);
    expect(stdout).toBe('It is **here**.\n');
    expect(stderr).toContain('· Looking around (query: Where?)');
    expect(stderr).toContain('[1] A page · https://example.com/page');
  });

  test('shows a person the layout', async () => {
    const { ask } = await start();
    const { stdout } = await ask(['run', 'citer', 'Where?'], { terminal: true });
    expect(stdout).toContain('It is here.\n');
    expect(stdout).toContain('[1] A page');
  });

  test('gives events as JSON lines', async () => {
    const { ask, client } = await start();
    const events = eventsIn((await ask(['run', 'echo', 'Hello', '--json'])).stdout);
    const [first] = events;
    const runId = first?.type === 'run.created' ? first.run.run_id : '';
    expect(events).toEqual(await client.events(runId));
  });

  test('fails when the run does', async () => {
    const { ask } = await start();
    expect(await ask(['run', 'failer', 'x'])).toEqual({
      code: EXIT.failed,
      stdout: '',
      stderr: 'clew: The run failed: Not like this.\n',
    });
  });

  test('says in a pipe how to answer a question, and answers it, once', async () => {
    const { ask } = await start();
    const asked = await ask(['run', 'asker', 'Hi']);
    expect(asked).toMatchObject({ code: EXIT.ok, stdout: 'What is your **name**?\n' });
    const argv = /clew (run --url \S+ --agent asker --resume \S+)/.exec(asked.stderr)![1]!.split(' ');
    expect(await clew([...argv, 'Ariadne'])).toEqual({ code: EXIT.ok, stdout: 'Hello Ariadne.\n', stderr: '' });
    expect(await clew([...argv, 'again'])).toMatchObject({
      code: EXIT.failed,
      stderr: expect.stringMatching(/^clew: The run \S+ awaits no answer: its status is completed\.\n$/),
    });
  });

  test('asks a person, and goes on', async () => {
    const { cwd, url } = await start();
    const console = testConsole({ cwd, terminal: true });
    const code = runCli(['run', 'asker', 'Hi', '--url', url], console.io);
    await console.shows('›');
    console.stdin.write('Ariadne\r');
    expect(await code).toBe(EXIT.ok);
    const screen = visible(console.screen());
    expect(screen.indexOf('What is your name?')).toBeLessThan(screen.indexOf('Hello Ariadne.'));
  });

  test.each([
    ['Ctrl-C cancels the run', '\u0003', EXIT.interrupted, 'cancelled'],
    ['Ctrl-D leaves it waiting', '\u0004', EXIT.ok, 'awaiting'],
  ])('at a question %s', async (_, key, expected, status) => {
    const { cwd, url, mainUrl, client } = await start();
    const console = testConsole({ cwd, terminal: true });
    const code = runCli(['run', 'asker', 'Hi', '--url', url], console.io);
    await console.shows('›');
    console.stdin.write(key);
    expect(await code).toBe(expected);
    const { data } = JSON.parse((await clew(['runs', 'list', '--json', '--url', mainUrl], { cwd })).stdout) as RunPage;
    expect(data).toHaveLength(1);
    expect(await client.run(data[0]!.id)).toMatchObject({ status });
    expect(console.screen().includes('--resume')).toBe(status === 'awaiting');
  });

  test('cancels the run at Ctrl-C', async () => {
    const { cwd, url, client } = await start();
    const console = testConsole({ cwd });
    const code = runCli(['run', 'waiter', 'x', '--url', url, '--json'], console.io);
    await console.shows('Begun');
    console.signal('SIGINT');
    expect(await code).toBe(EXIT.interrupted);
    const [first, ...others] = eventsIn(console.stdout());
    expect(others.at(-1)).toMatchObject({ type: 'run.cancelled' });
    expect(await client.run(first?.type === 'run.created' ? first.run.run_id : '')).toMatchObject({
      status: 'cancelled',
    });
  });

  test('goes on in a session', async () => {
    const { ask, client } = await start();
    const session = 'b1e7c0de-0000-4000-8000-000000000001';
    await ask(['run', 'echo', 'One', '--thread', session]);
    await ask(['run', 'echo', 'Two', '--thread', session]);
    expect((await client.session(session)).history).toHaveLength(4);
  });

  test('names the agents when there is none of that name', async () => {
    const { ask } = await start();
    const { code, stderr } = await ask(['run', 'ecko', 'x']);
    expect(code).toBe(EXIT.failed);
    expect(stderr).toMatch(/^clew: There is no agent "ecko"\. There are: asker, .*echo/);
  });

  test('speaks what --protocol says', async () => {
    const { ask, mainUrl } = await start();
    const both = (protocol: string) => clew(['run', 'echo', 'Hi', '--json', '--protocol', protocol, '--url', mainUrl]);
    expect((await both('acp')).stdout).toContain('"type":"run.created"');
    expect((await both('orchestrate')).stdout).toContain('"event":"run.started"');
    const chat = await ask(['run', 'echo', 'Hi', '--protocol', 'orchestrate']);
    expect(chat).toMatchObject({ code: EXIT.unreachable, stderr: expect.stringContaining('is not a Clew server') });
    expect((await clew(['run', 'echo', 'Hi', '--protocol', 'acp', '--project', projectOfAgents()])).stdout).toBe(
      'Hi\n',
    );
  });
});

/** A server that is none of ours. */
async function other(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('clew run and other servers', () => {
  test.each([
    ['a web site', [], 'speaks neither the chat API nor ACP. Name another server with --url.'],
    ['a web site that should speak ACP', ['--protocol', 'acp'], 'does not speak ACP. Name an ACP server with --url.'],
  ])('%s is named as what it is not', async (_, flags, sentence) => {
    const url = await other((request, response) => {
      const there = request.url === '/ping' || request.url?.startsWith('/agents');
      response.writeHead(there ? 200 : 404, { 'Content-Type': 'text/html' }).end('<p>Hello');
    });
    expect(await clew(['run', 'echo', 'Hi', '--url', url, ...flags])).toEqual({
      code: EXIT.unreachable,
      stdout: '',
      stderr: `clew: What answers at ${url} ${sentence}\n`,
    });
  });

  test('that none answers is told', async () => {
    const { code, stderr } = await clew(['run', 'echo', 'Hi', '--protocol', 'acp', '--url', 'localhost:1']);
    expect([code, stderr]).toEqual([
      EXIT.unreachable,
      expect.stringContaining('No server answers at http://localhost:1.'),
    ]);
  });

  test('the token is sent, and a refusal is told in the words of the server', async () => {
    const url = await other((request, response) => {
      const { url = '', headers } = request;
      const isAcp = url === '/ping' || url.startsWith('/agents') || url.startsWith('/runs');
      const status = isAcp && (url === '/ping' || headers.authorization === 'Bearer secret') ? 200 : isAcp ? 401 : 404;
      const body =
        status === 200 ? { agents: [{ name: 'one' }] } : { code: 'invalid_input', message: 'A token is needed.' };
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    });
    expect(await clew(['run', 'one', 'Hi', '--url', url])).toMatchObject({
      code: EXIT.failed,
      stderr: 'clew: A token is needed.\n',
    });
    expect(await clew(['run', 'one', 'Hi', '--url', url], { env: { CLEW_TOKEN: 'secret' } })).toMatchObject({
      code: EXIT.failed,
      stderr: expect.stringContaining('where a stream of events was asked for'),
    });
  });

  test.each([
    ['at the end of a stream', (response: ServerResponse) => response.end()],
    ['by a broken connection', (response: ServerResponse) => setImmediate(() => response.destroy())],
  ])('a run that is lost %s is read on from its events, each once', async (_, lose) => {
    const run = { run_id: 'r1', session_id: 's1', status: 'in-progress', output: [] };
    const part = (content: string) => ({ type: 'message.part', part: { content } });
    const events = [{ type: 'run.created', run }, part('one '), part('two'), { type: 'run.completed', run }];
    const asked: string[] = [];
    const url = await other((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const json = (body: object) => response.end(JSON.stringify(body));
      if (request.url === '/runs') {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        const begun = events.slice(0, 2).map((event) => `data: ${JSON.stringify(event)}\n\n`);
        response.write(begun.join(''), () => lose(response));
      } else if (request.url === '/runs/r1/events') json({ events });
      else if (request.url === '/ping') json({});
      else if (request.url?.startsWith('/agents')) json({ agents: [{ name: 'one' }] });
      else response.writeHead(404).end();
    });
    expect(await clew(['run', 'one', 'Hi', '--url', url])).toEqual({ code: EXIT.ok, stdout: 'one two\n', stderr: '' });
    expect(asked.filter((line) => line.includes('/runs'))).toEqual(['POST /runs', 'GET /runs/r1/events']);
  });

  test.each([
    [['run'], "missing required argument 'agent'"],
    [['run', 'a', 'b', '--agent', 'a'], 'named twice'],
    [['run', 'a', 'b', '--protocol', 'soap'], 'Allowed choices are orchestrate, acp.'],
    [['run', 'a', 'b', '--protocol', 'orchestrate', '--resume', 'x'], '--resume is for ACP'],
  ])('%j is wrong usage', async (argv, sentence) => {
    expect(await clew(argv)).toMatchObject({ code: EXIT.usage, stderr: expect.stringContaining(sentence) });
  });

  test('context variables are not for ACP', async () => {
    const { ask } = await start();
    expect(await ask(['run', 'echo', 'x', '--context', 'a=b'])).toMatchObject({
      code: EXIT.usage,
      stderr: expect.stringContaining('ACP has no context variables'),
    });
  });
});
