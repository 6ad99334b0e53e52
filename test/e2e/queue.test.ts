import { expect, it } from 'vitest';
import { say, start } from './start.ts';

const { url, post, stream } = await start(['--concurrency', '1', '--queue', '2']);

const runs = '/api/v1/orchestrate/runs';
const begin = async (agent: string, content: string, more: object = {}) =>
  (await (await post(runs, say(agent, content, more))).json()) as { run_id: string; thread_id: string };
const cancel = (id: string) => fetch(`${url}${runs}/cancel/${id}`, { method: 'POST' });
const statusOf = async (id: string) => (await (await fetch(`${url}${runs}/${id}`)).json()).status;
const ended = (id: string) => expect.poll(() => statusOf(id)).toBe('cancelled');
const acp = (agent_name: string, session_id?: string) =>
  post('/runs', {
    agent_name,
    ...(session_id ? { session_id } : {}),
    mode: 'async',
    input: [{ role: 'user', parts: [{ content_type: 'text/plain', content: 'short' }] }],
  });

/** A value of `/metrics`. */
async function metric(name: string): Promise<number> {
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const line = (await response.text())
    .split('\n')
    .find((one) => one.startsWith(`${name} `) || one.startsWith(`${name}{`));
  return Number(line?.split(' ').at(-1));
}

it('refuses a second message on both wires where the agent wants that, and takes it afterwards', async () => {
  const { run_id, thread_id } = await begin('single', 'count');
  const here = await post(runs, say('single', 'short', { thread_id }));
  expect([here.status, (await here.json()).code]).toEqual([409, 'thread_busy']);
  const there = await acp('single', thread_id);
  expect([there.status, (await there.json()).data.code]).toEqual([409, 'thread_busy']);
  await cancel(run_id);
  await ended(run_id);
  const frames = await stream(say('single', 'short', { thread_id }));
  expect(frames.at(-1)?.event).toBe('done');
});

it('turns messages away on both wires when the queue is full, shows how long it is, and takes them again', async () => {
  const first = await begin('slow', 'count');
  const queued = [await begin('slow', 'a'), await begin('slow', 'b')];
  expect(await metric('clew_runs_queued')).toBe(2);
  expect(await metric('clew_queue_oldest_seconds')).toBeGreaterThan(0);
  expect(await metric('clew_runs_running')).toBe(1);
  for (const refused of [await post(runs, say('slow', 'c')), await acp('slow')]) {
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  }
  expect(await metric('clew_turned_away_total')).toBe(2);
  for (const { run_id } of [...queued, first]) await cancel(run_id);
  await ended(first.run_id);
  const frames = await stream(say('echo', 'hello'));
  expect(frames.at(-1)?.event).toBe('done');
  expect(await metric('clew_runs_queued')).toBe(0);
  expect(await metric('clew_streams')).toBe(0);
  expect(await metric('clew_tail_delay_seconds_count')).toBeGreaterThan(0);
});
