import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, serve } from '../kit/server.ts';
import { tempDir } from '../kit/temp-dir.ts';
import { ask } from '../package/ask.ts';

const GATE = join(import.meta.dirname, 'egress.mjs');

/** What was wanted from beyond this machine, a line each. */
const attempts = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []);

test.each([
  ['fetch', "await fetch('https://example.com').catch(() => {})", /example\.com/],
  ['an address', "await fetch('http://192.0.2.1/').catch(() => {})", /192\.0\.2\.1/],
  [
    'https',
    "await new Promise((done) => (await import('node:https')).get('https://example.com').on('error', done))",
    /example\.com/,
  ],
  [
    'a look-up',
    "await (await import('node:dns/promises')).lookup('example.com').catch(() => {})",
    /lookup example\.com/,
  ],
  [
    'DNS itself',
    "await (await import('node:dns/promises')).resolve4('example.com').catch(() => {})",
    /resolve4 example\.com/,
  ],
  [
    'a datagram',
    "const s = (await import('node:dgram')).createSocket('udp4'); s.send('x', 53, '192.0.2.1', () => s.close())",
    /send 192/,
  ],
])('the gate notices %s', (_, code, expected) => {
  const file = join(tempDir(), 'attempts');
  const script = code.replace('(done) => (await', 'async (done) => (await');
  execFileSync(process.execPath, ['--import', GATE, '--input-type=module', '-e', script], {
    env: { ...process.env, CLEW_TEST_EGRESS: file },
  });
  expect(attempts(file).join('\n')).toMatch(expected);
});

test('a whole conversation asks nothing of anybody outside', async () => {
  const folder = tempDir();
  const file = join(folder, 'attempts');
  const server = await serve({
    command: [process.execPath, '--import', GATE, '--conditions=clew-source', `${ROOT}packages/server/src/cli/main.ts`],
    project: 'examples/starter',
    args: ['--db', join(folder, 'clew.db'), '--grace-ms', '0'],
    env: { CLEW_TEST_EGRESS: file },
  });
  const answer = await ask(server.url, 'How do I embed the chat?');
  expect([answer.citations.length > 0, answer.frames.at(-1)?.event]).toEqual([true, 'done']);

  const agents = (await (await fetch(`${server.url}/api/v1/orchestrate/agents?include_hidden=true`)).json()) as {
    id: string;
    name: string;
  }[];
  expect(agents.length).toBeGreaterThan(0);
  for (const { id } of agents) expect((await ask(server.url, 'Hello?', id)).frames.at(-1)?.event).toBe('done');
  const run = await fetch(`${server.url}/runs`, {
    method: 'POST',
    body: JSON.stringify({ agent_name: agents[0]?.name, input: [{ parts: [{ content: 'Hello?' }] }], mode: 'stream' }),
  });
  expect(await run.text()).toContain('run.completed');

  for (const path of ['/', '/chat', '/docs', '/embed-check', '/wxoLoader.js', '/clew.js', '/openapi.json', '/health']) {
    const page = await fetch(`${server.url}${path}`);
    const text = await page.text();
    expect([path, page.status]).toEqual([path, 200]);
    // Nor do our pages have a browser ask.
    if (page.headers.get('content-type')?.includes('html')) {
      expect(text).not.toMatch(/<(script|img|iframe|link)[^>]+(src|href)=["']?(https?:)?\/\//i);
      expect(page.headers.get('content-security-policy')).not.toMatch(/https?:\/\//);
    }
  }
  await server.stop();
  expect(attempts(file)).toEqual([]);
});
