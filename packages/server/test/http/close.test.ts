import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { takePort } from '../../../../test/kit/ports.ts';
import { createHttp } from '../../src/http/index.ts';
import { deferred, endpoint, serve, until } from './kit.ts';

describe('close', () => {
  test('lets a request end within the grace, and takes no new ones', async () => {
    const asked = deferred();
    const more = deferred();
    const { url, port, http } = await serve([
      endpoint('GET', '/a', () => ({
        status: 200,
        headers: {},
        stream: (async function* () {
          yield 'one,';
          asked.resolve();
          await more.promise;
          yield 'two';
        })(),
      })),
    ]);
    const reply = await fetch(`${url}/a`);
    await asked.promise;
    const closed = http.close(60_000);
    const refused = deferred<string>();
    connect(port, '127.0.0.1').on('error', (error: NodeJS.ErrnoException) => refused.resolve(error.code ?? ''));
    expect(await refused.promise).toBe('ECONNREFUSED');
    more.resolve();
    expect(await reply.text()).toBe('one,two');
    await closed;
    await http.close(0);
  });

  test('cuts what is left after the grace, and says so', async () => {
    const aborted = deferred();
    const { url, http, logged } = await serve([
      endpoint('GET', '/a', ({ signal }) => ({
        status: 200,
        headers: {},
        stream: (async function* () {
          yield 'one';
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          aborted.resolve();
        })(),
      })),
    ]);
    const reply = await fetch(`${url}/a`);
    await http.close(0);
    await aborted.promise;
    await expect(reply.text()).rejects.toThrow();
    expect(logged.find(({ level }) => level === 'warn')?.fields).toEqual({ inFlight: 1 });
    expect(http.inFlight).toBe(0);
  });

  test('does not wait for idle connections', async () => {
    const { url, port, http } = await serve([endpoint('GET', '/a', () => ({ status: 204 }))]);
    await fetch(`${url}/a`);
    const silent = connect(port, '127.0.0.1');
    const gone = new Promise((resolve) => silent.on('close', resolve));
    await new Promise((resolve) => silent.on('connect', resolve));
    await until(() => http.inFlight === 0);
    await http.close(60_000);
    await gone;
  });

  test('before listen does nothing', async () => {
    const { http } = unheard({ host: '127.0.0.1', port: 0 });
    await http.close(1_000);
  });
});

describe('listen', () => {
  test('says what to do when the port is taken', async () => {
    const { port, release } = await takePort();
    const { http } = unheard({ host: '127.0.0.1', port });
    await expect(http.listen()).rejects.toMatchObject({
      code: 'port_taken',
      message: `Port ${port} is taken. Stop the other program or choose another port with --port.`,
    });
    await http.close(0);
    await release();
  });

  test.each(['0.0.0.0', '::', '192.168.1.2', 'example.org'])('refuses %s while there is no sign-in', async (host) => {
    const { http } = unheard({ host, port: 0 });
    await expect(http.listen()).rejects.toMatchObject({ code: 'host_not_local' });
  });

  test('takes it when it is allowed', async () => {
    const { http } = unheard({ host: '0.0.0.0', port: 0 }, true);
    const { url, port } = await http.listen();
    expect(url).toBe(`http://localhost:${port}`);
    await http.close(0);
  });

  test('says when there is no such address', async () => {
    const { http } = unheard({ host: '203.0.113.1', port: 0 }, true);
    await expect(http.listen()).rejects.toMatchObject({ code: 'host_unknown' });
  });

  test('gives the public address when there is one', async () => {
    const config = { host: '127.0.0.1', port: 0, bodyBytes: 1, publicUrl: 'https://chat.example.org' };
    const { url } = await serve([], { config });
    expect(url).toBe('https://chat.example.org');
  });
});

function unheard(at: { host: string; port: number }, allowRemote = false) {
  const quiet = () => undefined;
  const http = createHttp({
    wires: [],
    identify: () => Promise.reject(new Error('nobody asks')),
    config: { ...at, bodyBytes: 1_000, publicUrl: null },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    clock: { now: () => 0, id: () => 'id' },
    version: '0',
    allowRemote,
  });
  return { http };
}
