import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { serve } from '../kit/server.ts';
import { callAs, say, start } from './start.ts';

const server = await start();
afterAll(() => server.end());
const tenant = (await server.call('/tenants')).body[0].id as string;

const EVIL = 'https://evil.example';

describe('an open server', () => {
  test('belongs to programs of this machine', async () => {
    const { threadId } = await say(server, 'a secret of mine');
    expect((await server.call(`/threads/${threadId}`)).status).toBe(200);
  });

  test.each(['http://localhost:3000', 'http://127.0.0.1:8080', 'http://[::1]:9', 'https://shop.localhost:3000'])(
    'takes pages of %s, which is this machine',
    async (origin) => {
      const reply = await server.call('/threads', { headers: { origin } });
      expect([reply.status, reply.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    },
  );

  test.each([
    EVIL,
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example:4321',
    'chrome-extension://abcdefghijklmnop',
    'http://0.0.0.0',
    'nonsense',
  ])('tells a page of %s nothing', async (origin) => {
    for (const [method, path] of [
      ['GET', '/threads'],
      ['POST', '/threads'],
      ['POST', '/auth/token'],
      ['GET', '//agents'],
      ['GET', '//runs/0199a1b2-0000-7000-8000-000000000000'],
    ] as const) {
      const body = method === 'POST' ? { body: { username: 'ana', password: '' } } : {};
      const reply = await server.call(path, { method, headers: { origin }, ...body });
      expect([path, reply.status, reply.text]).toEqual([path, 403, expect.stringContaining('origin_not_allowed')]);
      expect(reply.headers.get('access-control-allow-origin')).toBeNull();
      expect(reply.headers.get('vary')).toBe('Origin');
    }
    const preflight = await server.call('/threads', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('names the setting, to the page and in the log', async () => {
    const { body } = await server.call('/threads', { headers: { origin: 'https://shop.example.com' } });
    expect(body.detail).toMatch(/https:\/\/shop\.example\.com.*`origins`.*clew\.config\.yaml/);
    await expect.poll(server.output).toContain('https://shop.example.com');
  });

  test('what everybody may know is not refused, and not for the page', async () => {
    const reply = await server.call('/health/alive', { headers: { origin: EVIL } });
    expect([reply.status, reply.headers.get('access-control-allow-origin')]).toEqual([200, null]);
  });

  test('a page without an origin is a visitor if it knows the installation, and nobody otherwise', async () => {
    const refused = await server.call('/threads', { headers: { origin: 'null' } });
    expect([refused.status, refused.body.code]).toEqual([403, 'origin_not_allowed']);
    const wrong = { origin: 'null', 'x-ibm-wo-orchestrate-id': '10000000-0000-4000-8000-000000000000' };
    expect((await server.call('/threads', { headers: wrong })).status).toBe(403);
    const { threadId } = await say(server, 'mine, too');
    const headers = { origin: 'null', 'x-ibm-wo-orchestrate-id': tenant };
    expect((await server.call('/threads', { headers })).body).toMatchObject({ total: 0 });
    expect((await server.call(`/threads/${threadId}`, { headers })).status).toBe(404);
    expect((await server.call('/private/keys', { headers })).body.code).toBe('operator_only');
    await say(server, 'from a file', { headers });
    expect((await server.call('/threads', { headers })).body).toMatchObject({ total: 1 });
    expect((await server.call('/threads', { headers })).headers.get('access-control-allow-origin')).toBe('null');
  });

  test('its own pages are of its origin, whatever its name', async () => {
    const origin = `http://127.0.0.1:${server.port}`;
    expect((await server.call('/threads', { headers: { origin } })).status).toBe(200);
  });

  test('does not answer under a name that somebody has led to this machine', async () => {
    const url = `http://127.0.0.1:${server.port}/api/v1/threads`;
    for (const host of [`evil.example:${server.port}`, 'evil.example', '127.0.0.1.evil.example']) {
      const [status, text] = await callAs(host, url, { origin: `http://${host}` });
      expect([host, status, text]).toEqual([host, 403, expect.stringContaining('host_not_allowed')]);
    }
    for (const host of ['localhost', `localhost:${server.port}`, '[::1]:1', 'my.localhost', '10.0.0.7:80']) {
      expect([host, (await callAs(host, url))[0]]).toEqual([host, 200]);
    }
  });
});

describe('listening to other machines', () => {
  const project = join(import.meta.dirname, 'project');

  test('is refused to an open server, with what to do', async () => {
    const opening = serve({ project, args: ['--host', '0.0.0.0', '--db', ':memory:'] });
    await expect(opening).rejects.toThrow(/server\.allowOpen/);
  });

  test('may be allowed on purpose, and is said in the log', async () => {
    const open = await serve({ project, args: ['--host', '0.0.0.0', '--db', ':memory:', '--allow-open', 'true'] });
    await expect.poll(open.output).toMatch(/operator/);
    await open.stop();
  });

  test('works as soon as no channel is open', async () => {
    const closed = await start({ default: { mode: 'signed' } }, ['--host', '0.0.0.0']);
    expect((await closed.call('/threads')).status).toBe(403);
    await closed.end();
  });
});

describe('a channel with origins', () => {
  test('does not lead a page without an origin into an open one beside it', async () => {
    const served = await start({ default: { mode: 'open' }, wide: { mode: 'anonymous', origins: ['*'] } });
    const pages: Record<string, string>[] = [
      { origin: 'null' },
      { origin: 'null', 'x-ibm-wo-orchestrate-id': 'default' },
      { origin: EVIL },
    ];
    for (const headers of pages) {
      const { body } = await served.call('/threads', { headers });
      expect([headers, body.code]).toEqual([headers, expect.stringMatching(/token_required|origin_not_allowed/)]);
    }
    await served.end();
  });

  test('takes those pages and no others, exactly', async () => {
    const shop = 'https://shop.example.com';
    const served = await start({
      shop: { mode: 'anonymous', origins: [shop] },
      help: { mode: 'anonymous', origins: ['https://help.example.com'], agents: ['backstage'] },
    });
    const visitor = await served.call('/auth/visitor', { method: 'POST', headers: { origin: shop } });
    expect([visitor.status, visitor.headers.get('access-control-allow-origin'), visitor.headers.get('vary')]).toEqual([
      200,
      shop,
      'Origin',
    ]);
    const preflight = await served.call('/threads', {
      method: 'OPTIONS',
      headers: { origin: shop, 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBe(shop);
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
    for (const origin of [
      `${shop}.evil.example`,
      'http://shop.example.com',
      'https://shop.example.com:444',
      'http://localhost:3000',
    ]) {
      expect([origin, (await served.call('/auth/visitor', { method: 'POST', headers: { origin } })).status]).toEqual([
        origin,
        403,
      ]);
    }
    // Its token is no good on a page of the other channel, nor is the other channel on its page.
    const token = visitor.body.access_token;
    expect((await served.call('/threads', { token, headers: { origin: shop } })).status).toBe(200);
    expect((await served.call('/threads', { token, headers: { origin: 'https://help.example.com' } })).status).toBe(
      401,
    );
    const crossed = { origin: shop, 'x-ibm-wo-orchestrate-id': 'help' };
    expect((await served.call('/auth/visitor', { method: 'POST', headers: crossed })).body.code).toBe(
      'origin_not_allowed',
    );
    await served.end();
  });

  test('reaches its agents only', async () => {
    const served = await start({
      default: { mode: 'anonymous' },
      help: { mode: 'anonymous', agents: ['backstage'] },
    });
    const visit = async (channel: string) => {
      const headers = { 'x-ibm-wo-orchestrate-id': channel };
      return (await served.call('/auth/visitor', { method: 'POST', headers })).body.access_token as string;
    };
    const [usual, help] = [await visit('default'), await visit('help')];
    const names = async (token: string) =>
      (await served.call('/orchestrate/agents?include_hidden=true', { token })).body.map(
        (one: { name: string }) => one.name,
      );
    expect(await names(usual)).toEqual(expect.arrayContaining(['echo', 'secretive']));
    expect(await names(usual)).not.toContain('backstage');
    expect(await names(help)).toEqual(['backstage']);
    const run = (token: string, agent_id?: string) =>
      served.call('/orchestrate/runs', {
        method: 'POST',
        token,
        body: { agent_id, message: { role: 'user', content: 'hi' } },
      });
    expect((await run(help, 'echo')).body.code).toBe('agent_not_found');
    expect((await run(usual, 'backstage')).body.code).toBe('agent_not_found');
    expect((await run(help)).status).toBe(200);
    const acp = (await served.call('//agents', { token: help })).body.agents;
    expect(acp).toEqual([]);
    expect((await served.call('//agents/echo', { token: help })).status).toBe(404);
    await served.end();
  });
});
