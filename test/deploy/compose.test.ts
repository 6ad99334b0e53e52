import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig, SETTINGS } from '../../packages/server/src/config/index.ts';
import { works } from '../kit/programs.ts';
import { ROOT } from '../kit/server.ts';
import { isExact } from './dockerfile.ts';

interface Service {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly networks: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly user?: string;
  readonly healthcheck?: object;
  readonly restart?: string;
  readonly logging?: { readonly options: Readonly<Record<string, string>> };
  readonly tmpfs?: readonly string[];
  readonly stop_grace_period?: string;
  readonly deploy?: { readonly replicas: number };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const compose = parse(readFileSync(join(ROOT, 'deploy/compose.yaml'), 'utf8')) as {
  readonly services: Readonly<Record<'database' | 'clew' | 'proxy', Service>>;
  readonly secrets: Readonly<Record<string, object>>;
  readonly networks: Readonly<
    Record<string, { readonly ipam: { readonly config: readonly { readonly subnet: string }[] } }>
  >;
};
const { database, clew, proxy } = compose.services;
const caddyfile = readFileSync(join(ROOT, 'deploy/compose/Caddyfile'), 'utf8');

describe('deploy/compose.yaml', () => {
  test.each(Object.entries(compose.services))('%s is an exact version with a root that is read only', (_, service) => {
    expect(isExact(service.image), service.image).toBe(true);
    expect(service.read_only).toBe(true);
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(service.cap_drop).toEqual(['ALL']);
  });

  test.each(Object.entries(compose.services))('%s comes back by itself, and its log has an end', (_, service) => {
    expect(service.restart).toBe('unless-stopped');
    expect(service.logging?.options).toMatchObject({ 'max-size': '10m', 'max-file': '5' });
  });

  test('nobody is root, and nobody has a capability but the one without which Caddy does not start', () => {
    expect(proxy.user).toBe('65532:65532');
    expect(database.user).toBe('999:999');
    expect(clew.user, 'that of the image').toBeUndefined();
    expect([database.cap_add, clew.cap_add]).toEqual([undefined, undefined]);
    expect(proxy.cap_add, 'its file asks for it: EPERM at the start otherwise').toEqual(['NET_BIND_SERVICE']);
  });

  test('what is written in memory may be written by everybody: engines differ in whose it is otherwise', () => {
    const places = Object.values(compose.services).flatMap(({ tmpfs = [] }) => tmpfs);
    expect(places.length).toBeGreaterThan(2);
    for (const place of places) expect(place).toMatch(/^\/\w+:mode=1777$/);
  });

  test('the proxy is one that sends a message again: 2.10 answers 502 where a node has just gone', () => {
    const [, major, minor, patch] = /^caddy:(\d+)\.(\d+)\.(\d+)-alpine$/.exec(proxy.image)?.map(Number) ?? [];
    expect([major, minor]).toEqual([2, 11]);
    expect(patch).toBeGreaterThanOrEqual(4);
    expect(caddyfile).toMatch(/dial_timeout 1s/);
  });

  test('nodes are several, wait for the database, and the proxy waits for them', () => {
    expect(clew.deploy?.replicas).toBeGreaterThanOrEqual(2);
    expect(clew.depends_on?.database?.condition).toBe('service_healthy');
    expect(proxy.depends_on?.clew?.condition).toBe('service_healthy');
    for (const service of [database, proxy]) expect(service.healthcheck).toBeDefined();
  });

  test('what is set can be set, and makes a configuration', () => {
    const known = SETTINGS.flatMap(({ env, secret }) => (secret ? [env, `${env}_FILE`] : [env])) as string[];
    const names = Object.keys(clew.environment ?? {});
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
    const { CLEW_DATABASE_URL_FILE: file, ...environment } = clew.environment ?? {};
    expect(file).toBe(`/run/secrets/${clew.secrets?.[0]}`);
    const env = { ...environment, CLEW_DATABASE_URL: 'postgres://clew:secret@database/clew' };
    const config = loadConfig({ project: join(ROOT, 'examples/starter'), env, terminal: false });
    expect(config.server.publicUrl).toBe('http://localhost:8080');
    expect(config.server.trustedProxies).toBe(compose.networks.inside?.ipam.config[0]?.subnet);
  });

  test('no password stands in it', () => {
    expect(Object.keys(compose.secrets).sort()).toEqual([...(database.secrets ?? []), ...(clew.secrets ?? [])].sort());
    expect(database.environment?.POSTGRES_PASSWORD).toBeUndefined();
  });

  test('a node that is stopped has longer than it drains and its runs have grace', () => {
    const seconds = Number(/^(\d+)s$/.exec(clew.stop_grace_period ?? '')?.[1]);
    const { CLEW_DATABASE_URL_FILE: _, ...env } = clew.environment ?? {};
    const { server } = loadConfig({ project: join(ROOT, 'examples/starter'), env, terminal: false });
    expect(server.graceMs).toBe(20_000);
    expect(seconds * 1_000).toBeGreaterThanOrEqual(server.drainMs + server.graceMs + 5_000);
  });

  test('only this machine reaches the proxy, which spreads requests over all nodes without a memory', () => {
    expect(proxy.ports).toEqual(['127.0.0.1:8080:8080']);
    for (const service of [database, clew]) expect(service.ports).toBeUndefined();
    expect(caddyfile).toMatch(/^:8080 \{/m);
    expect(caddyfile).toMatch(/dynamic a clew 4321/);
    expect(caddyfile).toMatch(/lb_policy round_robin/);
    expect(caddyfile).toMatch(/flush_interval -1/);
    expect(caddyfile, 'a message is sent again when its node has just gone').toMatch(/request_buffers/);
  });
});

/** `docker compose` is a plugin in most places and a program of its own in some. */
const composer = [['docker', 'compose'], ['docker-compose']].find(([program = '', ...before]) =>
  works(program, ...before, 'version'),
);

describe.skipIf(!composer)('deploy/compose.yaml, by docker compose (skipped where there is none in PATH)', () => {
  test('is what it takes for one', () => {
    const [program = '', ...before] = composer ?? [];
    const args = [...before, '--file', join(ROOT, 'deploy/compose.yaml'), 'config', '--quiet'];
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    expect(stderr, 'no warning either').toBe('');
  });
});

describe.skipIf(!works('caddy', 'version'))(
  'deploy/compose/Caddyfile, by caddy (skipped where there is none in PATH)',
  () => {
    test('is what it takes for one', () => {
      const args = ['validate', '--adapter', 'caddyfile', '--config', join(ROOT, 'deploy/compose/Caddyfile')];
      const { status, stderr } = spawnSync('caddy', args, { encoding: 'utf8' });
      expect(status, stderr).toBe(0);
    });
  },
);
