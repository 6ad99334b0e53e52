import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { readInNode } from './read-in-node.ts';

const starter = fileURLToPath(new URL('../../../../examples/starter', import.meta.url));

test('the starter project has no findings and its default agent exists', async () => {
  const { defaultAgent } = loadConfig({ project: starter });
  const { reads } = await readInNode([{ folder: starter, options: { defaultAgent } }]);
  expect(reads[0]?.said).toEqual([]);
  expect(reads[0]?.agents.map(({ agent }) => `${agent.name} ${agent.llm}`)).toEqual([
    'context_variables_test_agent clew/script',
    'greeter code',
    'guide clew/guide',
  ]);
  expect(reads[0]?.agents[1]?.yields?.join('')).toBe('Nice to meet you, **Anna**. Your name has 4 letters.');
});
