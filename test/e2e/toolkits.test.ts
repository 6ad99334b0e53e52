import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT, serve } from '../kit/server.ts';
import { tempDir } from '../kit/temp-dir.ts';
import { framesOf, say } from './start.ts';

const SERVER = `${ROOT}packages/server/test/runtimes/tools/mcp-server.mjs`;

const FILES = {
  'agents/adder.js': `export default async function* (turn) {
    const [tool, a, b] = turn.text.split(' ');
    const result = await turn.tool(tool, { a: Number(a), b: Number(b) });
    yield (result.isError ? 'failed: ' : '') + result.content[0].text;
  }`,
  'toolkits/maths.yaml': `kind: mcp\nname: maths\ncommand: ${JSON.stringify(process.execPath)}\nargs: [${JSON.stringify(SERVER)}]\nenv: { JOURNAL: "\${JOURNAL}" }\n`,
  'toolkits/gone.yaml': 'kind: mcp\nname: gone\nurl: http://127.0.0.1:9/mcp\ntools: [other]\n',
};

it('serves the tools of MCP servers, fails clearly without them, and ends their processes with itself', async () => {
  const folder = tempDir();
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const journal = join(folder, 'journal');
  writeFileSync(journal, '');
  const server = await serve({ project: folder, env: { JOURNAL: journal } });
  expect(readFileSync(journal, 'utf8'), 'nothing is connected before its first use').toBe('');
  const ask = async (text: string) => {
    const response = await fetch(`${server.url}/api/v1/orchestrate/runs?stream=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(say('adder', text)),
    });
    return framesOf(await response.text());
  };
  const text = (frames: Awaited<ReturnType<typeof ask>>) =>
    frames.findLast(({ event }) => event === 'message.created')?.data.message.content[0]?.text;
  expect(text(await ask('maths:add 2 3'))).toBe('5');
  expect(text(await ask('add 2 x'))).toMatch(/^failed: Error: The input does not fit the schema/);
  expect(readFileSync(journal, 'utf8').match(/start/g)).toHaveLength(1);

  const failed = (await ask('other 1 1')).find(({ event }) => event === 'run.failed');
  expect(failed?.data).toMatchObject({ code: 'tools_unavailable', error: 'The toolkit `gone` cannot be reached.' });
  const unknown = (await ask('nothing 1 1')).find(({ event }) => event === 'run.failed');
  expect(unknown?.data).toMatchObject({ code: 'tool_unknown' });

  expect((await server.stop()).code).toBe(0);
  expect(readFileSync(journal, 'utf8')).toMatch(/^start (\d+)\nexit \1\n$/);
});
