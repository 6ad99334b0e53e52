import { expect, test } from 'vitest';
import type { Runtime } from '../../src/ports/index.ts';
import { createDirectory, loadProject } from '../../src/project/index.ts';
import { agentYaml, projectFolder } from './folder.ts';

const runtime = (): Runtime => ({ recovery: 'restart', run: async () => {} });

async function project(...agents: string[]) {
  return loadProject(projectFolder(Object.fromEntries(agents.map((yaml, index) => [`agents/${index}.yaml`, yaml]))));
}

test('finds agents by id and by name and lists them by name', async () => {
  const directory = createDirectory({ runtimeFor: runtime, defaultAgent: null });
  expect(directory.list()).toEqual([]);
  expect(directory.default()).toBeUndefined();
  directory.replace(await project(agentYaml('b'), agentYaml('a', 'hidden: true')));
  expect(directory.list().map(({ name }) => name)).toEqual(['a', 'b']);
  const b = directory.find('b');
  expect(directory.find(b?.id.toUpperCase() ?? '')).toBe(b);
  expect(directory.find('c')).toBeUndefined();
  expect(directory.default()).toBe(b);
});

test('the default agent may be hidden; one that does not exist is none', async () => {
  const agents = await project(agentYaml('b'), agentYaml('a', 'hidden: true'));
  const names = ['a', 'b', 'z'].map((defaultAgent) => {
    const directory = createDirectory({ runtimeFor: runtime, defaultAgent });
    directory.replace(agents);
    return directory.default()?.name;
  });
  expect(names).toEqual(['a', 'b', 'b']);
});

test('makes each runtime once, and none for a model that does not exist', async () => {
  const made: string[] = [];
  const directory = createDirectory({
    runtimeFor: (agent, entry) => {
      made.push(`${agent.name} ${entry.source}`);
      return agent.llm === 'clew/echo' ? runtime() : undefined;
    },
    defaultAgent: null,
  });
  directory.replace(await project(agentYaml('a', 'llm: clew/echo'), agentYaml('b', 'llm: x/y')));
  expect(made).toEqual(['a agents/0.yaml', 'b agents/1.yaml']);
  const a = directory.find('a')!;
  expect(directory.runtime(a)).toBe(directory.runtime(a));
  expect(directory.runtime(directory.find('b')!)).toBeUndefined();
});

test('takes over all or nothing; an agent that is gone has no runtime', async () => {
  const directory = createDirectory({
    runtimeFor: (agent) => {
      if (agent.name === 'broken') throw new Error('no');
      return runtime();
    },
    defaultAgent: null,
  });
  directory.replace(await project(agentYaml('a')));
  const before = directory.find('a')!;
  const broken = await project(agentYaml('b'), agentYaml('broken'));
  expect(() => directory.replace(broken)).toThrow('no');
  expect(directory.list()).toEqual([before]);
  directory.replace(await project(agentYaml('b')));
  expect(directory.runtime(before)).toBeUndefined();
  directory.replace(await project(agentYaml('a', 'instructions: New.')));
  expect(directory.runtime(before)).toBeDefined();
});
