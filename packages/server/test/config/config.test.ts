import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigError, formatMistake, loadConfig, readEnvironment, SETTINGS } from '../../src/config/index.ts';
import { nearest } from '../../src/config/nearest.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clew-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function load(
  yaml: string | null,
  more: { env?: Record<string, string>; flags?: Record<string, unknown>; terminal?: boolean } = {},
) {
  if (yaml !== null) writeFileSync(join(folder, 'clew.config.yaml'), yaml);
  return loadConfig({ project: folder, cwd: folder, terminal: false, ...more });
}

function mistakes(...args: Parameters<typeof load>): string[] {
  try {
    load(...args);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes.map(formatMistake);
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  test('has a default for everything', () => {
    expect(load(null)).toEqual({
      project: folder,
      server: { host: '127.0.0.1', port: 4321, publicUrl: null, graceMs: 5000 },
      storage: { file: join(folder, '.clew', 'clew.db'), synchronous: 'normal' },
      engine: { leaseMs: 15000, concurrency: 2000, coalesceMs: 40, coalesceBytes: 2048, waitMs: 86400000 },
      limits: { bodyBytes: 1048576 },
      auth: { tokenSeconds: 86400 },
      acpHistoryHosts: null,
      acpPort: null,
      defaultAgent: null,
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

describe('mistakes', () => {
  const cases: [
    name: string,
    yaml: string | null,
    env: Record<string, string>,
    flags: Record<string, unknown>,
    expected: string[],
  ][] = [
    [
      'a misspelt member',
      'server:\n  prot: 1\n',
      {},
      {},
      ['clew.config.yaml:2: server.prot: There is no such setting. Did you mean `server.port`?'],
    ],
    [
      'a misspelt group',
      '\nsrever:\n  port: 1\n',
      {},
      {},
      ['clew.config.yaml:2: srever: There is no such setting. Did you mean `server`?'],
    ],
    [
      'a member outside of its group',
      'port: 80',
      {},
      {},
      ['clew.config.yaml:1: port: There is no such setting. Did you mean `port` below `server:`?'],
    ],
    [
      'another way to write it',
      'limits:\n  body_bytes: 9999',
      {},
      {},
      ['clew.config.yaml:2: limits.body_bytes: There is no such setting. Did you mean `limits.bodyBytes`?'],
    ],
    [
      'nothing like it',
      'telephone: 1',
      {},
      {},
      [
        'clew.config.yaml:1: telephone: There is no such setting. Remove it; docs/config.md lists the settings there are.',
      ],
    ],
    [
      'out of range',
      'server:\n  port: 70000',
      {},
      {},
      [
        'clew.config.yaml:2: server.port: `70000` is not a whole number from 0 to 65,535. Write, for example, `port: 8080`.',
      ],
    ],
    [
      'a quoted number',
      'server:\n  port: "80"',
      {},
      {},
      [
        'clew.config.yaml:2: server.port: `80` is not a whole number from 0 to 65,535. Write `port: 80` without quotes.',
      ],
    ],
    [
      'a list',
      'server:\n  host: [a]',
      {},
      {},
      [
        'clew.config.yaml:2: server.host: `[]` is not a text with at least one character. Write, for example, `host: 0.0.0.0`.',
      ],
    ],
    [
      'a misspelt word',
      'log:\n  level: wran',
      {},
      {},
      [
        'clew.config.yaml:2: log.level: `wran` is not one of fatal, error, warn, info, debug, silent. Did you mean `warn`?',
      ],
    ],
    [
      'a value for a group',
      'server: 80',
      {},
      {},
      [
        'clew.config.yaml:1: server: This is a group of settings and takes no value of its own. Indent its settings below it, for example `host: 0.0.0.0`.',
      ],
    ],
    [
      'an address without a scheme',
      'server:\n  publicUrl: chat.example.com',
      {},
      {},
      [
        'clew.config.yaml:2: server.publicUrl: `chat.example.com` is not an address that begins with http:// or https:// and has no ? or #. Write, for example, `publicUrl: https://chat.example.com`.',
      ],
    ],
    [
      'not settings at all',
      '- a\n- b',
      {},
      {},
      [
        'clew.config.yaml:1: The file must hold settings, each as `name: value`. Write, for example, `defaultAgent: guide`.',
      ],
    ],
    [
      'a key twice',
      'log:\n  level: info\n  level: warn',
      {},
      {},
      ['clew.config.yaml:3: Map keys must be unique. Keep one of the two.'],
    ],
    [
      'the environment',
      null,
      { CLEW_PORT: 'many', CLEW_PROT: '1' },
      {},
      [
        'environment: CLEW_PROT: There is no such setting. Did you mean `CLEW_PORT`?',
        'environment: CLEW_PORT: `many` is not a whole number from 0 to 65,535. Write, for example, `CLEW_PORT=8080`.',
      ],
    ],
    [
      'the command line',
      null,
      {},
      { leaseMs: '5' },
      [
        'command line: --lease-ms: `5` is not a whole number from 1,000 to 3,600,000. Write, for example, `--lease-ms 30000`.',
      ],
    ],
  ];
  test.each(cases)('%s', (_, yaml, env, flags, expected) => {
    expect(mistakes(yaml, { env, flags })).toEqual(expected);
  });

  test('come all at once, also where another source overrides the value', () => {
    const found = mistakes('server:\n  port: x\nlog:\n  levl: info\n', {
      env: { CLEW_SYNCHRONOUS: 'off' },
      flags: { port: 1 },
    });
    expect(found.map((text) => text.split(': ').slice(0, 2).join(' '))).toEqual([
      'clew.config.yaml:4 log.levl',
      'clew.config.yaml:2 server.port',
      'environment CLEW_SYNCHRONOUS',
    ]);
  });

  test('broken YAML names the line', () => {
    expect(mistakes('server:\n  host: "a\n')[0]).toMatch(/^clew\.config\.yaml:\d+: .+\. Check the indentation/);
  });

  test('a file that is not UTF-8, a file of another name, a folder that is none', () => {
    writeFileSync(join(folder, 'clew.config.yaml'), Buffer.from([0xff, 0xfe, 0x41]));
    expect(mistakes(null)).toEqual(['clew.config.yaml:1: The file is not text in UTF-8. Save it again as UTF-8.']);
    rmSync(join(folder, 'clew.config.yaml'));
    mkdirSync(join(folder, 'clew.config.yaml'));
    expect(mistakes(null)[0]).toMatch(/cannot be read \(EISDIR\)/);
    rmSync(join(folder, 'clew.config.yaml'), { recursive: true });
    writeFileSync(join(folder, 'clew.config.yml'), 'server: {}');
    expect(mistakes(null)).toEqual([
      'clew.config.yml: A file of this name is not read. Rename it to clew.config.yaml.',
    ]);
    expect(() => loadConfig({ project: 'nowhere', cwd: folder })).toThrow(
      'There is no folder `nowhere`. Run `clew init nowhere` to make a project.',
    );
  });
});

test('the environment holds only names of Clew and is frozen', () => {
  process.env.CLEW_TEST_VALUE = '1';
  try {
    const env = readEnvironment();
    expect(env.CLEW_TEST_VALUE).toBe('1');
    expect(Object.keys(env).filter((name) => !name.startsWith('CLEW_'))).toEqual([]);
    expect(Object.isFrozen(env)).toBe(true);
  } finally {
    delete process.env.CLEW_TEST_VALUE;
  }
});

test('every default and every example is a value that its setting takes', () => {
  const wrong = SETTINGS.filter((setting) => {
    const example = setting.type === 'integer' ? Number(setting.example) : setting.example;
    const fallback = setting.fallback ?? example;
    return !setting.schema.safeParse(example).success || !setting.schema.safeParse(fallback).success;
  });
  expect(wrong.map((setting) => setting.key)).toEqual([]);
});

test('names of settings are unique in each source', () => {
  for (const member of ['key', 'env', 'flag'] as const)
    expect(new Set(SETTINGS.map((setting) => setting[member])).size).toBe(SETTINGS.length);
});

test('nearest finds what was meant and nothing else', () => {
  const known = ['server.port', 'log.level', 'defaultAgent'];
  expect(nearest('default_agent', known)).toBe('defaultAgent');
  expect(nearest('server.potr', known)).toBe('server.port');
  expect(nearest('level', known)).toBe('log.level');
  expect(nearest('zzz', known)).toBeUndefined();
});
