import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeTempDir } from '../../../../test/kit/temp-dir.ts';
import { agentYaml, makeProjectFolder, projectFolder } from './folder.ts';
import { type Read, readInNode, type Step } from './read-in-node.ts';

async function read(files: Record<string, string>, options: Step['options'] = {}): Promise<Read & { stderr: string }> {
  const { reads, stderr } = await readInNode([{ folder: projectFolder(files), options }]);
  return { ...reads[0]!, stderr };
}

describe('a code agent', () => {
  test('is a generator with its fields beside it, in TypeScript, without a package.json', async () => {
    const { agents, said, stderr } = await read({
      'agents/train-times.ts': `
        import { noon } from './_times.ts';
        interface Answer { readonly text: string }
        export const agent = {
          description: 'Knows trains.',
          display_name: 'Train times',
          context_variables: ['clientID'],
          starter_prompts: { prompts: [{ id: '1', title: 'Oslo', prompt: 'When?' }] },
        };
        export default async function* (): AsyncGenerator<string> {
          const answer: Answer = { text: noon };
          yield answer.text;
        }`,
      'agents/_times.ts': `export const noon: string = 'At noon.';`,
    });
    expect(said).toEqual([]);
    expect(stderr).toBe('');
    expect(agents).toMatchObject([
      {
        source: 'agents/train-times.ts',
        agent: {
          name: 'train_times',
          displayName: 'Train times',
          description: 'Knows trains.',
          llm: 'code',
          contextVariables: ['clientID'],
        },
        yields: ['At noon.'],
      },
    ]);
    expect(agents[0]?.agent.spec).toMatchObject({ description: 'Knows trains.' });
  });

  test('is one object with its function, which keeps its this', async () => {
    const { agents, said } = await read({
      'agents/a.mjs': `export default { name: 'greeter', greeting: 'x', description: 'Greets.', custom: { word: 'Hi' }, async *run() { yield this.custom.word; } };`,
    });
    expect(said).toEqual([
      'warning agents/a.mjs:1: greeting: Clew does not know this field and passes it over. Remove it, or keep data of your own under `custom`.',
    ]);
    expect(agents).toMatchObject([{ agent: { name: 'greeter', llm: 'code' }, yields: ['Hi'] }]);
    expect(agents[0]?.agent.spec).toEqual({
      name: 'greeter',
      greeting: 'x',
      description: 'Greets.',
      custom: { word: 'Hi' },
    });
  });

  test('may be a plain function and say nothing about itself; other files are none', async () => {
    const { agents, said } = await read({
      'agents/a.js': 'export default () => "Hello";',
      'agents/_words.ts': 'export {};',
      'agents/a.d.ts': 'export {};',
      'agents/a.test.ts': 'throw new Error();',
    });
    expect(said).toEqual([]);
    expect(agents).toMatchObject([
      { agent: { name: 'a', description: '', welcome: { isDefault: true } }, yields: ['Hello'] },
    ]);
  });

  test('imports the Clew that runs it, though the project has none', async () => {
    const { agents, said } = await read({
      'agents/a.ts': `import { ask } from 'clew'; import { text } from './_b.ts'; export default async function* () { yield ask(text); }`,
      'agents/_b.ts': `import { textOf } from 'clew'; export const text = textOf([{ type: 'text', text: 'Who?' }]);`,
    });
    expect(said).toEqual([]);
    expect(agents[0]?.yields).toEqual([{ type: 'ask', parts: [{ type: 'text', text: 'Who?' }] }]);
  });

  test('may import and export where the package.json above is for CommonJS; what is CommonJS still is', async () => {
    const { agents, said, stderr } = await read({
      'package.json': '{ "type": "commonjs" }',
      'agents/a.ts': `import { ask } from 'clew';
        import { word } from './_a.ts';
        import cube from './_cube.cjs';
        import half from './_half.cts';
        import { old } from './_old.js';
        export default async function* (): AsyncGenerator<unknown> { yield [typeof ask, word, cube(3), half(3), old]; }`,
      'agents/_a.ts': `/* Short. */ const text: string = 'a'; export { text as word };`,
      'agents/_cube.cjs': 'module.exports = (size) => size ** 3;',
      'agents/_half.cts': 'const half = (size: number): number => size / 2; module.exports = half;',
      'agents/_old.js': `exports.old = 'old';`,
      'agents/b.js': `import{word}from'./_a.ts';export default()=>word`,
      'agents/c.js': `/*
import { word } from './_a.ts';
export default 7;
*/
        const { join } = require('node:path');
        const { old } = require('./_old.js');
        module.exports = () => join(old, 'c');`,
      'agents/d.ts': `const { sep } = require('node:path') as typeof import('node:path');
        module.exports = (): string => sep;`,
    });
    expect(said).toEqual([]);
    expect(stderr).toBe('');
    expect(agents.map(({ yields }) => yields)).toEqual([[['function', 'a', 27, 1.5, 'old']], ['a'], ['old/c'], ['/']]);
  });

  test('is read again when it or what it imports changes, and only then', async () => {
    const code = (word: string) => `import { mark } from './_mark.ts';
      globalThis.loads = (globalThis.loads ?? 0) + 1;
      export default () => '${word} ' + mark + ' ' + globalThis.loads;`;
    const folder = projectFolder({ 'agents/a.ts': code('one'), 'agents/_mark.ts': 'export const mark = "!";' });
    const { reads } = await readInNode([
      { folder },
      { folder, put: { 'agents/b.yaml': agentYaml('b') } },
      { folder, put: { 'agents/a.ts': code('another') } },
      { folder, put: { 'agents/_mark.ts': 'export const mark = "???";' } },
      { folder, put: { 'agents/a.ts': 'broken (' } },
      { folder, put: { 'agents/a.ts': code('repaired') } },
    ]);
    expect(reads.map(({ agents }) => agents[0]?.yields?.[0])).toEqual([
      'one ! 1',
      'one ! 1',
      'another ! 2',
      'another ??? 3',
      undefined,
      'repaired ??? 4',
    ]);
  });

  test('a failure is not kept once its cause is gone', async () => {
    const folder = projectFolder({ 'agents/a.ts': 'import { b } from "some-package"; export default () => b;' });
    const { reads } = await readInNode([
      { folder },
      {
        folder,
        put: {
          'node_modules/some-package/package.json': '{ "main": "b.mjs" }',
          'node_modules/some-package/b.mjs': 'export const b = 7;',
        },
      },
    ]);
    expect(reads.map(({ agents }) => agents[0]?.yields)).toEqual([undefined, [7]]);
  });
});

