import { afterAll, describe, expect, test } from 'vitest';
import { say, site, start } from './start.ts';

const SHOP = 'https://shop.example.com';
const server = await start({
  default: { modes: ['signed', 'anonymous'], origins: [SHOP], visitorSeconds: 60, visitorDays: 1 },
  other: { mode: 'anonymous', origins: ['https://other.example.com'] },
  members: { mode: 'signed', origins: ['https://members.example.com'] },
});
afterAll(() => server.end());
const shop = site();
await server.call('/private/embed/config', {
  method: 'POST',
  token: await server.operator(),
  body: { client_public_key: shop.publicKey },
});

const visit = (token?: string, origin = SHOP) =>
  server.call('/auth/visitor', { method: 'POST', token, headers: { origin } });

describe('a visitor', () => {
  test('gets a token that soon ends, and threads of its own', async () => {
    const { status, body, headers } = await visit();
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 60,
      visitor_id: expect.stringMatching(/^[\da-f-]{36}$/),
    });
    const [mine, theirs] = [body.access_token, (await visit()).body.access_token];
    const { threadId } = await say(server, 'hello', { token: mine });
    expect((await server.call(`/threads/${threadId}`, { token: mine })).body.created_by).toBe(body.visitor_id);
    expect((await server.call(`/threads/${threadId}`, { token: theirs })).status).toBe(404);
    expect((await server.call('/threads', { token: theirs })).body.total).toBe(0);
  });

  test('stays the same when it comes back with its token', async () => {
    const first = (await visit()).body;
    const second = (await visit(first.access_token)).body;
    expect(second.visitor_id).toBe(first.visitor_id);
    const forged = `${first.access_token.slice(0, -4)}AAAA`;
    expect((await visit(forged)).body.visitor_id).not.toBe(first.visitor_id);
  });

  test('is known on the page that it came to, and nowhere else', async () => {
    const { access_token: token, visitor_id } = (await visit()).body;
    const as = (origin: string) => server.call('/threads', { token, headers: { origin } });
    expect((await as(SHOP)).status).toBe(200);
    expect((await as('https://other.example.com')).status).toBe(401);
    expect((await visit(token, 'https://other.example.com')).body.visitor_id).not.toBe(visitor_id);
  });

  test('has none where only signed users come in', async () => {
    const reply = await visit(undefined, 'https://members.example.com');
    expect([reply.status, reply.body.code]).toEqual([403, 'security_not_set_up']);
  });

  test('may be one that the client made up, who is nobody else', async () => {
    const id = '0f3a9c1e-1111-4222-8333-444455556666';
    const headers = { 'x-ibm-wo-user-id': `anonymous-${id}` };
    const { threadId } = await say(server, 'hello', { headers });
    expect((await server.call(`/threads/${threadId}`, { headers })).body.created_by).not.toBe(id);
    const other = { 'x-ibm-wo-user-id': 'anonymous-ffffffff-1111-4222-8333-444455556666' };
    expect((await server.call(`/threads/${threadId}`, { headers: other })).status).toBe(404);
    // A visitor of the server whose id is known is not impersonated by it.
    const { access_token: token, visitor_id } = (await visit()).body;
    await say(server, 'hello', { token });
    const posing = { 'x-ibm-wo-user-id': `anonymous-${visitor_id}` };
    expect((await server.call('/threads', { headers: posing })).body.total).toBe(0);
    for (const wrong of ['anonymous-1', visitor_id, 'local']) {
      expect((await server.call('/threads', { headers: { 'x-ibm-wo-user-id': wrong } })).body.code).toBe(
        'token_required',
      );
    }
  });

  test('is not told how agents are made', async () => {
    const { access_token: token } = (await visit()).body;
    const { stream, threadId } = await say(server, 'hello', { token, agent: 'secretive' });
    const seen = [
      stream,
      (await server.call('/orchestrate/agents', { token })).text,
      (await server.call('/models/list', { token })).text,
      (await server.call('//agents', { token })).text,
      (await server.call(`/threads/${threadId}/messages`, { token })).text,
    ].join('\n');
    expect(seen).toContain('Looking it up');
    expect(seen).not.toMatch(/CANARY|clew\/|"model"/);
  });
});

describe('signing in', () => {
  test('takes the threads of the visitor along, with the run that is going on', async () => {
    const { access_token: visitor } = (await visit()).body;
    const { threadId, runId } = await say(server, 'as a visitor', { token: visitor });
    const token = await shop.sign({ sub: `u-${crypto.randomUUID()}`, name: 'Ana' });
    expect((await server.call(`/threads/${threadId}`, { token })).status).toBe(404);
    const headers = { 'x-clew-visitor': visitor };
    const moved = await server.call(`/threads/${threadId}`, { token, headers });
    expect(moved.body).toMatchObject({ id: threadId, created_by_username: 'Ana' });
    expect((await server.call(`/orchestrate/runs/${runId}/events`, { token })).status).toBe(200);
    await say(server, 'as Ana', { token, thread: threadId });
    expect((await server.call(`/threads/${threadId}`, { token: visitor })).status).toBe(404);
    expect((await server.call(`/orchestrate/runs/${runId}`, { token: visitor })).status).toBe(404);
    expect((await server.call('/threads', { token: visitor })).body.total).toBe(0);
  });

  test('moves nothing for a token that is forged, or of another channel', async () => {
    const { access_token: other } = (await visit(undefined, 'https://other.example.com')).body;
    const { threadId } = await say(server, 'elsewhere', {
      token: other,
      headers: { origin: 'https://other.example.com' },
    });
    const token = await shop.sign({ sub: `u-${crypto.randomUUID()}` });
    for (const shown of [other, `${other.slice(0, -4)}AAAA`, 'nonsense']) {
      const reply = await server.call('/threads', { token, headers: { 'x-clew-visitor': shown } });
      expect([reply.status, reply.body.total]).toEqual([200, 0]);
    }
    expect((await server.call(`/threads/${threadId}`, { token: other })).status).toBe(200);
  });
});
