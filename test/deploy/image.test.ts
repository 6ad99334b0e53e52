import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SETTINGS } from '../../packages/server/src/config/index.ts';
import { freePort } from '../kit/ports.ts';
import { ROOT } from '../kit/server.ts';
import { isExact, stagesOf } from './dockerfile.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const stages = stagesOf(read('deploy/Dockerfile'));
const last = stages.at(-1) ?? [];
const said = (name: string) => last.filter((one) => one.name === name).map(({ text }) => text);
const HEALTHCHECK = join(ROOT, 'deploy/healthcheck.mjs');

describe('the image', () => {
  test('is made from exact versions, of the Node that package.json pins', () => {
    const names = stages.map(([from]) => / AS (\S+)$/.exec(from?.text ?? '')?.[1]);
    const from = stages.map(([first]) => (first?.text ?? '').split(' ')[0] ?? '');
    const foreign = from.filter((image) => image !== 'scratch' && !names.includes(image));
    expect(foreign.filter((image) => !isExact(image))).toEqual([]);
    const { node } = JSON.parse(read('package.json')).devDependencies;
    for (const image of foreign) expect(image).toMatch(new RegExp(`^node:${node}-`));
  });

  test('begins with nothing, runs as a user without rights and writes to its volume alone', () => {
    expect(said('FROM')).toEqual(['scratch']);
    expect(said('USER')).toEqual(['65532:65532']);
    expect(said('VOLUME')).toEqual(['["/data"]']);
    expect(said('RUN'), 'there is no shell').toEqual([]);
    for (const name of ['ENTRYPOINT', 'CMD']) expect(said(name)[0], name).toMatch(/^\[/);
    expect(said('HEALTHCHECK')[0]).toMatch(/CMD \["/);
  });

  test('sets only what can be set, and listens where it says', () => {
    const env = Object.fromEntries(
      said('ENV').flatMap((text) => text.split(/\s+/).map((pair) => pair.split('=') as [string, string])),
    );
    const known = SETTINGS.map((setting) => setting.env as string);
    expect(Object.keys(env).filter((name) => name.startsWith('CLEW_') && !known.includes(name))).toEqual([]);
    expect(said('EXPOSE')).toEqual([env.CLEW_PORT]);
    expect(env.CLEW_DB).toMatch(/^\/data\//);
  });

  test('starts what the package installs, says its version, and is stopped by the signal that lets runs end', () => {
    const { bin, version } = JSON.parse(read('packages/server/package.json'));
    expect(said('LABEL')[0]).toContain(`org.opencontainers.image.version="${version}"`);
    expect(said('STOPSIGNAL')).toEqual(['SIGTERM']);
    expect(JSON.parse(said('ENTRYPOINT')[0] ?? '[]')[1]).toBe(`/node_modules/clew/${bin.clew}`);
  });

  test('is made of files that are there and that .dockerignore lets through', () => {
    const rules = read('.dockerignore').split('\n');
    const sources = stages
      .flat()
      .filter(({ name, text }) => name === 'COPY' && !text.startsWith('--from'))
      .flatMap(({ text }) => text.split(' ').slice(0, -1))
      .filter((path) => path !== '.');
    expect(sources.length).toBeGreaterThan(3);
    for (const path of sources) {
      expect(existsSync(join(ROOT, path)), path).toBe(true);
      expect(
        rules.some((rule) => rule.startsWith('!') && `${path}/`.startsWith(`${rule.slice(1)}/`)),
        path,
      ).toBe(true);
    }
  });
});

describe('the health check of the image', () => {
  const answers = (status: number) => createServer((_, response) => response.writeHead(status).end('{}'));

  async function check(port: number): Promise<number> {
    const child = spawn(process.execPath, [HEALTHCHECK], {
      env: { CLEW_PORT: String(port) },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [code] = (await once(child, 'exit')) as [number];
    return code;
  }

  test.each([
    [200, 0],
    [503, 1],
  ])('a node that answers %i gives %i', async (status, code) => {
    const server = answers(status).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    expect(await check((server.address() as AddressInfo).port)).toBe(code);
  });

  test('a node that does not answer gives 1', async () => {
    expect(await check(await freePort())).toBe(1);
  });
});
