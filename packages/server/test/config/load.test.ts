import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { load, projectFolder } from './folder.ts';

describe('loadConfig', () => {
  test('has a default for everything', () => {
    const folder = projectFolder();
    expect(load(null, { folder })).toEqual({
      project: folder,
      server: {
        host: '127.0.0.1',
        port: 4321,
        role: 'all',
        publicUrl: null,
        drainMs: 3000,
        graceMs: 5000,
        allowOpen: false,
        hosts: null,
        trustedProxies: null,
      },
      storage: {
        file: join(folder, '.clew', 'clew.db'),
        synchronous: 'normal',
        url: null,
        directUrl: null,
        connections: 10,
        prepare: true,
      },
      engine: {
        leaseMs: 10000,
        concurrency: 2000,
        queue: 10000,
        queueShare: 50,
        doubleTexting: 'enqueue',
        coalesceMs: 40,
        coalesceBytes: 2048,
        waitMs: 86400000,
        attempts: 3,
        runCharacters: 33554432,
      },
      limits: {
        bodyBytes: 1048576,
        uploadBytes: 20971520,
        spreadsheetBytes: 1048576,
        uploadFiles: 10,
        connections: 20000,
        headerBytes: 16384,
        headersMs: 20000,
        requestMs: 60000,
      },
      files: {
        ...{ store: 'disk', folder: null, types: expect.stringMatching(/^image\/\*,audio/), linkSeconds: 86400 },
        ...{ bucket: null, region: 'us-east-1', endpoint: null, addressing: 'path', prefix: null },
      },
      knowledge: { embeddings: null },
      auth: { tokenSeconds: 86400 },
      acpHistoryHosts: null,
      acpPort: null,
      approvals: { writeOnly: 'ask', readWrite: 'ask', admin: 'ask', expireMs: 0, onExpiry: 'reject' },
      python: null,
      retention: { threads: null, visitorThreads: null, deltas: null, archive: null, files: null, receipts: null },
      defaultAgent: null,
      models: expect.objectContaining({ ollama: expect.objectContaining({ missing: null }) }),
      channels: { default: expect.objectContaining({ modes: ['open'], origins: [], agents: null }) },
      webhooks: [],
      log: { level: 'info', format: 'json' },
    });
    expect(load(null, { terminal: true }).log.format).toBe('pretty');
  });

  test('the command line wins over the environment, which wins over the file', () => {
    const file = 'server:\n  port: 1000\n  host: a\nlog:\n  level: warn\n';
    expect(load(file).server).toMatchObject({ port: 1000, host: 'a' });
    const env = { CLEW_PORT: '2000', CLEW_HOST: 'b' };
    expect(load(file, { env }).server).toMatchObject({ port: 2000, host: 'b' });
    const all = load(file, { env, flags: { port: '3000', verbose: true } });
    expect(all.server).toMatchObject({ port: 3000, host: 'b' });
    expect(all.log.level).toBe('warn');
  });

  test('is frozen through and through', () => {
    const config = load(null);
    expect(Object.isFrozen(config)).toBe(true);
    expect(
      Object.values(config).filter((part) => typeof part === 'object' && part !== null && !Object.isFrozen(part)),
    ).toEqual([]);
  });

  test('paths count from the place where they are written', () => {
    const folder = projectFolder();
    mkdirSync(join(folder, 'inner'));
    writeFileSync(join(folder, 'inner', 'clew.config.yaml'), 'storage: { file: data/x.db }');
    const at = (more: object) => loadConfig({ project: 'inner', cwd: folder, ...more });
    expect(at({}).project).toBe(join(folder, 'inner'));
    expect(at({}).storage.file).toBe(join(folder, 'inner', 'data', 'x.db'));
    expect(at({ flags: { db: 'y.db' } }).storage.file).toBe(join(folder, 'y.db'));
    expect(at({ env: { CLEW_DB: ':memory:' } }).storage.file).toBe(':memory:');
  });

  test('addresses lose their last slash; unset values change nothing', () => {
    expect(load(null, { env: { CLEW_PUBLIC_URL: 'https://chat.example.com/x/' } }).server.publicUrl).toBe(
      'https://chat.example.com/x',
    );
    expect(load('server:\nlog:\n  level:\ndefaultAgent: ~\n', { env: { CLEW_PORT: '' } }).server.port).toBe(4321);
    expect(load('# only a comment\n').server.port).toBe(4321);
    expect(load('engine: { leaseMs: &b 6000 }\nserver: { graceMs: *b }').server.graceMs).toBe(6000);
  });

  test('what Kubernetes sets for a service called clew is no mistake', () => {
    const env = {
      CLEW_PORT: 'tcp://10.0.0.1:80',
      CLEW_SERVICE_HOST: '10.0.0.1',
      CLEW_SERVICE_PORT: '80',
      CLEW_PORT_80_TCP: 'x',
      CLEW_API_KEY: 'k',
    };
    expect(load(null, { env }).server.port).toBe(4321);
  });
});
