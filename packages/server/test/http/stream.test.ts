import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { StreamReply, WireRequest } from '../../src/wires/endpoint.ts';
import { deferred, endpoint, exchange, serve, until } from './kit.ts';

const headers = { 'content-type': 'text/event-stream; charset=utf-8' };

function streaming(make: (request: WireRequest) => AsyncIterable<string>, keepAlive?: StreamReply['keepAlive']) {
  return endpoint('GET', '/stream', (request) => ({
    status: 200,
    headers,
    stream: make(request),
    ...(keepAlive && { keepAlive }),
  }));
}

describe('a stream', () => {
  test('is written as it comes, and ends', async () => {
    const more = deferred();
    const { url, http } = await serve([
      streaming(async function* () {
        yield 'one\n';
        yield '';
        await more.promise;
        yield 'zwei é\n';
      }),
    ]);
    const reply = await fetch(`${url}/stream`);
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      ...headers,
      'access-control-allow-origin': '*',
      'access-control-allow-credentials': 'true',
      'cache-control': 'no-store',
      'transfer-encoding': 'chunked',
      'x-accel-buffering': 'no',
    });
    const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect(await reader.read()).toEqual({ done: false, value: 'one\n' });
    expect(http.inFlight).toBe(1);
    more.resolve();
    expect(await reader.read()).toEqual({ done: false, value: 'zwei é\n' });
    expect((await reader.read()).done).toBe(true);
    await until(() => http.inFlight === 0);
  });

  test('joins what is there at once', async () => {
    const { port } = await serve([
      streaming(async function* () {
        for (let n = 0; n < 10; n++) yield `${n}\n`;
      }),
    ]);
    const received = await exchange(port, 'GET /stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(received.split('\r\n\r\n').slice(1).join('\r\n\r\n')).toBe(
      '14\r\n0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n\r\n0\r\n\r\n',
    );
  });

  test('sends its headers though nothing comes', async () => {
    const { url } = await serve([
      streaming(async function* ({ signal }) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      }),
    ]);
    const aborter = new AbortController();
    expect((await fetch(`${url}/stream`, { signal: aborter.signal })).status).toBe(200);
    aborter.abort();
  });

  test('stops to pull while its reader is slow', async () => {
    const chunk = 'x'.repeat(65_536);
    let pulls = 0;
    let closed = false;
    const { port } = await serve([
      streaming(async function* () {
        try {
          for (;;) {
            pulls++;
            yield chunk;
          }
        } finally {
          closed = true;
        }
      }),
    ]);
    const socket = connect(port, '127.0.0.1').pause();
    socket.write('GET /stream HTTP/1.1\r\nHost: x\r\n\r\n');
    let before = -1;
    for (let calm = 0; calm < 1_000; calm = pulls === before && pulls > 0 ? calm + 1 : 0) {
      before = pulls;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(pulls * chunk.length).toBeLessThan(64 * 1024 * 1024);
    socket.resume();
    await until(() => pulls > before + 100);
    socket.destroy();
    await until(() => closed);
  });

  test('hears that its reader has gone', async () => {
    const heard = deferred<string>();
    const { url, http, logged } = await serve([
      streaming(async function* ({ signal }) {
        try {
          yield 'one\n';
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          yield 'two\n';
        } finally {
          heard.resolve('closed');
        }
      }),
    ]);
    const aborter = new AbortController();
    const reply = await fetch(`${url}/stream`, { signal: aborter.signal });
    await reply.body!.getReader().read();
    aborter.abort();
    expect(await heard.promise).toBe('closed');
    await until(() => http.inFlight === 0);
    expect(logged.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  test('that breaks in the middle is cut and logged', async () => {
    const cause = new Error('broken');
    const { url, http, logged } = await serve([
      streaming(async function* () {
        yield 'one\n';
        await new Promise((resolve) => setImmediate(resolve));
        throw cause;
      }),
    ]);
    const reply = await fetch(`${url}/stream`);
    await expect(reply.text()).rejects.toThrow();
    expect(logged.find(({ level }) => level === 'error')?.fields).toMatchObject({ err: cause, path: '/stream' });
    await until(() => http.inFlight === 0);
  });

  test('is kept alive while nothing comes', async () => {
    const { url } = await serve([
      streaming(
        async function* ({ signal }) {
          yield 'one\n';
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        },
        { everyMs: 1, text: ': beat\n' },
      ),
    ]);
    const aborter = new AbortController();
    const reply = await fetch(`${url}/stream`, { signal: aborter.signal });
    const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
    let received = '';
    while (!received.includes(': beat\n: beat\n')) received += (await reader.read()).value;
    expect(received).toMatch(/^one\n(: beat\n)+$/);
    aborter.abort();
  });

  test('answers HEAD with its headers, pulling nothing', async () => {
    let pulled = false;
    const { url, http } = await serve([
      streaming(async function* () {
        pulled = true;
        yield 'one';
      }),
    ]);
    const reply = await fetch(`${url}/stream`, { method: 'HEAD' });
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, headers['content-type']]);
    await until(() => http.inFlight === 0);
    expect(pulled).toBe(false);
  });

  test('whose reader left before it began is closed', async () => {
    const begin = deferred();
    const asked = deferred();
    let returned = false;
    const stream: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: 'x' }),
        return: async () => {
          returned = true;
          return { done: true, value: undefined };
        },
      }),
    };
    const { url, http } = await serve([
      endpoint('GET', '/stream', async () => {
        asked.resolve();
        await begin.promise;
        return { status: 200, headers, stream };
      }),
    ]);
    const aborter = new AbortController();
    const reply = fetch(`${url}/stream`, { signal: aborter.signal }).catch(() => 'aborted');
    await asked.promise;
    aborter.abort();
    await until(() => http.inFlight === 0);
    begin.resolve();
    await until(() => returned);
    expect(await reply).toBe('aborted');
  });
});
