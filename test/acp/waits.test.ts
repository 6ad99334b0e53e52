import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { serve } from '../kit/server.ts';
import { makeTempDir, removeTempDir } from '../kit/temp-dir.ts';
import { PROJECT, said, speakTo, start } from './start.ts';

const { send, get, post, run } = await start();
const resume = (content: string, mode = 'sync') => ({
  await_resume: { type: 'message', message: said(content) },
  mode,
});

it('of two answers at once one wins, and the other is refused clearly', async () => {
  const { run_id } = await run('asker', 'a hat');
  const replies = await Promise.all(['red', 'blue'].map((colour) => send('POST', `/runs/${run_id}`, resume(colour))));
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 403]);
  for (const reply of replies) {
    const told = await reply.json();
    if (reply.status === 403) expect(told).toMatchObject({ code: 'invalid_input', data: { code: 'run_not_waiting' } });
    else expect(told).toMatchObject({ status: 'completed', await_request: null });
  }
});

it('a run that ended or was cancelled takes no answer and stays as it is', async () => {
  const { run_id } = await run('asker', 'a hat');
  const cancelled = await send('POST', `/runs/${run_id}/cancel`);
  expect([cancelled.status, (await cancelled.json()).status]).toEqual([202, 'cancelling']);
  const ended = await get(`/runs/${run_id}`);
  expect(ended).toMatchObject({ status: 'cancelled', await_request: null });
  for (const mode of ['sync', 'async', 'stream'])
    expect((await send('POST', `/runs/${run_id}`, resume('red', mode))).status).toBe(403);
  expect((await send('POST', `/runs/${run_id}/cancel`)).status).toBe(403);
  expect(await get(`/runs/${run_id}`)).toEqual(ended);
});

it('an answer needs a message, and no run id', async () => {
  const { run_id } = await run('asker', 'a hat');
  for (const body of [{}, { mode: 'sync' }, { ...resume('x'), mode: undefined }, { await_resume: {}, mode: 'sync' }])
    expect((await send('POST', `/runs/${run_id}`, body)).status).toBe(422);
  expect(await post(`/runs/${run_id}`, { ...resume('red'), run_id: 'whatever' })).toMatchObject({
    status: 'completed',
  });
});

it('a question that nobody answers in time fails its run, also over a restart', async () => {
  const folder = makeTempDir();
  onTestFinished(() => removeTempDir(folder));
  const options = { project: PROJECT, args: ['--db', join(folder, 'clew.db'), '--grace-ms', '0'] };
  const first = await serve(options);
  const { run_id } = await speakTo(first.url).run('asker', 'a hat');
  await first.stop('SIGKILL');
  const second = await serve({ ...options, args: [...options.args, '--wait-ms', '200'] });
  const there = speakTo(second.url);
  const follow = await fetch(`${second.url}/runs/${run_id}/events`, { headers: { accept: 'text/event-stream' } });
  await follow.text();
  await expect.poll(async () => (await there.get(`/runs/${run_id}`)).status).toBe('failed');
  expect(await there.get(`/runs/${run_id}`)).toMatchObject({
    await_request: null,
    error: { code: 'server_error', data: { code: 'answer_timeout' } },
  });
  expect((await there.events(run_id)).at(-1)).toMatchObject({ type: 'run.failed' });
  expect((await there.send('POST', `/runs/${run_id}`, resume('red'))).status).toBe(403);
  await second.stop();
});

it('two agents of one label are refused at the start, in one sentence', async () => {
  const folder = makeTempDir();
  mkdirSync(join(folder, 'agents'));
  for (const name of ['a_b', 'a-b']) writeFileSync(join(folder, 'agents', `${name}.yaml`), agentFile(name));
  onTestFinished(() => removeTempDir(folder));
  await expect(serve({ project: folder })).rejects.toThrow(
    'agents/a_b.yaml:3: name: The agents a-b and a_b would both be called a-b over ACP. Rename this one or the one in `agents/a-b.yaml`: until then a server takes over neither.',
  );
});

function agentFile(name: string): string {
  return `spec_version: v1\nkind: native\nname: ${name}\ndescription: Echoes.\nllm: clew/echo\n`;
}
