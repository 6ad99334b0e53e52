import { describe, expect, it } from 'vitest';
import { answer, sdk, start } from './start.ts';

const { url, get } = await start();
const client = new sdk.Client({ baseUrl: url });

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

const types = (events: readonly { type: string }[]) => events.map(({ type }) => type);
const resume = (content: string) => ({
  type: 'message' as const,
  message: {
    role: 'user',
    parts: [{ content, content_type: 'text/plain', content_encoding: 'plain' as const }],
    created_at: null,
    completed_at: null,
  },
});

describe('the published client', () => {
  it('finds the server and its agents', async () => {
    await client.ping();
    const agents = await client.agents();
    expect(agents.map(({ name }) => name)).toEqual([
      'asker',
      'context-variables-test-agent',
      'counter',
      'echo',
      'failer',
      'looker',
      'slow',
      'thinker',
      'twice',
    ]);
    expect(await client.agent('echo')).toMatchObject({
      name: 'echo',
      description: 'Gives back each part of the message.',
      input_content_types: ['text/plain', 'image/*'],
      output_content_types: ['*/*'],
      metadata: {
        license: 'Apache-2.0',
        tags: ['Chat', 'Canvas'],
        links: [{ type: 'homepage', url: 'https://example.org' }],
        natural_languages: ['en', 'de'],
        capabilities: [{ name: 'echo' }, { name: 'Say hello', description: 'It says hello, too.' }],
      },
    });
    await expect(client.agent('nobody')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('runs an agent and waits for it', async () => {
    const run = await client.runSync('echo', 'Hello');
    expect(run).toMatchObject({ status: 'completed', agent_name: 'echo', output: [{ role: 'agent/echo' }] });
    expect(answer(run as never)).toBe('Hello');
    expect(await client.runStatus(run.run_id)).toEqual(run);
  });

  it('leaves a run and comes back to it', async () => {
    const run = await client.runAsync('echo', 'Hello');
    expect(run.status).toBe('created');
    await expect.poll(async () => (await client.runStatus(run.run_id)).status).toBe('completed');
  });

  it('streams a run; its events read later are the stream', async () => {
    for (const agent of ['echo', 'looker']) {
      const events = await all(client.runStream(agent, 'one two three'));
      expect(types(events).slice(0, 2)).toEqual(['run.created', 'run.in-progress']);
      const last = events.at(-1);
      if (last?.type !== 'run.completed') throw new Error(last?.type);
      expect(await client.runEvents(last.run.run_id)).toEqual(events);
      expect(await client.runStatus(last.run.run_id)).toEqual(last.run);
    }
  });

  it('shows steps and citations', async () => {
    const [message] = (await client.runSync('looker', 'thread')).output;
    expect(message?.parts.map(({ metadata }) => metadata)).toMatchObject([
      {
        kind: 'trajectory',
        tool_name: 'look',
        message: 'Looking it up',
        tool_input: { for: 'thread' },
        tool_output: { found: 1 },
      },
      undefined,
      { kind: 'citation', start_index: 0, end_index: 5, url: 'https://example.org', title: 'Example' },
    ]);
  });

  it('cancels a run in the middle of its stream, and what was said stays', async () => {
    const events = [];
    for await (const event of client.runStream('slow', 'go')) {
      events.push(event);
      if (event.type !== 'message.part' || events.filter(({ type }) => type === 'message.part').length > 1) continue;
      const [created] = events;
      if (created?.type !== 'run.created') throw new Error('no run');
      expect((await client.runCancel(created.run.run_id)).status).toBe('cancelling');
    }
    const last = events.at(-1);
    if (last?.type !== 'run.cancelled') throw new Error(last?.type);
    expect(answer(last.run as never)).not.toBe('');
    expect(last.run.output.at(-1)?.completed_at).toBeNull();
    expect(await client.runEvents(last.run.run_id)).toEqual(events);
    await expect(client.runCancel(last.run.run_id)).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('answers questions in every mode', async () => {
    const sync = await client.runSync('twice', 'go');
    expect(sync).toMatchObject({
      status: 'awaiting',
      await_request: { type: 'message', message: { role: 'agent/twice', parts: [{ content: 'First?' }] } },
    });
    const again = await client.runResumeSync(sync.run_id, resume('a'));
    expect(again).toMatchObject({
      status: 'awaiting',
      await_request: { message: { parts: [{ content: 'Second?' }] } },
    });
    expect(await client.runResumeSync(sync.run_id, resume('b'))).toMatchObject({
      status: 'completed',
      await_request: null,
    });
    expect(answer((await client.runStatus(sync.run_id)) as never)).toBe('Two questions.a, b');
    await expect(client.runResumeSync(sync.run_id, resume('c'))).rejects.toMatchObject({ code: 'invalid_input' });

    const first = await all(client.runStream('twice', 'go'));
    expect(types(first).at(-1)).toBe('run.awaiting');
    const { run } = first[0] as { run: { run_id: string } };
    const second = await all(client.runResumeStream(run.run_id, resume('a')));
    expect(types(second)).toEqual(['run.in-progress', 'run.awaiting']);
    const third = await all(client.runResumeStream(run.run_id, resume('b')));
    expect(types(third)).toEqual([
      'run.in-progress',
      'message.created',
      'message.part',
      'message.completed',
      'run.completed',
    ]);
    expect(await client.runEvents(run.run_id)).toEqual([...first, ...second, ...third]);

    const asked = await client.runAsync('asker', 'a hat');
    await expect.poll(async () => (await client.runStatus(asked.run_id)).status).toBe('awaiting');
    expect(await client.runResumeAsync(asked.run_id, resume('green'))).toMatchObject({
      status: 'in-progress',
      await_request: null,
    });
    await expect.poll(async () => (await client.runStatus(asked.run_id)).status).toBe('completed');
  });

  it('reads what a run failed with', async () => {
    const failed = await client.runSync('failer', 'invalid_input');
    expect(failed).toMatchObject({
      status: 'failed',
      error: { code: 'invalid_input', message: 'It fails.' },
      output: [{ parts: [{ content: 'Until here.' }], completed_at: null }],
    });
    const own = await client.runSync('failer', 'too_hot');
    expect(own.error).toEqual({ code: 'server_error', message: 'It fails.', data: { code: 'too_hot' } });
    const broken = await client.runSync('failer', 'break');
    expect(broken.error?.code).toBe('server_error');
    expect(JSON.stringify(broken)).not.toContain('secret');
  });

  it('keeps a session', async () => {
    await client.withSession(async (session) => {
      const runs = [await session.runSync('echo', 'one'), await session.runSync('echo', 'two')];
      expect(runs.map(({ session_id }) => session_id)).toEqual([session.sessionId, session.sessionId]);
      const { history } = await get(`/sessions/${session.sessionId}`);
      const texts = await Promise.all(
        history.map(async (address: string) => {
          const response = await fetch(address);
          expect(response.headers.get('content-type')).toBe('application/json');
          const { role, parts } = await response.json();
          return [role, parts[0].content];
        }),
      );
      expect(texts).toEqual([
        ['user', 'one'],
        ['agent/echo', 'one'],
        ['user', 'two'],
        ['agent/echo', 'two'],
      ]);
    });
  });
});

it('measures its agents', async () => {
  const { status } = await get('/agents/failer');
  expect(status.success_rate).toBe(0);
  expect(status.avg_run_time_seconds).toBeGreaterThanOrEqual(0);
  expect((await get('/agents/echo')).status.success_rate).toBe(100);
  expect((await get('/agents/context-variables-test-agent')).status).toEqual({});
});
