import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { freePort } from '../kit/ports.ts';
import { ROOT, type ServedProcess, serve } from '../kit/server.ts';
import { tempDir } from '../kit/temp-dir.ts';
import { type Frame, framesOf } from './start.ts';

/** An example in a process of its own, as somebody who tries it starts it. */
function start(project: string, { env = {}, port = 0, folder = tempDir() } = {}): Promise<ServedProcess> {
  const args = ['--db', join(folder, 'clew.db'), '--grace-ms', '0', '--lease-ms', '1000'];
  return serve({ project: `examples/${project}`, args, env, port });
}

async function say(url: string, content: string, more: object = {}): Promise<Frame[]> {
  const response = await fetch(`${url}/api/v1/orchestrate/runs?stream=true&multiple_content=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: { role: 'user', content }, environment_id: '', ...more }),
  });
  expect(response.status).toBe(200);
  return framesOf(await response.text());
}

const messages = (frames: readonly Frame[]) =>
  frames.flatMap(({ event, data }) => (event === 'message.created' ? [data.message] : []));
const texts = (frames: readonly Frame[]): string[] =>
  messages(frames).map(({ content }) => content.map(({ text = '' }) => text).join(''));

it('context: the agent answers from its declared variables, with the values that came', async () => {
  const { url } = await start('context');
  const context = { clientID: '865511', secret: 'not declared' };
  const [answer] = texts(await say(url, 'what context variables do you accept?', { context }));
  expect(answer).toContain('- `clientID`: `865511`\n- `plan`: not set');
  expect(answer).not.toContain('secret');
});

it('research: the answers of both collaborators keep their sources, on both wires', async () => {
  const { url } = await start('research');
  const question = 'How old is the lighthouse, and when does the ferry to Utholm leave?';
  const frames = await say(url, question);
  expect(texts(frames)).toEqual([expect.stringContaining('1871'), expect.stringContaining('7:15')]);
  const found = messages(frames).map(({ content }) => JSON.stringify(content));
  expect(found[0]).toContain('lighthouse');
  for (const { content } of messages(frames)) expect(content[0].response_type).toBe('conversational_search');
  const steps = JSON.stringify(frames.filter(({ event }) => event === 'run.step.delta'));
  for (const name of ['chat_with_collaborator_archive', 'chat_with_collaborator_timetable', 'knowledge_search'])
    expect(steps).toContain(`"name":"${name}"`);
  const { run_id: runId } = frames[0]!.data;
  const run = JSON.stringify(await (await fetch(`${url}/runs/${runId}`)).json());
  expect(run.match(/"kind":"citation"/g)).toHaveLength(2);
});

it('remote: two servers, a question of the far one, and either killed before the answer', async () => {
  const folder = tempDir();
  const farFolder = tempDir();
  const farPort = await freePort();
  const far = await start('remote/far', { port: farPort, folder: farFolder });
  const env = { FERRY_URL: far.url };
  const near = await start('remote/near', { env, folder });
  const asked = await say(near.url, 'Book the ferry to Utholm');
  expect(texts(asked)).toEqual(['On which day?']);
  await near.stop('SIGKILL');
  await far.stop('SIGKILL');

  await start('remote/far', { port: farPort, folder: farFolder });
  const again = await start('remote/near', { env, folder });
  const answered = await say(again.url, 'on Sunday', { thread_id: asked[0]!.data.thread_id });
  expect(texts(answered)).toEqual([
    expect.stringMatching(/^The ferry office says: Booked: Utholm, on Sunday\. Your number is U-/),
  ]);
  expect(JSON.stringify(answered)).toContain('"name":"book"');
});

it('starter: the guide answers with its sources', async () => {
  const { url } = await start('starter');
  const [message] = messages(await say(url, 'How do I embed the chat?'));
  expect(message.content[0].response_type).toBe('conversational_search');
});

it.each([
  ['starter', 3],
  ['support', 3],
  ['context', 2],
  ['research', 2],
  ['remote/near', 1],
])('%s: its fixtures pass, without a key and a network', async (project, count) => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=clew-source',
    join(ROOT, 'packages/server/src/cli/main.ts'),
    'test',
    '--project',
    join(ROOT, 'examples', project),
  ]);
  expect(stdout.trimEnd().split('\n').at(-1)).toBe(`${count} passed.`);
});
