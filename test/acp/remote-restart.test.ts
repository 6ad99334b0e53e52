import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { serve } from '../kit/server.ts';
import { makeTempDir, removeTempDir, tempDir } from '../kit/temp-dir.ts';
import { at, farRunId, serveNear, told, writeNear } from './remote/chain.ts';
import { answer, said, speakTo, sse, start } from './start.ts';

const folder = makeTempDir();
const farLab = await serve({ args: ['--db', join(folder, 'far.db'), '--grace-ms', '0'] });
const other = await start();
afterAll(async () => {
  await farLab.stop();
  removeTempDir(folder);
});
const far = speakTo(farLab.url);

describe('a run goes on at the same run there', () => {
  const whole = Array.from({ length: 150 }, (_, n) => `piece ${String(n + 1).padStart(12, '.')} \n`).join('');

  it('after the near server was killed', async () => {
    const dir = tempDir();
    const env = { LAB_URL: farLab.url };
    writeNear(dir, { burst: [at('LAB_URL')] });
    const first = await serveNear(dir, env);
    const { run_id, session_id } = await speakTo(first.url).run('burst', 'burst 150 50', { mode: 'async' });
    await expect.poll(async () => answer(await speakTo(first.url).get(`/runs/${run_id}`))).toContain('....5 ');
    await first.stop('SIGKILL');
    const second = await serveNear(dir, env);
    const it = speakTo(second.url);
    const stream = await fetch(`${second.url}/runs/${run_id}/events`, { headers: { accept: 'text/event-stream' } });
    const events = sse(await stream.text());
    const farId = farRunId(events);
    expect(told(events)).toEqual(told(await far.events(farId)));
    expect(answer(await it.get(`/runs/${run_id}`))).toBe(whole);
    const ids = events.flatMap((event) => (event.type === 'message.part' ? [event.part.metadata] : []));
    expect(ids.filter((one) => one?.kind === 'trajectory')).toHaveLength(1);
    const { session_id: farSession } = await far.get(`/runs/${farId}`);
    expect(farSession).not.toBe(session_id);
    const { history } = await far.get(`/sessions/${farSession}`);
    expect(history).toHaveLength(2);
  });

  it('after the far server was killed and came back', async () => {
    const dir = tempDir();
    const args = ['--db', join(dir, 'far.db'), '--grace-ms', '0', '--lease-ms', '1000'];
    const before = await serve({ args });
    const one = await serveNear(writeNear(dir, { burst: [at('FAR_URL')] }), { FAR_URL: before.url });
    const it = speakTo(one.url);
    const { run_id } = await it.run('burst', 'burst 150 50', { mode: 'async' });
    await expect.poll(async () => answer(await it.get(`/runs/${run_id}`))).toContain('....5 ');
    await before.stop('SIGKILL');
    const after = await serve({ args, port: before.port });
    await expect.poll(async () => (await it.get(`/runs/${run_id}`)).status, { timeout: 30_000 }).toBe('completed');
    expect(answer(await it.get(`/runs/${run_id}`))).toBe(whole);
    expect(told(await it.events(run_id))).toEqual(
      told(await speakTo(after.url).events(farRunId(await it.events(run_id)))),
    );
  });

  it('with its question, answered after a restart', async () => {
    const dir = tempDir();
    const env = { OTHER_URL: other.url };
    writeNear(dir, { twice: [at('OTHER_URL')] });
    const first = await serveNear(dir, env);
    const { run_id } = await speakTo(first.url).run('twice', 'go');
    await first.stop('SIGKILL');
    const it = speakTo((await serveNear(dir, env)).url);
    const reply = (text: string) => it.post(`/runs/${run_id}`, { await_resume: { message: said(text) }, mode: 'sync' });
    expect((await reply('red')).status).toBe('awaiting');
    expect(answer(await reply('blue'))).toBe('Two questions.red, blue');
  });
});

describe('a run ends', () => {
  it('there, when it is cancelled here after the near server was killed', async () => {
    const dir = tempDir();
    writeNear(dir, { slow: [at('OTHER_URL')] });
    const first = await serveNear(dir, { OTHER_URL: other.url });
    const { run_id } = await speakTo(first.url).run('slow', 'go', { mode: 'async' });
    await expect.poll(async () => answer(await speakTo(first.url).get(`/runs/${run_id}`))).toContain('3 ');
    const events = await speakTo(first.url).events(run_id);
    await first.stop('SIGKILL');
    const it = speakTo((await serveNear(dir, { OTHER_URL: other.url })).url);
    await it.post(`/runs/${run_id}/cancel`);
    await expect.poll(async () => (await it.get(`/runs/${run_id}`)).status).toBe('cancelled');
    await expect.poll(async () => (await other.get(`/runs/${farRunId(events)}`)).status).toBe('cancelled');
  });

  it('as failed, when the far server goes away in the middle', async () => {
    const dir = tempDir();
    const gone = await serve({ args: ['--db', join(dir, 'gone.db'), '--grace-ms', '0'] });
    const one = await serveNear(writeNear(dir, { burst: [at('GONE_URL'), 'reconnect_seconds: 1'] }), {
      GONE_URL: gone.url,
    });
    const it = speakTo(one.url);
    const { run_id } = await it.run('burst', 'burst 1000 100', { mode: 'async' });
    await expect.poll(async () => answer(await it.get(`/runs/${run_id}`))).toContain('piece');
    await gone.stop('SIGKILL');
    await expect.poll(async () => (await it.get(`/runs/${run_id}`)).status, { timeout: 20_000 }).toBe('failed');
    const run = await it.get(`/runs/${run_id}`);
    expect(run.error).toEqual({
      code: 'server_error',
      message: 'The server of the remote agent went away in the middle of the run and did not come back within 1 s.',
      data: { code: 'remote_unreachable' },
    });
    expect(answer(run)).toContain('piece');
  });
});
