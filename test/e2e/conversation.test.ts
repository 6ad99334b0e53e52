import { describe, expect, it } from 'vitest';
import { type Frame, framesOf, say, start } from './start.ts';

const { url, post, stream } = await start();
const events = (frames: readonly Frame[]) => frames.map(({ event }) => event);
const created = (frames: readonly Frame[]) => frames.find(({ event }) => event === 'message.created')?.data.message;

describe('a conversation', () => {
  it('goes on in its thread, and can be read again', async () => {
    const first = await stream(say('echo', 'one'));
    const threadId = first[0]?.data.thread_id;
    const second = await stream(say('echo', 'two', { thread_id: threadId }));
    expect(second[0]?.data.thread_id).toBe(threadId);
    const messages = await (await fetch(`${url}/api/v1/threads/${threadId}/messages`)).json();
    expect(
      messages.map(({ role, content }: { role: string; content: { text: string }[] }) => [role, content[0]?.text]),
    ).toEqual([
      ['user', 'one'],
      ['assistant', 'one'],
      ['user', 'two'],
      ['assistant', 'two'],
    ]);
    expect(messages[3]).toEqual(created(second));
    expect(messages[3].parent_message_id).toBe(messages[2].id);
  });

  it('is the same run for the same message id, and refuses another text under it', async () => {
    const id = crypto.randomUUID();
    const body = (content: string) => ({ ...say('echo', ''), message: { id, role: 'user', content } });
    const [one, two] = await Promise.all([stream(body('once')), stream(body('once'))]);
    expect(two).toEqual(one);
    const conflict = await post('/api/v1/orchestrate/runs', body('twice'));
    expect(conflict.status).toBe(409);
    expect(await conflict.json()).toMatchObject({ code: 'idempotency_conflict', detail: expect.any(String) });
    const keyed = () => stream(say('echo', 'keyed'), { 'idempotency-key': 'k-1' });
    expect(await keyed()).toEqual(await keyed());
  });

  it('waits for an answer and goes on with it, once', async () => {
    const asked = await stream(say('asker', 'a scarf'));
    expect(events(asked).slice(-4)).toEqual(['run.step.intermediate', 'message.created', 'message.completed', 'done']);
    expect(created(asked).additional_properties.is_interrupt).toBe(true);
    const { run_id: runId, thread_id: threadId } = asked[0]?.data ?? {};
    const run = async () => (await fetch(`${url}/api/v1/orchestrate/runs/${runId}`)).json();
    expect(await run()).toMatchObject({ status: 'requires_input' });
    const reply = {
      ...say('asker', '', { thread_id: threadId }),
      message: { id: crypto.randomUUID(), role: 'user', content: 'green' },
    };
    const answered = await stream(reply);
    expect(answered[0]?.data.run_id).toBe(runId);
    expect(created(answered).content[0].text).toBe('One in green.');
    expect(events(answered).at(-2)).toBe('run.completed');
    expect(await stream(reply)).toEqual(answered);
    expect(await run()).toMatchObject({ status: 'completed' });
    const all = (await (await fetch(`${url}/api/v1/orchestrate/runs/${runId}/events`)).json()) as Frame[];
    expect(all).toEqual([...asked, ...answered]);
  });
});

describe('a reader', () => {
  it('that comes back at any frame reads the rest, exactly', async () => {
    const frames = await stream(say('asker', 'a hat'));
    const { run_id: runId } = frames[0]?.data ?? {};
    for (const [n, { id }] of frames.slice(0, -1).entries()) {
      const response = await fetch(`${url}/api/v1/orchestrate/runs/${runId}/events?after=${id}`);
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      expect(framesOf(await response.text())).toEqual(frames.slice(n + 1));
    }
    const unknown = await fetch(`${url}/api/v1/orchestrate/runs/${runId}/events?after=1-1`);
    expect([unknown.status, (await unknown.json()).code]).toEqual([409, 'cursor_unknown']);
  });

  it('that goes away cancels nothing, and finds the live run again', async () => {
    const controller = new AbortController();
    const response = await fetch(`${url}/api/v1/orchestrate/runs?stream=true`, {
      method: 'POST',
      body: JSON.stringify(say('slow', 'go')),
      headers: { 'content-type': 'application/json' },
      signal: controller.signal,
    });
    const reader = response.body?.getReader();
    let text = '';
    while (!text.includes('message.delta')) text += new TextDecoder().decode((await reader?.read())?.value);
    controller.abort();
    const frames = framesOf(text.slice(0, text.lastIndexOf('\n') + 1));
    const { run_id: runId } = frames[0]?.data ?? {};
    const back = fetch(`${url}/api/v1/orchestrate/runs/${runId}/events`, {
      headers: { accept: 'text/event-stream', 'last-event-id': frames.at(-1)?.id ?? '' },
    });
    const cancelled = await post(`/api/v1/orchestrate/runs/cancel/${runId}`, '');
    expect(await cancelled.json()).toEqual({ run_id: runId, thread_id: frames[0]?.data.thread_id });
    const rest = (await (await back).text())
      .split('\n')
      .filter((line) => line.startsWith('data: '))
      .map((line) => JSON.parse(line.slice(6)) as Frame);
    expect(events(rest).slice(-2)).toEqual(['run.cancelled', 'done']);
    const whole = (await (await fetch(`${url}/api/v1/orchestrate/runs/${runId}/events`)).json()) as Frame[];
    expect([...frames, ...rest]).toEqual(whole);
    const deltas = whole.filter(({ event }) => event === 'message.delta').map(({ data }) => data.delta.content[0].text);
    expect(created(whole).content[0].text).toBe(deltas.join(''));
    expect((await post(`/api/v1/orchestrate/runs/cancel/${runId}`, '')).status).toBe(409);
  });
});
