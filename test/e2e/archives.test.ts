import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { freePort } from '../kit/ports.ts';
import { serve } from '../kit/server.ts';
import { tempDir } from '../kit/temp-dir.ts';
import { framesOf, say } from './start.ts';

const HOUR_MS = 3_600_000;

/** Everything that both wires tell of a run and its conversation, with all the ways to ask. */
async function told(url: string, { runId, threadId }: { runId: string; threadId: string }): Promise<string[]> {
  const get = async (path: string, accept?: string) => {
    const response = await fetch(`${url}${path}`, accept ? { headers: { accept } } : {});
    return `${response.status} ${await response.text()}`;
  };
  const list = await (await fetch(`${url}/runs/${runId}/events?limit=1000`)).json();
  const frames = await (await fetch(`${url}/api/v1/orchestrate/runs/${runId}/events`)).json();
  const cursors = (frames as { id: string }[]).slice(0, -1).map(({ id }) => id);
  return Promise.all([
    get(`/api/v1/orchestrate/runs/${runId}/events`),
    get(`/api/v1/orchestrate/runs/${runId}/events`, 'text/event-stream'),
    ...cursors.map((id) => get(`/api/v1/orchestrate/runs/${runId}/events?after=${id}`)),
    get(`/api/v1/orchestrate/runs/${runId}/events?after=1-1`),
    get(`/api/v1/orchestrate/runs/${runId}`),
    get(`/api/v1/threads/${threadId}`),
    get(`/api/v1/threads/${threadId}/messages`),
    get('/api/v1/threads'),
    get(`/runs/${runId}`),
    get(`/runs/${runId}/events`),
    get(`/runs/${runId}/events`, 'text/event-stream'),
    get(`/runs/${runId}/events?after=${list.cursor}`),
    get(`/runs/${runId}/events?limit=3`),
    get(`/sessions/${threadId}`),
  ]);
}

it('shows no client that a conversation was archived', async () => {
  const file = join(tempDir(), 'clew.db');
  // Some of what is told has the address of the server in it.
  const port = await freePort();
  const start = (...args: string[]) => serve({ port, args: ['--db', file, '--grace-ms', '0', ...args] });
  const ask = async (url: string, agent: string, text: string, more: object = {}) => {
    const response = await fetch(`${url}/api/v1/orchestrate/runs?stream=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(say(agent, text, more)),
    });
    const frames = framesOf(await response.text());
    const { run_id: runId, thread_id: threadId } = frames[0]?.data ?? {};
    expect(frames.at(-1)?.event).toBe('done');
    return { runId, threadId, frames };
  };

  const first = await start();
  const said = await ask(first.url, 'burst', 'burst 12 60');
  const waits = await ask(first.url, 'awaiter', 'go on');
  await first.stop();
  const db = new DatabaseSync(file);
  db.exec(`UPDATE runs SET ended_at = ended_at - ${2 * HOUR_MS}`);
  db.close();

  const second = await start();
  const before = await told(second.url, said);
  expect(before[0]).toContain('piece');
  await second.stop();

  const third = await start('--retention-archive', '1h');
  await expect.poll(third.output, { timeout: 30_000 }).toContain('archivedRuns');
  const look = new DatabaseSync(file, { readOnly: true });
  expect({ ...look.prepare('SELECT count(*) AS n FROM archives').get() }).toEqual({ n: 1 });
  look.close();
  expect(await told(third.url, said)).toEqual(before);
  // The conversation goes on, and the one that waited, too.
  const next = await ask(third.url, 'echo', 'and now?', { thread_id: said.threadId });
  expect(next.threadId).toBe(said.threadId);
  expect((await ask(third.url, 'awaiter', 'like this', { thread_id: waits.threadId })).runId).toBe(waits.runId);
  await third.stop();
});
