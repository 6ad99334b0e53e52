import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig, SETTINGS } from '../../packages/server/src/config/index.ts';
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
  readonly security_opt?: readonly string[];
  readonly user?: string;
  readonly healthcheck?: object;
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
  });

  test('nodes and proxy have no capabilities that they do not need, and nobody is root', () => {
    expect(clew.cap_drop).toEqual(['ALL']);
    expect(proxy.cap_drop).toEqual(['ALL']);
    expect(proxy.user).toMatch(/^65532/);
    expect(clew.user, 'that of the image').toBeUndefined();
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

  test('a node that is stopped has longer than the grace of its runs', () => {
    const seconds = Number(/^(\d+)s$/.exec(clew.stop_grace_period ?? '')?.[1]);
    expect(seconds * 1_000).toBeGreaterThan(Number(clew.environment?.CLEW_GRACE_MS) + 5_000);
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
