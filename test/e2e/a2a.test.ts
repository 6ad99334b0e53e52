import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { type A2aServerOptions, startA2aServer, type Worker } from '../kit/a2a-server.ts';
import { freePort } from '../kit/ports.ts';
import { serve } from '../kit/server.ts';
import { tempDir } from '../kit/temp-dir.ts';
import { framesOf } from './start.ts';

const KEY = 'weather-key-of-the-test';

/** A Clew server in a process of its own, whose agent `weather` works at an A2A server that wants a key. */
async function near(work: (worker: Worker) => Promise<void> | void, options: A2aServerOptions = {}) {
  const there = await startA2aServer(work, { authorization: `Bearer ${KEY}`, ...options });
  const folder = tempDir();
  const files = {
    'agents/weather.yaml': `spec_version: v1
kind: external
provider: external_chat/A2A/0.3.0
name: weather
description: Knows the weather.
api_url: \${WEATHER_URL}
app_id: weather
`,
    'connections/weather.yaml': `kind: connection
app_id: weather
environments: { draft: { kind: bearer, token: "\${WEATHER_KEY}" } }
`,
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const port = await freePort();
  const start = () =>
    serve({
      project: folder,
      port,
      args: ['--db', join(folder, 'clew.db'), '--grace-ms', '0', '--lease-ms', '1000'],
      env: { WEATHER_URL: there.url, WEATHER_KEY: KEY },
    });
  const url = `http://127.0.0.1:${port}`;
  const json = async (method: string, path: string, body?: object) =>
    (
      await fetch(`${url}${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
    ).json();
  return {
    there,
    url,
    start,
    json,
    /** Starts a run over ACP and gives its id at once. */
    async begin(content: string): Promise<string> {
      const input = [{ role: 'user', parts: [{ content_type: 'text/plain', content }] }];
      return (await json('POST', '/runs', { agent_name: 'weather', input, mode: 'async' })).run_id;
    },
    said: async (runId: string): Promise<string> => {
      const { output } = await json('GET', `/runs/${runId}`);
      return output
        .flatMap((one: { parts: { content?: string }[] }) => one.parts.map(({ content = '' }) => content))
        .join('');
    },
    async say(content: string, more: object = {}) {
      const response = await fetch(`${url}/api/v1/orchestrate/runs?stream=true`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ agent_id: 'weather', message: { role: 'user', content }, ...more }),
      });
      return framesOf(await response.text());
    },
  };
}

it('an agent of an A2A server asks in the chat, and goes on over a kill of this one', async () => {
  const gate = Promise.withResolvers<void>();
  const { start, say, begin, said, there, json } = await near(
    async ({ said: town, goesOn, begin: known, status, artifact }) => {
      if (town === 'Does it rain?') {
        known();
        return status('input-required', 'Which town?');
      }
      if (!goesOn) known();
      status('working', 'Looking at the sky.');
      artifact('answer', [`In ${town}: `]);
      if (!goesOn) await gate.promise;
      artifact('answer', ['rain.'], true);
      status('completed');
    },
  );
  const first = await start();
  const asked = await say('Does it rain?');
  expect(JSON.stringify(asked)).toContain('Which town?');
  const threadId = asked[0]!.data.thread_id;
  const runId = await begin('Bergen');
  await expect.poll(() => said(runId)).toBe('In Bergen: ');
  await first.stop('SIGKILL');

  await start();
  const answered = JSON.stringify(await say('Oslo', { thread_id: threadId }));
  expect(answered).toContain('In Oslo: rain.');
  expect(answered).toContain('Looking at the sky.');
  await expect.poll(() => there.calls.map(({ method }) => method), { timeout: 20_000 }).toContain('tasks/resubscribe');
  gate.resolve();
  await expect.poll(async () => (await json('GET', `/runs/${runId}`)).status).toBe('completed');
  expect(await said(runId)).toBe('In Bergen: rain.');
  expect(there.calls.filter(({ method }) => method === 'message/stream')).toHaveLength(3);
});

it('a cancel reaches the task there, and a wrong key is one clear sentence without the key', async () => {
  const { start, begin, json, said, there } = await near(async ({ begin: known, artifact, cancelled }) => {
    known();
    artifact('answer', ['Half ']);
    await new Promise((resolve) => cancelled.addEventListener('abort', resolve));
  });
  await start();
  const runId = await begin('Oslo');
  await expect.poll(() => said(runId)).toBe('Half ');
  await json('POST', `/runs/${runId}/cancel`);
  await expect.poll(() => there.calls.map(({ method }) => method)).toContain('tasks/cancel');
  await expect.poll(async () => (await json('GET', `/runs/${runId}`)).status).toBe('cancelled');

  const other = await near(() => {}, { authorization: 'Bearer of another' });
  const server = await other.start();
  const refused = await other.begin('Oslo');
  await expect.poll(async () => (await other.json('GET', `/runs/${refused}`)).status).toBe('failed');
  const { error } = await other.json('GET', `/runs/${refused}`);
  expect(error).toMatchObject({
    message: 'The server of the remote agent does not accept what this server identifies itself with.',
    data: { code: 'remote_refused' },
  });
  expect(server.output()).not.toContain(KEY);
});
