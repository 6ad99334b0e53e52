import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ConfigError, formatMistake, loadConfig } from '../../src/config/index.ts';
import { KNOWN_PROVIDERS } from '../../src/config/known-providers.ts';
import { load, projectFolder } from './folder.ts';

/** The providers of a file, with these variables in the environment. */
function models(yaml: string | null, variables: Record<string, string> = {}) {
  const folder = projectFolder();
  load(yaml, { folder });
  return loadConfig({ project: folder, cwd: folder, terminal: false, variable: (name) => variables[name] }).models;
}

function mistakes(yaml: string): string[] {
  try {
    load(yaml);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes.map(formatMistake);
    throw error;
  }
  return [];
}

describe('models', () => {
  test('knows providers that need no more than their key', () => {
    const { openai, ollama, azure, vllm } = models(null, { OPENAI_API_KEY: 'sk-1' });
    expect(openai).toEqual({
      baseUrl: 'https://api.openai.com/v1',
      headers: { Authorization: 'Bearer sk-1' },
      query: {},
      defaults: {},
      prices: {},
      firstTokenMs: 60_000,
      nextTokenMs: 60_000,
      missing: null,
    });
    expect(ollama).toMatchObject({ baseUrl: 'http://127.0.0.1:11434/v1', headers: {}, missing: null });
    expect(azure?.missing?.message).toContain('AZURE_OPENAI_API_KEY');
    expect(vllm?.missing).toEqual({
      message: 'The model provider `vllm` has no address.',
      fix: 'Set `models.vllm.baseUrl` in clew.config.yaml.',
    });
  });

  test('says what has to be set, and starts all the same', () => {
    const { openai, house } = models(`models:\n  house:\n    baseUrl: http://x/v1\n    apiKey: \${HOUSE_KEY}\n`);
    expect(openai?.missing).toEqual({
      message: 'The model provider `openai` needs OPENAI_API_KEY, and the environment has no such variable.',
      fix: 'Set OPENAI_API_KEY before the server starts, or `models.openai.apiKey` in clew.config.yaml.',
    });
    expect(house).toMatchObject({ baseUrl: null, missing: { fix: 'Set HOUSE_KEY before the server starts.' } });
  });

  test('fills in variables and keeps the rest', () => {
    const yaml = `models:
  azure:
    baseUrl: https://\${NAME}.openai.azure.com/openai/v1/
    query: { api-version: "2024-10-21" }
    headers: { X-Team: "\${TEAM}" }
    apiKey: \${KEY}
    defaults: { temperature: 0 }
    prices: { gpt-x: { input: 1, output: 2 } }
    firstTokenMs: 1000
`;
    expect(models(yaml, { NAME: 'acme', TEAM: 'blue', KEY: 'k-1' }).azure).toMatchObject({
      baseUrl: 'https://acme.openai.azure.com/openai/v1',
      query: { 'api-version': '2024-10-21' },
      headers: { 'api-key': 'k-1', 'X-Team': 'blue' },
      defaults: { temperature: 0 },
      prices: { 'gpt-x': { input: 1, output: 2 } },
      firstTokenMs: 1_000,
      missing: null,
    });
  });

  test.each([
    [
      'models: 1\n',
      '1: models: This is a group of providers. Write, for example, `models: { ollama: { baseUrl: http://127.0.0.1:11434/v1 } }`.',
    ],
    [
      'models:\n  x:\n    baseURL: http://x\n',
      '3: models.x.baseURL: There is no such setting. Did you mean `baseUrl`?',
    ],
    [
      'models:\n  x:\n    headers: 5\n',
      '3: models.x.headers: `headers` must be a group of texts. Write, for example, `headers: { X-Team: support }`.',
    ],
    [
      'models:\n  x:\n    baseUrl: ftp://x\n',
      '3: models.x.baseUrl: `ftp://x` is no plain http or https address. Write, for example, `baseUrl: http://127.0.0.1:8000/v1`.',
    ],
    [
      'models:\n  x:\n    prices:\n      m: { input: a, output: 1 }\n',
      '4: models.x.prices.m.input: `input` must be a number: the price of a million tokens. Write, for example, `prices: { my-model: { input: 0.15, output: 0.6 } }`.',
    ],
    [
      'models:\n  clew: {}\n',
      '2: models.clew: A provider cannot have this name. Use letters, digits, `.`, `_` and `-`, and not `clew`.',
    ],
    [
      `models:\n  x:\n    headers: { A: "\${" }\n`,
      `3: models.x.headers.A: \`\${\` begins the name of a variable, and this is none. Write, for example, \`\${MY_KEY}\`.`,
    ],
  ])('%j is a mistake with its line', (yaml, said) => {
    expect(mistakes(yaml)).toEqual([`clew.config.yaml:${said}`]);
  });

  test('a key in the file is a mistake that does not show it', () => {
    expect(mistakes('models:\n  openai:\n    apiKey: sk-secret\n')).toEqual([
      `clew.config.yaml:3: models.openai.apiKey: A key does not belong into a file. Set a variable of the environment and write its name, for example \`apiKey: \${MY_KEY}\`.`,
    ]);
  });
});

test('docs/models.md lists the providers that need no more than their key', () => {
  const page = readFileSync(new URL('../../../../docs/models.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| `(\w+)` \| `(\S+)` \| (\S+) \|$/gm)].slice(
    0,
    Object.keys(KNOWN_PROVIDERS).length,
  );
  expect(listed.map(([, name, address, key]) => [name, address, key?.replaceAll('`', '')])).toEqual(
    Object.entries(KNOWN_PROVIDERS).map(([name, { baseUrl, keyVariable }]) => [
      name,
      baseUrl ?? `models.${name}.baseUrl`,
      keyVariable ?? 'none',
    ]),
  );
});
