import { describe, expect, test } from 'vitest';
import { ClewError } from '../../src/model/index.ts';
import { endpoint, serve } from './kit.ts';

describe('a reply', () => {
  test('is JSON that any page may read and nobody keeps', async () => {
    const { url } = await serve([
      endpoint('POST', '/threads', () => ({ status: 201, headers: { Location: '/threads/1' }, body: { é: 1 } })),
    ]);
    const reply = await fetch(`${url}/threads`, { method: 'POST' });
    expect(reply.status).toBe(201);
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'Location, X-IBM-THREAD-ID, X-Request-Id, Run-ID, Retry-After',
      'cache-control': 'no-store',
      'content-length': '8',
      'content-type': 'application/json',
      location: '/threads/1',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    });
    expect(reply.headers.has('server')).toBe(false);
    expect(await reply.json()).toEqual({ é: 1 });
  });

  test('may have no body, and has none for HEAD', async () => {
    const { url } = await serve([
      endpoint('DELETE', '/a', () => ({ status: 204 })),
      endpoint('GET', '/a', () => ({ status: 200, body: 'text' })),
    ]);
    expect((await fetch(`${url}/a`, { method: 'DELETE' })).status).toBe(204);
    const head = await fetch(`${url}/a`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '6', '']);
  });

  test('tells an endpoint of parameters, query and headers', async () => {
    const { url } = await serve([
      endpoint('GET', '/a/{id}', ({ params, query, header }) => ({
        status: 200,
        body: [params, query.getAll('n'), header('X-Watson-Channel'), header('x-none') ?? null],
      })),
    ]);
    const reply = await fetch(`${url}/a/b%2Fc?n=1&n=%C3%A9`, { headers: { 'x-watson-channel': 'agentic_chat' } });
    expect(await reply.json()).toEqual([{ id: 'b/c' }, ['1', 'é'], 'agentic_chat', null]);
  });
});

describe('the id of a request', () => {
  const seen = endpoint('GET', '/id', ({ requestId }) => ({ status: 200, body: requestId }));

  test.each(['x-ibm-request-id', 'x-request-id'])('is taken from %s', async (name) => {
    const { url } = await serve([seen]);
    const reply = await fetch(`${url}/id`, { headers: { [name]: '5a1897ce-ef1c' } });
    expect([reply.headers.get('x-request-id'), await reply.json()]).toEqual(['5a1897ce-ef1c', '5a1897ce-ef1c']);
  });

  test.each(['', 'a b', '"quoted"', 'x'.repeat(129)])('is made when the client sends %j', async (sent) => {
    const { url } = await serve([seen]);
    const reply = await fetch(`${url}/id`, { headers: { 'x-request-id': sent } });
    expect(reply.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

test('a preflight allows what it asks for', async () => {
  const { url } = await serve([]);
  const asked = 'access-control-allow-origin, authorization, content-type, x-ibm-request-id, x-watson-channel';
  const reply = await fetch(`${url}/api/v1/threads`, {
    method: 'OPTIONS',
    headers: {
      origin: 'http://localhost:4000',
      'access-control-request-method': 'POST',
      'access-control-request-headers': asked,
    },
  });
  expect(reply.status).toBe(204);
  expect(Object.fromEntries(reply.headers)).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-headers': asked,
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
    'access-control-max-age': '7200',
  });
});

describe('the error boundary', () => {
  test('gives what is meant for the caller', async () => {
    const { url, logged } = await serve([
      endpoint('GET', '/a', () => {
        throw new ClewError('invalid_request', 'No.');
      }),
      endpoint('GET', '/closing', async () => Promise.reject(new ClewError('server_closing'))),
    ]);
    const reply = await fetch(`${url}/a`);
    expect([reply.status, await reply.json()]).toMatchObject([422, { code: 'invalid_request', detail: 'No.' }]);
    const closing = await fetch(`${url}/closing`);
    expect([closing.status, closing.headers.get('retry-after')]).toEqual([503, '1']);
    expect(logged.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('logs a defect under the id of the request and tells the caller nothing of it', async () => {
    const cause = new Error('the password is hunter2');
    const { url, logged } = await serve([
      endpoint('GET', '/a', () => {
        throw cause;
      }),
      endpoint('GET', '/cycle', () => {
        const body: Record<string, unknown> = {};
        body.self = body;
        return { status: 200, body };
      }),
    ]);
    for (const path of ['/a', '/cycle']) {
      const reply = await fetch(url + path, { headers: { 'x-request-id': 'r1' } });
      const text = await reply.text();
      expect(reply.status).toBe(500);
      expect(JSON.parse(text)).toMatchObject({ code: 'server_error' });
      expect(text).not.toContain('hunter2');
    }
    const errors = logged.filter(({ level }) => level === 'error');
    expect(errors[0]?.fields).toMatchObject({ err: cause, requestId: 'r1', path: '/a' });
    expect(errors).toHaveLength(2);
  });
});
