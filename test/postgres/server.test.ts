import { expect, it, onTestFinished } from 'vitest';
import { balance } from '../kit/balancer.ts';
import { testDatabase } from '../kit/database.ts';
import { freePort } from '../kit/ports.ts';
import { serve } from '../kit/server.ts';

/** Servers of the lab on a database of their own. */
async function cluster() {
  const database = await testDatabase('nothing');
  return {
    database,
    start: (...args: string[]) => serve({ args, env: { CLEW_DATABASE_URL: database.url } }),
    /** A server with another project, as it is while the nodes get a new one in turn. */
    startOther: (...args: string[]) =>
      serve({ args, project: 'examples/starter', env: { CLEW_DATABASE_URL: database.url } }),
  };
}

/** Sends a message and reads its stream to the end. */
async function ask(url: string, agent: string, message: { text: string; threadId?: string }) {
  const { text, threadId } = message;
  const response = await fetch(`${url}/api/v1/orchestrate/runs?stream=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      agent_id: agent,
      ...(threadId ? { thread_id: threadId } : {}),
      message: { role: 'user', content: text },
    }),
  });
  const frames = (await response.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; data: { run_id: string; thread_id: string } });
  const { run_id: runId, thread_id: threadOf } = frames[0]?.data ?? { run_id: '', thread_id: '' };
  return { events: frames.map(({ event }) => event), runId, threadId: threadOf };
}

it('answers from any server what was said to any other', async () => {
  const { start } = await cluster();
  const [one, two] = await Promise.all([start(), start()]);
  const { events, runId } = await ask(one.url, 'echo', { text: 'hello' });
  expect(events.at(-1)).toBe('done');
  const replay = await fetch(`${two.url}/api/v1/orchestrate/runs/${runId}/events`);
  expect(await replay.json()).toHaveLength(events.length);
  const asked = await ask(one.url, 'awaiter', { text: 'go on' });
  const answered = await ask(two.url, 'awaiter', { text: 'like this', threadId: asked.threadId });
  expect([answered.runId, answered.events.at(-1)]).toEqual([asked.runId, 'done']);
  expect(answered.events).toContain('run.completed');
});

it('splits the work: one server answers clients, another one works', async () => {
  const { start } = await cluster();
  const worker = await start('--worker-only');
  const api = await start('--no-worker');
  expect((await fetch(`${worker.url}/health`)).status).toBe(200);
  expect((await fetch(`${worker.url}/health/alive`)).status).toBe(200);
  expect((await fetch(`${worker.url}/api/v1/threads`)).status).toBe(404);
  expect((await ask(api.url, 'echo', { text: 'hello' })).events.at(-1)).toBe('done');
  await worker.stop();
  const waiting = ask(api.url, 'echo', { text: 'is anybody there?' });
  const next = await start('--worker-only');
  expect((await waiting).events.at(-1)).toBe('done');
  expect((await next.stop()).code).toBe(0);
});

it('leaves a run to the server that has its agent', async () => {
  const { start, startOther } = await cluster();
  const [api] = await Promise.all([start('--no-worker'), startOther('--worker-only')]);
  const waiting = ask(api.url, 'echo', { text: 'whoever knows me' });
  await start('--worker-only');
  const { events } = await waiting;
  expect(events).toContain('run.completed');
  expect(events).not.toContain('run.failed');
});

it('says that it is not ready while the database is away, comes back with it, and never shows the password', async () => {
  const database = await testDatabase('nothing');
  const address = new URL(database.url);
  const { password, port } = address;
  const network = await balance([Number(port)]);
  onTestFinished(() => network.close());
  address.port = new URL(network.url).port;
  const server = await serve({ args: ['--log-level', 'debug'], env: { CLEW_DATABASE_URL: address.href } });
  const health = async () => (await fetch(`${server.url}/health`)).status;
  expect(await health()).toBe(200);
  network.takeOut(Number(port));
  await expect.poll(health).toBe(503);
  const refused = await fetch(`${server.url}/api/v1/threads`);
  expect([refused.status, await refused.text()]).toEqual([503, expect.stringContaining('cannot be reached')]);
  network.putIn(Number(port));
  await expect.poll(health).toBe(200);
  expect((await ask(server.url, 'echo', { text: 'back again' })).events.at(-1)).toBe('done');
  expect((await server.stop()).code).toBe(0);
  expect(server.output()).toContain('the connection that listens to the database broke');
  expect(server.output()).not.toMatch(new RegExp(`:${password}@|postgres://`));
});

it('refuses to start with one clear sentence', async () => {
  const port = await freePort();
  const env = { CLEW_DATABASE_URL: `postgres://clew:open-sesame@127.0.0.1:${port}/clew` };
  const failed = await serve({ env }).catch((error: Error) => error.message);
  expect(failed).toMatch(/ended with 4 .*The database cannot be reached \(ECONNREFUSED\)/s);
  expect(failed).not.toMatch(/open-sesame|\bat .*\.ts:/);
});
