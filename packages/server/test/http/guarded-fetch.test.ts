import type { lookup } from 'node:dns';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, isIP, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createGuardedFetch, isInside } from '../../src/http/guarded-fetch.ts';
import { CERTIFICATE, KEY } from './certificate.ts';

const answer: RequestListener = (request, response) => {
  if (request.url === '/redirect') response.writeHead(302, { location: '/fine' }).end();
  else if (request.url === '/large') response.end('x'.repeat(2_000));
  else if (request.url === '/silent') response.flushHeaders();
  else response.end('fine');
};

/** Listens until the test ends; gives the port. */
async function listen(server: Server & { closeAllConnections(): void }, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Containers often have no IPv6, not even to themselves. */
const IPV6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

const refused = { code: 'invalid_request' };
const limits = { maxBytes: 1_000, timeoutMs: 300 };

/** A resolver that knows one answer, and counts how often it is asked. */
function names(...addresses: string[]) {
  const asked: string[] = [];
  const resolve = (name: string, _: object, done: (error: null, found: object[]) => void) => {
    asked.push(name);
    done(
      null,
      addresses.map((address) => ({ address, family: isIP(address) })),
    );
  };
  return { asked, lookup: resolve as unknown as typeof lookup };
}

describe('an address that a client names', () => {
  test('is read from a host that is listed, also a private one that is named itself', async () => {
    const port = await listen(createServer(answer));
    const read = createGuardedFetch({ ...limits, hosts: ['127.0.0.1', `localhost:${port}`] });
    expect(await read(`http://127.0.0.1:${port}/`)).toBe('fine');
    expect(await read(`http://LOCALHOST:${port}/`)).toBe('fine');
  });

  test.skipIf(!IPV6)('is read over IPv6, with and without brackets in the list', async () => {
    const port = await listen(createServer(answer), '::1');
    for (const host of ['::1', '[::1]', `[::1]:${port}`])
      expect(await createGuardedFetch({ ...limits, hosts: [host] })(`http://[0:0::1]:${port}/`)).toBe('fine');
  });

  test.each([
    ['a host that is not listed', 'http://example.org/'],
    ['another port than the listed one', 'http://localhost:1/'],
    ['a file', 'file:///etc/hostname'],
    ['data', 'data:text/plain,x'],
    ['credentials', 'http://a:b@127.0.0.1:{port}/'],
    ['a redirect', 'http://127.0.0.1:{port}/redirect'],
    ['a large answer', 'http://127.0.0.1:{port}/large'],
    ['an answer that does not come', 'http://127.0.0.1:{port}/silent'],
  ])('is refused: %s', async (_, url) => {
    const port = await listen(createServer(answer));
    const read = createGuardedFetch({ ...limits, hosts: ['127.0.0.1', `localhost:${port}`] });
    await expect(read(url.replace('{port}', `${port}`))).rejects.toMatchObject(refused);
  });

  test.each([
    'http://2130706433/',
    'http://0x7f.1/',
    'http://017700000001/',
    'http://127.1/',
    'http://127.0.0.1./',
    'http://①②⑦.0.0.1/',
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[fd00::1]/',
    'http://0/',
    'http://localhost/',
    'http://localhost./',
    'http://any.localhost/',
    'http://example.org./',
    'http://example.org:81/',
    'http://example.org.evil.test/',
    'http://evil.test#@example.org/',
    'http://evil.test\\@example.org/',
  ])('is not taken for a listed host: %s', async (url) => {
    const { asked, lookup } = names('127.0.0.1');
    const read = createGuardedFetch({ ...limits, hosts: ['example.org:80'], lookup });
    await expect(read(url)).rejects.toThrow('is not on a host that this server may read from');
    expect(asked).toEqual([]);
  });

  test.each(['http://2130706433', 'http://0x7f.1', 'http://017700000001', 'http://127.0.0.1.'])(
    'may be spelled as one likes: %s is the listed 127.0.0.1',
    async (origin) => {
      const port = await listen(createServer(answer));
      expect(await createGuardedFetch({ ...limits, hosts: ['127.0.0.1'] })(`${origin}:${port}/`)).toBe('fine');
    },
  );

  test('may leave out the port that is listed when it is the usual one', async () => {
    for (const url of ['https://example.org/', 'https://example.org:443/']) {
      const { asked, lookup } = names('10.0.0.1');
      const read = createGuardedFetch({ ...limits, hosts: ['Example.org:443'], lookup });
      await expect(read(url)).rejects.toThrow('could not be read');
      expect(asked).toEqual(['example.org']);
    }
  });
});

describe('a listed name', () => {
  test.each(['sub.localhost', 'localhost.'])('that the system leads inside is refused: %s', async (host) => {
    const port = await listen(createServer(answer));
    await expect(createGuardedFetch({ ...limits, hosts: [host] })(`http://${host}:${port}/`)).rejects.toMatchObject(
      refused,
    );
  });

  test.each([
    ['one address inside', ['127.0.0.1']],
    ['one inside among others', ['8.8.8.8', '2606:4700::1111', '10.0.0.1']],
    ['one inside in IPv6 clothes', ['8.8.8.8', '::ffff:127.0.0.1']],
    ['none', []],
  ])('is refused with %s, after one look', async (_, addresses) => {
    const port = await listen(createServer(answer));
    const { asked, lookup } = names(...addresses);
    const read = createGuardedFetch({ ...limits, hosts: ['named.example'], lookup });
    await expect(read(`http://named.example:${port}/`)).rejects.toMatchObject(refused);
    expect(asked).toEqual(['named.example']);
  });
});

describe('over TLS', () => {
  test('a certificate that nobody vouches for is refused, a trusted one of another name too, a right one is read', async () => {
    const port = await listen(createSecureServer({ key: KEY, cert: CERTIFICATE }, answer));
    const read = createGuardedFetch({ ...limits, timeoutMs: 5_000, hosts: ['localhost', '127.0.0.1'] });
    await expect(read(`https://localhost:${port}/`)).rejects.toMatchObject({
      ...refused,
      cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    });
    const trusted = getCACertificates();
    setDefaultCACertificates([...trusted, CERTIFICATE]);
    onTestFinished(() => setDefaultCACertificates(trusted));
    expect(await read(`https://localhost:${port}/`)).toBe('fine');
    await expect(read(`https://127.0.0.1:${port}/`)).rejects.toMatchObject({
      ...refused,
      cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
    await expect(read(`https://localhost:${port}/redirect`)).rejects.toMatchObject(refused);
  });

  test('a server without it is refused', async () => {
    const port = await listen(createServer(answer));
    const read = createGuardedFetch({ ...limits, hosts: ['localhost'] });
    await expect(read(`https://localhost:${port}/`)).rejects.toMatchObject(refused);
  });
});

test.each([
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['169.254.169.254', true],
  ['192.168.1.1', true],
  ['172.31.0.1', true],
  ['100.100.0.1', true],
  ['0.0.0.0', true],
  ['255.255.255.255', true],
  ['::', true],
  ['::1', true],
  ['fd00::1', true],
  ['fe80::1', true],
  ['fec0::1', true],
  ['::ffff:10.0.0.1', true],
  ['::ffff:7f00:1', true],
  ['64:ff9b::7f00:1', true],
  ['2002:7f00:1::', true],
  ['::127.0.0.1', true],
  ['::ffff:0:127.0.0.1', true],
  ['0:0:0:0:0:ffff:a9fe:a9fe', true],
  ['fd00:ec2::254', true],
  ['fdff::1', true],
  ['febf::1', true],
  ['ff02::1', true],
  ['2001:2::1', true],
  ['3fff::1', true],
  ['5f00::1', true],
  ['0.1.2.3', true],
  ['192.0.0.192', true],
  ['192.88.99.1', true],
  ['198.19.255.255', true],
  ['224.0.0.1', true],
  ['8.8.8.8', false],
  ['100.128.0.1', false],
  ['172.32.0.1', false],
  ['2001:4860:4860::8888', false],
  ['2400:cb00::1', false],
  ['::ffff:8.8.8.8', false],
  ['2606:4700::1111', false],
])('%s is inside: %s', (address, inside) => {
  expect(isInside(address)).toBe(inside);
});
