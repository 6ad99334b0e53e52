import { afterEach, describe, expect, test } from 'vitest';
import { start, told } from './start.ts';

const server = await start(['--headers-ms', '1000', '--request-ms', '2000', '--body-bytes', '100000']);
const { raw, park } = server;

afterEach(() => server.calm());

const SMUGGLED = 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n';
const post = (headers: string, body = '') =>
  `POST /api/v1/threads HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n\r\n${body}`;

describe('what two servers could read in two ways is refused, and nothing after it is read', () => {
  test.each([
    ['a length and chunks', post('Content-Length: 4\r\nTransfer-Encoding: chunked', `0\r\n\r\n${SMUGGLED}`)],
    ['chunks and a length', post('Transfer-Encoding: chunked\r\nContent-Length: 4', `0\r\n\r\n${SMUGGLED}`)],
    ['two lengths', post('Content-Length: 0\r\nContent-Length: 9', SMUGGLED)],
    ['a list of lengths', post('Content-Length: 2, 2', `{}${SMUGGLED}`)],
    ['a length with a sign', post('Content-Length: +2', `{}${SMUGGLED}`)],
    ['a negative length', post('Content-Length: -1', SMUGGLED)],
    ['a length in hexadecimal', post('Content-Length: 0x2', `{}${SMUGGLED}`)],
    ['a space before the colon', post('Transfer-Encoding : chunked', `0\r\n\r\n${SMUGGLED}`)],
    ['a coding after chunked', post('Transfer-Encoding: chunked, identity', `0\r\n\r\n${SMUGGLED}`)],
    ['a coding that is nearly chunked', post('Transfer-Encoding: xchunked', `0\r\n\r\n${SMUGGLED}`)],
    ['a folded header', post('Transfer-Encoding:\r\n chunked\r\nContent-Length: 3', `0\r\n\r\n${SMUGGLED}`)],
    ['a bare carriage return in a header', post('X-A: b\rTransfer-Encoding: chunked', `0\r\n\r\n${SMUGGLED}`)],
    ['NUL in a header', post('X-A: b\0c', SMUGGLED)],
    ['a size of a chunk that is none', post('Transfer-Encoding: chunked', `zz\r\n{}\r\n0\r\n\r\n${SMUGGLED}`)],
    ['a size of a chunk beyond all numbers', post('Transfer-Encoding: chunked', `${'f'.repeat(17)}\r\n{}${SMUGGLED}`)],
    ['a chunk longer than its size', post('Transfer-Encoding: chunked', `1\r\n{}\r\n0\r\n\r\n${SMUGGLED}`)],
    ['no host', `POST /api/v1/threads HTTP/1.1\r\n\r\n${SMUGGLED}`],
    ['another version', `GET / HTTP/9.9\r\n\r\n${SMUGGLED}`],
    ['another protocol', `\u0016\u0003\u0001\u0002\0${SMUGGLED}`],
    ['HTTP/2 without asking', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${SMUGGLED}`],
  ])('%s', async (_, bytes) => {
    expect(told(await raw(bytes))).toEqual({ statuses: [400], code: 'malformed_request' });
  });

  test('what follows a good request is not mixed into its answer', async () => {
    const received = await raw(`${SMUGGLED}\0garbage\r\n\r\n${SMUGGLED}`);
    expect(told(received).statuses).toEqual([200]);
    expect(received).toContain('"status":"ok"');
  });

  test('a tunnel is not opened', async () => {
    const received = await raw('CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n');
    expect(told(received).statuses.filter((status) => status < 400)).toEqual([]);
  });
});

describe('floods', () => {
  test('headers that are too large', async () => {
    const received = await raw(`GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ${'a'.repeat(1_000_000)}\r\n\r\n`);
    expect(told(received)).toEqual({ statuses: [431], code: 'headers_too_large' });
  });

  test('an address that is too long', async () => {
    const received = await raw(`GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect(told(received)).toEqual({ statuses: [431], code: 'headers_too_large' });
  });

  test('headers that are too many, which would push the token out', async () => {
    const received = await raw(`GET /health HTTP/1.1\r\nHost: localhost\r\n${'A: b\r\n'.repeat(1_500)}\r\n`);
    expect(told(received)).toEqual({ statuses: [431], code: 'headers_too_large' });
  });

  test('headers without an end', async () => {
    const socket = await park('GET / HTTP/1.1\r\nHost: localhost\r\n');
    const closed = new Promise((resolve) => socket.on('close', resolve));
    const more = () => void (socket.writable && socket.write(`A: ${'b'.repeat(1_000)}\r\n`, more));
    more();
    socket.resume();
    await closed;
  });

  test('trailers without an end', async () => {
    const trailers = Array.from({ length: 200 }, () => `A: ${'b'.repeat(1_000)}\r\n`);
    const received = await raw([post('Transfer-Encoding: chunked', '2\r\n{}\r\n0\r\n'), ...trailers]);
    expect(told(received).statuses.filter((status) => status >= 500)).toEqual([]);
  });

  test('two thousand requests at once on one connection are answered one after another', async () => {
    const count = (received: string) => received.split('"status":"ok"').length - 1;
    expect(count(await raw(SMUGGLED.repeat(2_000), (received) => count(received) === 2_000))).toBe(2_000);
  });

  test('chunks without an end are not kept', async () => {
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const received = await raw([post('Transfer-Encoding: chunked'), ...Array.from({ length: 1_000 }, () => chunk)]);
    // Who does not stop sending may lose the answer with the connection.
    expect(['', 'too_large']).toContain(told(received).code ?? '');
  });

  test('a million chunks of one byte', async () => {
    const received = await raw([post('Transfer-Encoding: chunked'), '1\r\nx\r\n'.repeat(1_000_000)]);
    expect(['', 'too_large', 'request_timeout']).toContain(told(received).code ?? '');
  });
});

describe('who is slow is cut', () => {
  test.each([
    ['says nothing', ''],
    ['begins a request', 'GE'],
    ['does not end its headers', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: '],
  ])('%s', async (_, bytes) => {
    expect(told(await raw(bytes === '' ? [] : bytes))).toEqual({ statuses: [408], code: 'request_timeout' });
  });

  test.each([
    ['a body that stops', post('Content-Length: 100', '{"title":')],
    ['a body that never begins', post('Content-Length: 100')],
    ['chunks that stop', post('Transfer-Encoding: chunked', '5\r\n{"tit\r\n')],
    [
      'a form that stops',
      'POST /api/v1/orchestrate/upload-to-s3 HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nhalf',
    ],
  ])('%s', async (_, bytes) => {
    expect(told(await raw(bytes))).toEqual({ statuses: [408], code: 'request_timeout' });
  });

  test('a byte now and then does not count as progress', async () => {
    const socket = await park('GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ');
    let received = '';
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      received += chunk;
    });
    const drip = setInterval(() => socket.writable && socket.write('a'), 50);
    await closed;
    clearInterval(drip);
    expect(told(received).code).toBe('request_timeout');
  });

  test('who has sent everything and reads nothing', async () => {
    const sockets = await Promise.all(
      Array.from({ length: 50 }, () => park(`${SMUGGLED.replace('/health', '/docs')}`.repeat(50))),
    );
    for (const socket of sockets) socket.pause();
    await server.calm();
    for (const socket of sockets) socket.destroy();
  });

  test('who closes its half is answered', async () => {
    const socket = await park();
    let received = '';
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      received += chunk;
    });
    socket.end(SMUGGLED);
    await closed;
    expect(told(received).statuses).toEqual([200]);
  });
});
