import { expect, test } from 'vitest';
import { formatFinding, loadProject } from '../../src/project/index.ts';
import { projectFolder } from './folder.ts';

const agent = (name: string, ...collaborators: string[]) =>
  [
    'spec_version: v1',
    'kind: native',
    `name: ${name}`,
    'description: Works.',
    'llm: house/small',
    `collaborators: [${collaborators.join(', ')}]`,
    '',
  ].join('\n');

async function read(files: Record<string, string>) {
  const project = await loadProject(projectFolder(files), { providers: ['house'] });
  return { names: project.agents.map(({ agent: { name } }) => name), said: project.findings.map(formatFinding) };
}

test('collaborators that go round in a circle are refused, with the circle spelled out', async () => {
  const { names, said } = await read({
    'agents/a.yaml': agent('a', 'b', 'd'),
    'agents/b.yaml': agent('b', 'c'),
    'agents/c.mjs': 'export const agent = {\n  collaborators: ["d", "a"],\n};\nexport default () => "x";\n',
    'agents/d.yaml': agent('d'),
  });
  expect(names).toEqual(['a', 'b', 'd']);
  expect(said).toEqual([
    'agents/b.yaml:6: collaborators[0]: There is no working agent `c`. Did you mean `a`?',
    'agents/c.mjs:2: collaborators[1]: The collaborators go round in a circle: a → b → c → a; this file is left out. Remove `a` here, or break the circle elsewhere.',
  ]);
});

test('two agents may share a collaborator', async () => {
  const { names, said } = await read({
    'agents/a.yaml': agent('a', 'b', 'c'),
    'agents/b.yaml': agent('b', 'c'),
    'agents/c.yaml': agent('c'),
  });
  expect(names).toEqual(['a', 'b', 'c']);
  expect(said).toEqual([]);
});

test('an external agent without a provider speaks chat completions', async () => {
  const file = [
    'spec_version: v1',
    'kind: external',
    'name: far',
    'description: Works elsewhere.',
    'api_url: https://far.example/v1/',
    'chat_params: { store: false }',
    'config: { enable_cot: true }',
    '',
  ].join('\n');
  const project = await loadProject(projectFolder({ 'agents/far.yaml': file }));
  expect(project.findings).toEqual([]);
  expect(project.agents[0]?.agent.llm).toBe('external/chat');
  expect(project.agents[0]?.remote).toMatchObject({
    url: 'https://far.example/v1',
    chat: { params: { store: false }, thoughts: true },
  });
});
