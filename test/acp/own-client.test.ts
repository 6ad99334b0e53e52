import { randomUUID } from 'node:crypto';
import { type AcpStream, createAcpClient, type Event } from '@clew/wire/acp-client';
import { describe, expect, it } from 'vitest';
import { answer, said, start } from './start.ts';

const { url } = await start();
const client = createAcpClient({ baseUrl: url });
const toAgent = (agentName: string, text = 'Hello') => ({ agentName, input: [said(text)] });

async function read({ events }: AcpStream): Promise<Event[]> {
  const seen: Event[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

describe('the client of @clew/wire', () => {
  it('finds the server and its agents', async () => {
    await client.ping();
    const agents = await client.agents();
    expect(agents.map(({ name }) => name)).toContain('echo');
    expect(await client.agents({ limit: 2, offset: 1 })).toEqual(agents.slice(1, 3));
    expect(await client.agent('echo')).toMatchObject({ name: 'echo', metadata: { license: 'Apache-2.0' } });
    await expect(client.agent('nobody')).rejects.toMatchObject({ code: 'not_found', status: 404 });
  });

  it('runs in each mode, and reads the run and its events afterwards', async () => {
    const run = await client.createRun({ ...toAgent('echo'), mode: 'sync' });
    expect([run.status, answer(run)]).toEqual(['completed', 'Hello']);
    expect(await client.run(run.run_id)).toEqual(run);

    const left = await client.createRun({ ...toAgent('echo'), mode: 'async' });
    expect(left.status).toBe('created');
    await expect.poll(async () => (await client.run(left.run_id)).status).toBe('completed');

    const stream = await client.streamRun(toAgent('looker'));
    const seen = await read(stream);
    expect(await client.events(stream.runId as string)).toEqual(seen);
    expect(seen.map(({ type }) => type)).toContain('generic');
  });

  it('gives a failed run as one', async () => {
    const seen = await read(await client.streamRun(toAgent('failer', 'invalid_input')));
    expect(seen.at(-1)).toMatchObject({ type: 'run.failed', run: { error: { message: 'It fails.' } } });
  });

  it('answers questions in each mode', async () => {
    const first = await client.streamRun(toAgent('asker', 'A chair'));
    expect((await read(first)).at(-1)?.type).toBe('run.awaiting');
    const second = await client.streamResume(first.runId as string, said('red'));
    expect(second.runId).toBe(first.runId);
    expect((await read(second)).at(-1)).toMatchObject({ type: 'run.completed' });

    const { run_id } = await client.createRun({ ...toAgent('twice'), mode: 'sync' });
    expect(await client.resume(run_id, said('one'), 'async')).toMatchObject({ status: 'in-progress' });
    await expect.poll(async () => (await client.run(run_id)).status).toBe('awaiting');
    expect(answer(await client.resume(run_id, said('two'), 'sync'))).toContain('one, two');
    await expect(client.resume(run_id, said('three'), 'sync')).rejects.toMatchObject({ status: 403, runId: run_id });
  });

  it('cancels a run while it streams', async () => {
    const { runId = '', events } = await client.streamRun(toAgent('slow'));
    let last: Event | undefined;
    for await (const event of events) {
      if (last?.type !== 'message.part' && event.type === 'message.part')
        expect(await client.cancel(runId)).toMatchObject({ status: 'cancelling' });
      last = event;
    }
    expect(last?.type).toBe('run.cancelled');
    await expect(client.cancel(runId)).rejects.toMatchObject({ status: 403, runId });
  });

  it('goes on in a session', async () => {
    const sessionId = randomUUID();
    for (const text of ['one', 'two']) await client.createRun({ ...toAgent('echo', text), sessionId, mode: 'sync' });
    expect((await client.session(sessionId)).history).toHaveLength(4);
    await expect(client.session(randomUUID())).rejects.toMatchObject({ code: 'not_found' });
  });
});
