import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SETTINGS } from '../../src/config/index.ts';
import { loadProject } from '../../src/project/index.ts';

const starter = fileURLToPath(new URL('../../../../examples/starter', import.meta.url));
const documents = readdirSync(join(starter, 'knowledge')).map((name) =>
  readFileSync(join(starter, 'knowledge', name), 'utf8'),
);

test('every prompt of the guide is the heading of a section of its documents', async () => {
  const { agents, knowledgeBases } = await loadProject(starter);
  const guide = agents.find(({ agent }) => agent.name === 'guide')?.agent;
  expect(guide?.knowledgeBases).toEqual(knowledgeBases.map(({ name }) => name));
  expect(knowledgeBases[0]?.documents).toHaveLength(documents.length);
  const prompts = guide?.starterPrompts.map(({ prompt }) => prompt) ?? [];
  expect(prompts).toContain('How do I embed the chat?');
  expect(prompts.filter((prompt) => !documents.some((text) => text.includes(`\n## ${prompt}\n\n`)))).toEqual([]);
});

test('what the documents say of settings is what the table says', () => {
  const rows = documents.flatMap((text) => text.split('\n')).filter((line) => /^\| `\S+` \| `CLEW_/.test(line));
  const wrong = rows.filter((row) => {
    const [key, env, flag] = [...row.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
    const setting = SETTINGS.find((one) => one.key === key);
    return (
      !setting ||
      setting.env !== env ||
      `--${setting.flag}` !== flag ||
      (setting.fallback && !row.includes(`\`${setting.fallback}\``))
    );
  });
  expect(rows.length).toBeGreaterThan(10);
  expect(wrong).toEqual([]);
});
