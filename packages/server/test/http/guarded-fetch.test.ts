import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { createGuardedFetch, isInside } from '../../src/http/guarded-fetch.ts';

const server = createServer((request, response) => {
  if (request.url === '/redirect') response.writeHead(302, { location: '/fine' }).end();
  else if (request.url === '/large') response.end('x'.repeat(2_000));
  else if (request.url === '/silent') response.flushHeaders();
  else response.end('fine');
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const at = (path: string, host = '127.0.0.1') => `http://${host}:${port}${path}`;
const options = { hosts: ['127.0.0.1', `localhost:${port}`], maxBytes: 1_000, timeoutMs: 300 };

describe('an address that a client names', () => {
  test('is read from a host that is listed, also a private one that is named itself', async () => {
    const read = createGuardedFetch(options);
    expect(await read(at('/'))).toBe('fine');
    expect(await read(at('/', 'localhost'))).toBe('fine');
  });

  test.each([
    ['a host that is not listed', 'http://example.org/'],
    ['another port than the listed one', 'http://localhost:1/'],
    ['another spelling of a host', `http://[::ffff:127.0.0.1]:${port}/`],
    ['a file', 'file:///etc/hostname'],
    ['data', 'data:text/plain,x'],
    ['credentials', `http://a:b@127.0.0.1:${port}/`],
    ['a redirect', at('/redirect')],
    ['a large answer', at('/large')],
    ['an answer that does not come', at('/silent')],
  ])('is refused: %s', async (_, url) => {
    await expect(createGuardedFetch(options)(url)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  test('is refused when its name leads inside', async () => {
    const read = createGuardedFetch({ hosts: ['sub.localhost'] });
    await expect(read(at('/', 'sub.localhost'))).rejects.toMatchObject({ code: 'invalid_request' });
  });

  test.each([
    ['127.0.0.1', true],
    ['10.1.2.3', true],
    ['169.254.169.254', true],
    ['192.168.1.1', true],
    ['172.31.0.1', true],
    ['100.100.0.1', true],
    ['::1', true],
    ['fd00::1', true],
    ['fe80::1', true],
    ['::ffff:10.0.0.1', true],
    ['8.8.8.8', false],
    ['2606:4700::1111', false],
  ])('%s is inside: %s', (address, inside) => {
    expect(isInside(address)).toBe(inside);
  });
});
