import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { serve } from '../kit/server.ts';
import { tempDir } from '../kit/temp-dir.ts';
import { type Frame, framesOf, say } from './start.ts';

it('drains at SIGTERM: refuses new runs, keeps what was said, releases leases, and goes on at the next start', async () => {
  const file = join(tempDir(), 'clew.db');
  const options = { project: join(import.meta.dirname, 'project'), args: ['--db', file, '--grace-ms', '300'] };
  const first = await serve(options);
  const response = await fetch(`${first.url}/api/v1/orchestrate/runs?stream=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(say('slow', 'go')),
  });
  const stream = response.body?.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let text = '';
  while (!text.includes('message.delta')) text += (await stream?.read())?.value ?? '';
  const stopped = first.stop();
  for (let chunk = await stream?.read(); chunk && !chunk.done; chunk = await stream?.read()) text += chunk.value;
  expect(await stopped).toEqual({ code: 0, signal: null });
  const seen = framesOf(text.slice(0, text.lastIndexOf('\n') + 1));
  expect(seen.at(-1)?.event).toBe('message.delta');

  const db = new DatabaseSync(file, { readOnly: true });
  expect(db.prepare('SELECT status, worker, lease_until FROM runs').all()).toEqual([
    { status: 'queued', worker: null, lease_until: null },
  ]);
  db.close();

  const second = await serve(options);
  const runId = seen[0]?.data.run_id;
  const follow = await fetch(`${second.url}/api/v1/orchestrate/runs/${runId}/events?after=${seen.at(-1)?.id}`, {
    headers: { accept: 'application/x-ndjson' },
  });
  await fetch(`${second.url}/api/v1/orchestrate/runs/cancel/${runId}`, { method: 'POST' });
  const rest = framesOf(await follow.text());
  expect(rest.at(-1)?.event).toBe('done');
  const whole = (await (await fetch(`${second.url}/api/v1/orchestrate/runs/${runId}/events`)).json()) as Frame[];
  expect([...seen, ...rest]).toEqual(whole);
  const words = whole.filter(({ event }) => event === 'message.delta').map(({ data }) => data.delta.content[0].text);
  const numbers = words.join('').trim().split(' ').map(Number);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  await second.stop();
});
