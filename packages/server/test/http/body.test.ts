import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { endpoint, exchange, type Served, serve, until } from './kit.ts';

const echo = endpoint('POST', '/echo', ({ body }) => ({ status: 200, body: { body: body ?? 'none' } }));

async function send(served: Served, body: string | Buffer, headers: Record<string, string> = {}): Promise<unknown[]> {
  const reply = await fetch(`${served.url}/echo`, {
    method: 'POST',
    body: new Blob([new Uint8Array(Buffer.from(body))]),
    headers,
  });
  const { body: parsed, code } = (await reply.json()) as { body?: unknown; code?: string };
  return [reply.status, code ?? parsed];
}

describe('a body', () => {
  test.each<[string, string, Record<string, string>, unknown]>([
    ['JSON', '{"a":1}', { 'content-type': 'application/json' }, { a: 1 }],
    ['JSON with a charset', '{"a":1}', { 'content-type': 'Application/JSON; charset=utf-8' }, { a: 1 }],
    ['a JSON dialect', '{"a":1}', { 'content-type': 'application/merge-patch+json' }, { a: 1 }],
    ['JSON without a content type', '{"a":1}', {}, { a: 1 }],
    ['JSON with a byte order mark', '\ufeff{"a":"é"}', {}, { a: 'é' }],
    [
      'a form',
      'username=a%40b&password=c+d&__proto__=e',
      { 'content-type': 'application/x-www-form-urlencoded' },
      { username: 'a@b', password: 'c d' },
    ],
    ['JSON that curl calls a form', ' {"a":1}', { 'content-type': 'application/x-www-form-urlencoded' }, { a: 1 }],
    ['nothing', '', { 'content-type': 'application/json' }, 'none'],
    ['lone surrogates and NUL', '{"a":"\\ud800\\u0000"}', {}, { a: '\ud800\0' }],
  ])('%s', async (_, body, headers, expected) => {
    const served = await serve([echo]);
    expect(await send(served, body, headers)).toEqual([200, expected]);
  });

  test.each<[string, string | Buffer, Record<string, string>, number, string]>([
    ['broken JSON', '{"a":', {}, 400, 'unreadable_json'],
    ['text that is not JSON', 'hello', { 'content-type': 'text/plain' }, 400, 'unreadable_json'],
    ['Latin-1', Buffer.from('{"a":"é"}', 'latin1'), {}, 400, 'unreadable_json'],
    ['half a character', Buffer.from('"\u{1f9f6}"').subarray(0, 3), {}, 400, 'unreadable_json'],
    ['too deep', `${'['.repeat(501)}${']'.repeat(501)}`, {}, 400, 'unreadable_json'],
    ['too large', JSON.stringify('x'.repeat(5_000)), {}, 413, 'too_large'],
    ['another type', 'a', { 'content-type': 'multipart/form-data; boundary=x' }, 415, 'unsupported_media_type'],
    ['an encoding', 'a', { 'content-encoding': 'gzip' }, 415, 'unsupported_media_type'],
  ])('%s is refused', async (_, body, headers, status, code) => {
    const served = await serve([echo], { config: { host: '127.0.0.1', port: 0, bodyBytes: 2_000, publicUrl: null } });
    expect(await send(served, body, headers)).toEqual([status, code]);
    expect(await send(served, '{}')).toEqual([200, {}]);
  });

  test('brackets in strings are not nesting', async () => {
    const served = await serve([echo], { config: { host: '127.0.0.1', port: 0, bodyBytes: 2_000, publicUrl: null } });
    const text = `"\\"${'['.repeat(600)}`.repeat(2);
    expect(await send(served, JSON.stringify({ text }))).toEqual([200, { text }]);
  });

  test.each(['"__proto__"', '"__pr\\u006fto__" '])('a key %s leaves no trace', async (key) => {
    let seen: unknown;
    const keep = endpoint('POST', '/echo', ({ body }) => {
      seen = body;
      return { status: 200, body: {} };
    });
    const { url } = await serve([keep]);
    await fetch(`${url}/echo`, { method: 'POST', body: `{"a":{${key}:{"isAdmin":true},"b":1}}` });
    expect(JSON.stringify(seen)).toBe('{"a":{"b":1}}');
    expect(Object.assign({}, (seen as { a: object }).a)).not.toHaveProperty('isAdmin');
  });

  test('that is announced too large is refused before it is sent', async () => {
    const { port } = await serve([echo]);
    const head = 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000000\r\n';
    const answered = (received: string) => received.includes('too_large');
    expect(await exchange(port, `${head}\r\n`, answered)).toMatch(/^HTTP\/1.1 413 /);
    expect(await exchange(port, `${head}Expect: 100-continue\r\n\r\n`)).toMatch(/^HTTP\/1.1 413 /);
  });

  test('without an announced length is counted as it comes', async () => {
    const { port } = await serve([echo]);
    const chunk = `3e8\r\n${'x'.repeat(1_000)}\r\n`;
    const head = 'POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(await exchange(port, `${head}${chunk}${chunk}`, (received) => received.includes('too_large'))).toMatch(
      /^HTTP\/1.1 413 /,
    );
  });

  test('is asked for when the client waits to be asked', async () => {
    const { port } = await serve([echo]);
    const request =
      'POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n[]';
    const received = await exchange(port, request);
    expect(received).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK\r\n/);
    expect(received).toContain('{"body":[]}');
  });

  test('that breaks off leaves nothing behind', async () => {
    const { http, port, logged } = await serve([echo]);
    const head = 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{"a":';
    const socket = connect(port, '127.0.0.1', () => socket.write(head));
    await until(() => http.inFlight === 1);
    socket.destroy();
    await until(() => http.inFlight === 0);
    expect(logged.filter(({ level }) => level !== 'debug')).toEqual([]);
  });
});