describe('findings in code agents', () => {
  const refused: [name: string, code: string, said: string | RegExp][] = [
    [
      'no default export',
      'export const agent = {};',
      'error agents/a.ts:1: The module has no default export. Write `export default async function* (turn) { yield "Hello"; }`.',
    ],
    [
      'a default export that is no agent',
      'export default { description: "x" };',
      'error agents/a.ts:1: The default export is no function and has no function `run`. Write `export default async function* (turn) { yield "Hello"; }`.',
    ],
    [
      'fields that are no object',
      'export const agent = "me";\nexport default () => {};',
      'error agents/a.ts:1: agent: The export `agent` is not an object. Write, for example, `export const agent = { description: "Says hello." };`.',
    ],
    [
      'a wrong field',
      'export const agent = {\n  name: "x",\n  hidden: "yes",\n};\nexport default () => {};',
      'error agents/a.ts:3: hidden: `hidden` must be true or false. Write, for example, `hidden: true`.',
    ],
    [
      'fields that cannot be stored',
      'const custom: any = {}; custom.self = custom;\nexport const agent = { custom };\nexport default () => {};',
      /^error agents\/a\.ts:1: The module cannot be loaded: .*circular/,
    ],
    [
      'an error while it loads',
      '\n\nthrow new Error("no key");',
      'error agents/a.ts:3: The module cannot be loaded: no key. Correct the code and save the file.',
    ],
    [
      'something else that is thrown',
      'throw "no key";',
      'error agents/a.ts:1: The module cannot be loaded: no key. Correct the code and save the file.',
    ],
    [
      'a missing module',
      'import "./_gone.ts";\nexport default () => {};',
      `error agents/a.ts:1: The module cannot be loaded: Cannot find module 'agents/_gone.ts'. Correct the code and save the file.`,
    ],
    [
      'a missing package',
      'import "no-such-package";\nexport default () => {};',
      `error agents/a.ts:1: The module cannot be loaded: Cannot find package 'no-such-package'. Correct the code and save the file.`,
    ],
    ['broken syntax', 'export default () => {};\nconst = 1;', /^error agents\/a\.ts:2: The module cannot be loaded: /],
    [
      'syntax that is more than types',
      'export default () => {};\nenum A { B }',
      /^error agents\/a\.ts:2: The module cannot be loaded: .*enum/,
    ],
  ];
  let folders: string[];
  let reads: readonly Read[];

  beforeAll(async () => {
    folders = refused.map(([, code]) => makeProjectFolder({ 'agents/a.ts': code, 'agents/b.yaml': agentYaml('b') }));
    reads = (await readInNode(folders.map((folder) => ({ folder })))).reads;
  });

  afterAll(() => {
    for (const folder of folders) removeTempDir(folder);
  });

  test.each(refused.map(([name, , said], index) => ({ name, said, index })))('$name is left out', ({ said, index }) => {
    const found = reads[index]!;
    expect(found.agents.map(({ agent }) => agent.name)).toEqual(['b']);
    expect(found.said).toEqual([typeof said === 'string' ? said : expect.stringMatching(said)]);
    expect(found.said.join()).not.toContain(folders[index]);
  });

  test('a module that takes too long', async () => {
    const { said } = await read({ 'agents/a.mjs': 'await new Promise(() => {});' }, { importTimeoutMs: 10 });
    expect(said).toEqual([
      'error agents/a.mjs:1: The module cannot be loaded: it takes longer than 0.01 seconds. Correct the code and save the file.',
    ]);
  });

  test('an older Node.js gets one clear sentence, and JavaScript goes on', async () => {
    const files = { 'agents/a.ts': '', 'agents/b.mts': '', 'agents/c.js': 'export default () => "c";' };
    const { agents, said } = await read(files, { typescript: false });
    expect(agents.map(({ agent }) => agent.name)).toEqual(['c']);
    expect(said).toEqual([
      'error agents/a.ts:1: This Node.js does not run TypeScript, so that agents/a.ts, agents/b.mts cannot be loaded. Use Node.js 22.18 or newer, or write the agent in JavaScript.',
    ]);
  });

  test('a name that a YAML file has too', async () => {
    const { said, agents } = await read({
      'agents/a.yaml': agentYaml('x'),
      'agents/b.ts': 'export const agent = { name: "x" };\nexport default () => "b";',
    });
    expect(agents).toHaveLength(1);
    expect(said).toEqual([
      'error agents/b.ts:1: name: `agents/a.yaml` has the same name; this file is left out. Give one of the two another name.',
    ]);
  });
});
