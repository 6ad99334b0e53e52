import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDir } from '../../../../test/kit/temp-dir.ts';
import { readProject } from '../../src/app/read-project.ts';
import { loadConfig } from '../../src/config/index.ts';
import { formatFinding } from '../../src/project/index.ts';
import { agentYaml } from './folder.ts';

/** What is said of an agent with this model, in a project with this configuration. */
async function about(llm: string, config = '', variables: Record<string, string> = {}): Promise<string[]> {
  const folder = tempDir();
  mkdirSync(join(folder, 'agents'));
  writeFileSync(join(folder, 'agents/a.yaml'), agentYaml('a', `llm: ${llm}`));
  writeFileSync(join(folder, 'clew.config.yaml'), config);
  const read = await readProject(loadConfig({ project: folder, variable: (name) => variables[name] }));
  expect(read.agents).toHaveLength(1);
  return read.findings.map(formatFinding);
}

test('a model of a provider that can be used is fine, whatever its name', async () => {
  expect(await about('groq/openai/gpt-oss-120b', '', { GROQ_API_KEY: 'k' })).toEqual([]);
  expect(await about('ollama/llama3.2:3b')).toEqual([]);
  expect(await about('house/x', 'models:\n  house:\n    baseUrl: http://127.0.0.1:1/v1\n')).toEqual([]);
});

test('a provider without its key is a finding with file, line and what to do', async () => {
  expect(await about('openai/gpt-4o')).toEqual([
    'agents/a.yaml:5: llm: The model provider `openai` needs OPENAI_API_KEY, and the environment has no such variable. Set OPENAI_API_KEY before the server starts, or `models.openai.apiKey` in clew.config.yaml.',
  ]);
});

test('an unknown provider is a finding with the one that was probably meant', async () => {
  expect(await about('opanai/gpt-4o')).toEqual([
    'agents/a.yaml:5: llm: There is no model `opanai/gpt-4o`, so that runs of this agent fail. Did you mean `openai/gpt-4o`?',
  ]);
  expect((await about('zzz/y'))[0]).toContain('or `provider/model` of a provider that docs/models.md lists');
});
