import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { startModelServer } from '../kit/model-server.ts';
import { freePort } from '../kit/ports.ts';
import { ROOT, serve } from '../kit/server.ts';
import { tempDir } from '../kit/temp-dir.ts';
import { framesOf } from './start.ts';

const KEY = 'house-key-of-the-test';
const FILES = {
  'agents/boss.yaml': `spec_version: v1
kind: native
name: boss
description: Knows whom to ask.
llm: house/small
collaborators: [clerk, tailor]
tools: [measure]
`,
  'agents/clerk.yaml': `spec_version: v1
kind: external
name: clerk
description: Counts.
api_url: \${HOUSE_URL}
auth_scheme: BEARER_TOKEN
auth_config: { token: "\${HOUSE_KEY}" }
`,
  'agents/tailor.mjs': `export const agent = { description: 'Asks for a colour.', hidden: true };
export default async function* (turn) {
  const answer = await turn.ask('Which colour?');
  const length = await turn.tool('measure', {});
  yield 'A coat in ' + answer.parts[0].text + ', ' + length.content[0].text + '.';
}
`,
  'tools/measure.mjs': `import { appendFileSync } from 'node:fs';
export default {
  description: 'Measures.',
  run: () => { appendFileSync(process.env.HOUSE_LEDGER, 'x'); return process.env.HOUSE_KEY + ' long'; },
};
`,
  'clew.config.yaml': `models:
  house:
    baseUrl: \${HOUSE_URL}
    apiKey: \${HOUSE_KEY}
`,
};

const clew = (args: readonly string[], env: Record<string, string | undefined> = {}) =>
  promisify(execFile)(
    process.execPath,
    ['--conditions=clew-source', join(ROOT, 'packages/server/src/cli/main.ts'), ...args],
    { env: { ...process.env, ...env } },
  );

async function say(url: string, content: string, more: object = {}) {
  const response = await fetch(`${url}/api/v1/orchestrate/runs?stream=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/x-ndjson' },
    body: JSON.stringify({ agent_id: 'boss', message: { role: 'user', content }, ...more }),
  });
  return framesOf(await response.text());
}

const call = (to: string, message: string) => ({
  call: { id: to, name: `chat_with_collaborator_${to}`, arguments: JSON.stringify({ message }) },
});

it('hands over over both wires and a kill, and is a fixture afterwards', async () => {
  const model = await startModelServer();
  onTestFinished(() => model.close());
  const folder = tempDir();
  for (const [path, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  writeFileSync(join(folder, 'ledger'), '');
  const port = await freePort();
  const env = { HOUSE_URL: model.baseUrl, HOUSE_KEY: KEY, HOUSE_LEDGER: join(folder, 'ledger') };
  const start = () => serve({ project: folder, port, args: ['--lease-ms', '1000'], env });
  const first = await start();
  const url = first.url;
  model.script([call('tailor', 'A coat')]);
  const asked = await say(url, 'Make me a coat');
  const { run_id: runId, thread_id: threadId } = asked[0]!.data;
  expect(JSON.stringify(asked)).toContain('Which colour?');
  await first.stop('SIGKILL');

  const second = await start();
  model.script([call('clerk', 'How many?')], [{ text: 'Seven.' }], [{ text: 'Seven coats.' }]);
  const answered = await say(url, 'red', { thread_id: threadId });
  const text = JSON.stringify(answered);
  expect(text).toContain('Seven coats.');
  for (const name of ['chat_with_collaborator_tailor', 'chat_with_collaborator_clerk', 'measure'])
    expect(text, 'each is a step on the wire').toContain(`"name":"${name}"`);
  expect(model.requests[1]?.body.messages.at(-1).content).toBe(`A coat in red, ${KEY} long.`);
  expect(model.requests[2]?.headers.authorization, 'the other agent is told who asks').toBe(`Bearer ${KEY}`);
  const acp = JSON.stringify(await (await fetch(`${url}/runs/${runId}/events`)).json());
  expect(acp).toContain('"tool_name":"chat_with_collaborator_clerk"');
  await second.stop();

  const exported = await clew(['runs', 'export', runId, '--fixture', '--project', folder], env);
  expect(exported.stdout).not.toContain(KEY);
  expect(exported.stdout).toContain('asks: Which colour?');
  mkdirSync(join(folder, 'fixtures'));
  writeFileSync(join(folder, 'fixtures/coat.yaml'), exported.stdout);
  // Without the address and the key of the other server.
  const played = await clew(['test', '--project', folder], { HOUSE_URL: undefined, HOUSE_KEY: undefined }).catch(
    (error) => error,
  );
  expect(played.stdout).toBe(`✓ ${join(folder, 'fixtures/coat.yaml')}\n1 passed.\n`);
}, 90_000);
