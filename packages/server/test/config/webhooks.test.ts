import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config/index.ts';
import { load, projectFolder } from './folder.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

function read(yaml: string, variables: Readonly<Record<string, string>> = { HOOK: SECRET }) {
  const project = projectFolder();
  writeFileSync(join(project, 'clew.config.yaml'), yaml);
  return loadConfig({ project, cwd: project, terminal: false, variable: (name) => variables[name] }).webhooks;
}

/** What is said of a file. */
function mistakes(yaml: string, variables?: Readonly<Record<string, string>>): string[] {
  try {
    read(yaml, variables);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n');
  }
}

const one = (more = '') =>
  `webhooks:\n  - url: https://crm.example.com/hooks?k=1\n    events: [run.completed]\n    secretEnv: HOOK\n${more}`;

describe('webhooks', () => {
  test('are none, without any in the file', () => {
    for (const file of [null, 'webhooks:\n', 'webhooks: []\n']) expect(load(file).webhooks).toEqual([]);
  });

  test('have their settings, and defaults for the rest', () => {
    expect(read(one())).toEqual([
      {
        name: 'crm.example.com',
        url: 'https://crm.example.com/hooks?k=1',
        events: ['run.completed'],
        secretEnv: 'HOOK',
        secrets: [SECRET],
        channels: null,
        agents: null,
        include: [],
        timeoutSeconds: 15,
      },
    ]);
    const more =
      '    name: crm\n    channel: default\n    agents: [guide]\n    include: [text]\n    timeoutSeconds: 5\n';
    expect(read(one(more), { HOOK: `${SECRET}  ${SECRET}` })).toMatchObject([
      {
        name: 'crm',
        channels: ['default'],
        agents: ['guide'],
        include: ['text'],
        timeoutSeconds: 5,
        secrets: [SECRET, SECRET],
      },
    ]);
  });

  test('may lack their secret until a server starts', () => {
    expect(read(one(), {})).toMatchObject([{ secrets: [] }]);
  });

  test.each([
    ['webhooks: { url: x }', 'webhooks: This is a list of webhooks.'],
    ['webhooks: [5]', 'webhooks.0: A webhook must be a group of settings.'],
    [
      'webhooks:\n  - url: https://x.example.com\n    events: run.completed\n    secretEnv: HOOK',
      'webhooks.0.events: `events` must be a list of events.',
    ],
    [
      'webhooks:\n  - url: ftp://x.example.com\n    events: [run.completed]\n    secretEnv: HOOK',
      'clew.config.yaml:2: webhooks.0.url: `url` must be an http or https address.',
    ],
    [
      'webhooks:\n  - url: https://u:p@x.example.com\n    events: [run.completed]\n    secretEnv: HOOK',
      '`url` has a password in it.',
    ],
    [
      'webhooks:\n  - url: https://x.example.com\n    events: [run.done]\n    secretEnv: HOOK',
      'must be one of run.completed, run.failed, run.cancelled, run.waiting, feedback.',
    ],
    ['webhooks:\n  - url: https://x.example.com\n    events: [run.completed]', 'A webhook needs `secretEnv`.'],
    [
      'webhooks:\n  - url: https://x.example.com\n    events: [run.completed]\n    secret: abc',
      'Did you mean `secretEnv`?',
    ],
    [one('    channel: shop\n'), 'There is no channel `shop`.'],
    [
      `${one()}  - url: https://crm.example.com/b\n    events: [feedback]\n    secretEnv: HOOK\n`,
      'Two webhooks are called `crm.example.com`.',
    ],
  ])('say what is wrong: %s', (yaml, expected) => {
    expect(mistakes(`${yaml}\n`).join('\n')).toContain(expected);
  });

  test('never show what stands in the place of a secret', () => {
    const said = mistakes(one(), { HOOK: 'CANARY-not-base64' }).join('\n');
    expect(said).toContain('What HOOK holds is no secret of a webhook.');
    expect(said).not.toContain('CANARY');
  });
});
