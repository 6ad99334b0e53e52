import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Frame, FrameOf } from '@clew/wire/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { agentFile, folderOf } from './project.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

interface Started {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly out: { stdout: string; stderr: string };
  /** Resolves when both outputs together contain the text. */
  says(text: string): Promise<void>;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** The command line as a process of its own, from source. */
function start(argv: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}): Started {
  const child = spawn(process.execPath, ['--conditions=clew-source', MAIN, ...argv], {
    cwd: options.cwd ?? folderOf({}),
    env: { PATH: process.env.PATH, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const out = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      out[name] += text;
      for (const check of listeners) check();
    });
  }
  return {
    child,
    out,
    says(text) {
      return new Promise((resolve) => {
        const check = () => {
          if (`${out.stdout}${out.stderr}`.includes(text)) resolve();
        };
        listeners.add(check);
        check();
      });
    },
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, ...out })),
  };
}

function clew(argv: readonly string[], options: { cwd?: string; env?: Record<string, string>; input?: string } = {}) {
  const started = start(argv, options);
  started.child.stdin.end(options.input ?? '');
  return started.ended;
}

const echo = { 'agents/echo.yaml': agentFile('echo') };

describe('the process', () => {
  test('prints help, without colours in a pipe', async () => {
    const { code, stdout, stderr } = await clew([]);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toMatch(/^Clew is an agent chat server/);
    expect(stdout + stderr).not.toContain('\u001b');
  });

  test('ends with the exit code of what happened', async () => {
    const cwd = folderOf(echo);
    const codes = await Promise.all([
      clew(['version'], { cwd }),
      clew(['chta'], { cwd }),
      clew(['run', 'echo', 'Hello', '--url', 'http://127.0.0.1:1'], { cwd }),
      clew(['serve', '--port', '99999'], { cwd }),
      clew(['agents', 'check'], { cwd: folderOf({ 'agents/a.yaml': 'kind: native\n' }) }),
    ]);
    expect(codes.map(({ code }) => code)).toEqual([EXIT.ok, EXIT.usage, EXIT.unreachable, EXIT.unusable, EXIT.failed]);
    for (const { stderr } of codes) expect(stderr).not.toMatch(/^ +at /m);
  });

  test('makes a project, checks it and answers from it, without a server and without a key', async () => {
    const parent = folderOf({});
    expect((await clew(['init', 'my-chat'], { cwd: parent })).code).toBe(EXIT.ok);
    const cwd = join(parent, 'my-chat');
    expect(await clew(['agents', 'check'], { cwd })).toMatchObject({ code: EXIT.ok, stderr: '' });
    const { code, stdout, stderr } = await clew(['run', 'guide', '-v'], { cwd, input: 'How do I embed the chat?\n' });
    expect(code).toBe(EXIT.ok);
    expect(stdout).toContain('script');
    expect(stderr).toContain('Sources');
    expect(stderr).toContain('knowledge/embed.md');
  });

  test('shows a stack only when it is asked to', async () => {
    const env = { CLEW_URL: 'http://127.0.0.1:1' };
    expect((await clew(['runs', 'list'], { env })).stderr).toBe(
      'clew: No server answers at http://127.0.0.1:1. Start one with "clew dev", or check the address.\n',
    );
    expect((await clew(['runs', 'list'], { env: { ...env, CLEW_DEBUG: '1' } })).stderr).toMatch(/^ +at /m);
  });

  test('is quiet when the reader of its output leaves', async () => {
    const { child, ended } = start(['--help']);
    child.stdout.destroy();
    expect(await ended).toMatchObject({ code: EXIT.ok, stderr: '' });
  });

  test('ends at Ctrl-C with 0; a second one does not wait for runs', async () => {
    const wait =
      'export const agent = { name: "wait", description: "Waits." };\nexport default (turn) => turn.sleep(3600000);\n';
    const cwd = folderOf({ ...echo, 'agents/wait.js': wait });
    const idle = start(['serve', '--port', '0', '--db', ':memory:'], { cwd });
    const busy = start(['dev', '--port', '0', '--grace-ms', '3600000'], { cwd });
    await busy.says('Ctrl-C stops.');
    const url = /http:\S+\d/.exec(busy.out.stdout)![0];
    const asked = start(['run', 'wait', 'Hello', '--url', url, '--json'], { cwd });
    await asked.says('run.started');
    busy.child.kill('SIGINT');
    await busy.says('Ctrl-C again does not wait');
    busy.child.kill('SIGINT');
    expect((await busy.ended).code).toBe(EXIT.interrupted);
    expect(existsSync(join(cwd, '.clew/clew.db'))).toBe(true);
    await idle.says('"msg":"serving"');
    idle.child.kill('SIGINT');
    expect(await idle.ended).toMatchObject({ code: EXIT.ok, stdout: '' });
    for (const line of idle.out.stderr.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('time');
  });

  test('survives an agent that forgets about a step whose run is cancelled', async () => {
    const loose = `export const agent = { name: 'loose', description: 'Forgets an await.' };
    export default async function* (turn) {
      turn.step({ name: 'long' }, (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))));
      yield 'begun';
      await turn.sleep(3600000);
    }`;
    const server = start(['serve', '--port', '0', '--db', ':memory:'], { cwd: folderOf({ 'agents/loose.js': loose }) });
    await server.says('"msg":"serving"');
    const url = /http:[^"]+\d/.exec(server.out.stderr)![0];
    const runs = `${url}/api/v1/orchestrate/runs`;
    const body = JSON.stringify({ message: { role: 'user', content: 'Hello' } });
    const headers = { 'Content-Type': 'application/json' };
    const { run_id } = (await (await fetch(runs, { method: 'POST', headers, body })).json()) as { run_id: string };
    expect((await fetch(`${runs}/cancel/${run_id}`, { method: 'POST' })).status).toBe(200);
    await server.says('a promise was rejected and nobody looked');
    // The rejection is noticed before the end of the run is committed.
    await expect.poll(async () => (await fetch(`${runs}/${run_id}`)).json()).toMatchObject({ status: 'cancelled' });
    server.child.kill('SIGTERM');
    expect(await server.ended).toMatchObject({ code: EXIT.ok });
  });

  test('reads an answer to its end although the server is killed in the middle of it', async () => {
    const slow = `export const agent = { name: 'slow', description: 'Takes its time.' };
    export default async function* (turn) {
      for (const word of ['one', 'two', 'three', 'four', 'five', 'six']) {
        yield word + ' ';
        await turn.sleep(250);
      }
    }`;
    const cwd = folderOf({ 'agents/slow.js': slow });
    const port = await freePort();
    const serve = async () => {
      const server = start(['serve', '--port', String(port), '--lease-ms', '1000'], { cwd });
      await server.says('"msg":"serving"');
      return server;
    };
    const first = await serve();
    const answer = start(['run', 'slow', 'x', '--json', '--url', `http://127.0.0.1:${port}`], { cwd });
    await answer.says('two');
    first.child.kill('SIGKILL');
    await first.ended;
    await serve();
    const { code, stdout } = await answer.ended;
    expect(code).toBe(EXIT.ok);
    const frames = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Frame);
    const deltas = frames.filter((frame): frame is FrameOf<'message.delta'> => frame.event === 'message.delta');
    expect(deltas.map(({ data }) => data.delta.content[0]?.text).join('')).toBe('one two three four five six ');
    expect(new Set(frames.map(({ id }) => id)).size).toBe(frames.length);
    expect(frames.at(-1)?.event).toBe('done');
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
