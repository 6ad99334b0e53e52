import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatFinding, loadProject } from '../../src/project/index.ts';
import type { Read, Step } from './read-in-node.ts';

/** A turn whose person is called Anna. */
const turn = {
  ask: async () => ({ parts: [{ type: 'text', text: 'Anna' }] }),
  step: async (_: unknown, work: () => unknown) => work(),
};

/** Everything that an agent's function yields or gives back. */
async function listen(module: unknown): Promise<unknown[]> {
  const given = (module as (given: object) => unknown)(turn);
  if (typeof (given as AsyncGenerator).next !== 'function') return [await given];
  const said: unknown[] = [];
  for await (const piece of given as AsyncGenerator) said.push(piece);
  return said;
}

const reads: Read[] = [];
for (const { folder, put = {}, options } of JSON.parse(process.argv[2] ?? '[]') as Step[]) {
  for (const [path, content] of Object.entries(put)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const { agents, tools, findings } = await loadProject(folder, options);
  const entries = agents.map(async ({ agent, source, module }) => ({
    agent,
    source,
    ...(module ? { yields: await listen(module) } : {}),
  }));
  reads.push({
    agents: await Promise.all(entries),
    tools: tools.map(({ tool }) => ({ name: tool.name, description: tool.description, inputSchema: tool.inputSchema })),
    said: findings.map((finding) => `${finding.severity} ${formatFinding(finding)}`),
  });
}
process.stdout.write(JSON.stringify(reads));
// A module that never finishes loading must not hold the process.
process.exit();
