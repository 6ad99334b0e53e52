import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const NAMES = ['awaiter', 'burst', 'citer', 'context-reader', 'echo', 'failer', 'mime-types', 'sessioner', 'slow-echo'];

// In a process of its own: Vitest has an import of its own, and Node's is the one that agents meet.
test('the lab loads without a remark', async () => {
  const place = (path: string) => new URL(path, import.meta.url);
  const program = `
    import { loadProject } from '${place('../../src/project/index.ts')}';
    import { fileURLToPath } from 'node:url';
    const { agents, findings } = await loadProject(fileURLToPath('${place('../../../../examples/lab/')}'));
    console.log(JSON.stringify({ names: agents.map(({ agent }) => agent.name), llms: agents.map(({ agent }) => agent.llm), findings }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module-typescript', '--eval', program]);
  const { names, llms, findings } = JSON.parse(stdout);
  expect(findings).toEqual([]);
  expect(names).toEqual(NAMES);
  expect(llms.filter((llm: string) => llm !== 'code')).toEqual(['clew/echo', 'clew/echo']);
});
