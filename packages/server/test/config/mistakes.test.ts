import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, formatMistake, loadConfig } from '../../src/config/index.ts';
import { load, projectFolder } from './folder.ts';

function mistakes(...args: Parameters<typeof load>): string[] {
  try {
    load(...args);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes.map(formatMistake);
    throw error;
  }
  return [];
}

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
    const folder = projectFolder();
    writeFileSync(join(folder, 'clew.config.yaml'), Buffer.from([0xff, 0xfe, 0x41]));
    expect(mistakes(null, { folder })).toEqual([
      'clew.config.yaml:1: The file is not text in UTF-8. Save it again as UTF-8.',
    ]);
    rmSync(join(folder, 'clew.config.yaml'));
    mkdirSync(join(folder, 'clew.config.yaml'));
    expect(mistakes(null, { folder })[0]).toMatch(/cannot be read \(EISDIR\)/);
    rmSync(join(folder, 'clew.config.yaml'), { recursive: true });
    writeFileSync(join(folder, 'clew.config.yml'), 'server: {}');
    expect(mistakes(null, { folder })).toEqual([
      'clew.config.yml: A file of this name is not read. Rename it to clew.config.yaml.',
    ]);
    expect(() => loadConfig({ project: 'nowhere', cwd: folder })).toThrow(
      'There is no folder `nowhere`. Run `clew init nowhere` to make a project.',
    );
  });
});
