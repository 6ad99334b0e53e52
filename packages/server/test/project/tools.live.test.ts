import { describe, expect, it } from 'vitest';
import { agentYaml, projectFolder } from './folder.ts';
import { readInNode } from './read-in-node.ts';

describe('tools in code', () => {
  it('in TypeScript, with a schema of Zod, are read again when they or what they import change', async () => {
    const code = `import { defineTool, z } from 'clew';
      import { word } from './_word.ts';
      export default defineTool({ description: word, input: z.object({ n: z.number().int() }), run: ({ n }) => n });`;
    const folder = projectFolder({
      'agents/a.yaml': agentYaml('a'),
      'tools/count.ts': code,
      'tools/_word.ts': 'export const word = "one" as string;',
    });
    const { reads } = await readInNode([
      { folder },
      { folder, put: { 'tools/_word.ts': 'export const word = "two" as string;' } },
      { folder, put: { 'tools/count.ts': 'broken (' } },
      { folder, put: { 'tools/count.ts': code } },
    ]);
    expect(reads.map(({ tools }) => tools[0]?.description)).toEqual(['one', 'two', undefined, 'two']);
    expect(reads[0]?.tools[0]?.inputSchema).toMatchObject({ properties: { n: { type: 'integer' } }, required: ['n'] });
    expect(reads[2]?.said[0]).toMatch(/^error tools\/count\.ts:1: The module cannot be loaded: /);
  });
});
