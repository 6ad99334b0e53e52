import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { ConfigError, loadConfig, SETTINGS } from '../../packages/server/src/config/index.ts';
import { type Finding, loadProject } from '../../packages/server/src/project/index.ts';
import { readDocument, UnreadableDocument } from '../../packages/server/src/runtimes/guide/documents/index.ts';
import { ROOT } from '../kit/server.ts';
import { makeTempDir, removeTempDir } from '../kit/temp-dir.ts';
import { check, oddText, TIMEOUT_MS } from './runs.ts';
import { yamlText } from './yaml-text.ts';

const folder = makeTempDir();
afterAll(() => removeTempDir(folder));

const STACK = /\n\s+at |node_modules|node:internal/;

/** All files of a kind in the examples. */
function examples(kind: string): string[] {
  return readdirSync(join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.ya?ml$/.test(path) && path.includes(kind) && !path.includes('node_modules'))
    .map((path) => readFileSync(join(ROOT, 'examples', path), 'utf8'));
}

/** Names of the fields that stand in these texts. */
function namesIn(texts: readonly string[]): string[] {
  return [
    ...new Set(texts.flatMap((text) => [...text.matchAll(/^\s*(?:- )?(\w+):/gm)].map(([, name]) => name as string))),
  ];
}

const CONFIG = `defaultAgent: guide
server: { port: 8080, publicUrl: https://chat.example.com }
log:
  level: warn
models:
  one:
    baseUrl: http://localhost:9/v1
    prices: { small: { input: 1, output: 2 } }
channels:
  shop:
    modes: [signed, anonymous]
    origins: [https://shop.example.com]
    limits: { visitor: { messagesPerMinute: 3 } }
  programs:
    mode: apiKey
webhooks:
  crm:
    url: https://crm.example.com/hook
    events: [run.completed]
`;
const configNames = [...new Set(SETTINGS.flatMap(({ key }) => key.split('.'))), ...namesIn([CONFIG])];

test('a configuration is read or refused, each mistake with its place', { timeout: TIMEOUT_MS }, async () => {
  await check(
    500,
    fc.property(yamlText([CONFIG], configNames), (text) => {
      writeFileSync(join(folder, 'clew.config.yaml'), text);
      try {
        loadConfig({ project: folder, cwd: folder, terminal: false, variable: () => undefined });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        expect(error.mistakes.length).toBeGreaterThan(0);
        for (const { source, line, message, fix } of error.mistakes) {
          expect([source, line]).toEqual(['clew.config.yaml', expect.any(Number)]);
          expect(line).toBeGreaterThan(0);
          expect(line).toBeLessThanOrEqual(text.split(/\r\n?|\n/).length);
          expect([message, fix]).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)]);
          expect(message).not.toMatch(STACK);
        }
      }
    }),
  );
});

test.each([
  ['agents', 'agents', 'a.yaml'],
  ['tools', 'tools', 'a.yaml'],
  ['toolkits', 'toolkits', 'a.yaml'],
  ['knowledge_bases', 'knowledge_bases', 'a.yaml'],
  ['connections', 'connections', 'a.yaml'],
])(
  'files of %s are read or found fault with, each finding with its place',
  { timeout: TIMEOUT_MS },
  async (kind, place, name) => {
    const project = join(folder, kind);
    const known = examples(kind);
    const texts = known.length > 0 ? known : ['name: a\nkind: native\n'];
    await check(
      120,
      fc.asyncProperty(yamlText(texts, namesIn([...texts, ...examples('agents')])), async (text) => {
        rmSync(project, { recursive: true, force: true });
        mkdirSync(join(project, place), { recursive: true });
        writeFileSync(join(project, place, name), text);
        const { findings } = await loadProject(project);
        for (const one of findings) placed(one, text);
      }),
    );
  },
);

function placed({ file, line, message, fix }: Finding, text: string): void {
  expect(file).toMatch(/^[\w./-]+$/);
  expect(line).toBeGreaterThan(0);
  expect(line).toBeLessThanOrEqual(text.split(/\r\n?|\n/).length);
  expect([message, fix]).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)]);
  expect(message).not.toMatch(STACK);
  expect(message).not.toContain(folder);
}

const MARKUP = [
  '# A\n',
  '## B\n\n',
  '- a\n',
  '1. b\n',
  '> ',
  '```\n',
  '| a | b |\n|---|---|\n',
  '[a](b)',
  '![](c)',
  '<div>',
  '</div>',
  '<b>',
  '<table><tr><td>',
  '<li>',
  '<!--',
  '-->',
  '<script>',
  '&amp;',
  '&#x110000;',
  '\\',
  '*',
  '_',
  '`',
  '\n',
  '    ',
  '\t',
  '===\n',
  '<pre>',
  '<![CDATA[',
];
const PDF = [
  '%PDF-1.7\n',
  '1 0 obj\n',
  '<< /Type /Catalog /Pages 2 0 R >>',
  'endobj\n',
  'stream\n',
  'endstream\n',
  'xref\n0 1\n',
  'trailer\n',
  '<< /Root 1 0 R >>',
  'startxref\n0\n%%EOF',
  '/Filter /FlateDecode',
  '[',
  '>>',
  '9999999999',
];

test.each([
  ['md', MARKUP],
  ['html', MARKUP],
  ['txt', MARKUP],
  ['pdf', PDF],
])('documents that end in .%s are read or said to be unreadable', { timeout: TIMEOUT_MS }, async (ending, marks) => {
  const pieces = fc.array(
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...marks) }, { weight: 1, arbitrary: oddText }),
    { maxLength: 60 },
  );
  const bytes = fc.oneof(
    { weight: 5, arbitrary: pieces.map((parts) => Buffer.from(parts.join(''))) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  );
  await check(
    ending === 'pdf' ? 40 : 150,
    fc.asyncProperty(bytes, async (content) => {
      try {
        const { passages } = await readDocument({ path: `a.${ending}`, bytes: Uint8Array.from(content), url: null });
        for (const { start, end } of passages) expect([start >= 0, end >= start]).toEqual([true, true]);
      } catch (error) {
        if (!(error instanceof UnreadableDocument)) throw error;
        expect(error.message).toMatch(/^[A-Z].*\.$/);
      }
    }),
  );
});
