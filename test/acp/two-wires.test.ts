import type { Event } from '@clew/wire/acp';
import { describe, expect, it } from 'vitest';
import { answer, readUntil, said, sse, start } from './start.ts';

const { url, send, get, post, run, events, stream } = await start();
const CHAT = '/api/v1/orchestrate/runs';

interface Frame {
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into frames of every kind
  readonly data: any;
}

const lines = (text: string): Frame[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
const say = (agent: string, content: string, more: object = {}) => ({
  message: { role: 'user', content },
  agent_id: agent,
  ...more,
});
const chat = async (body: object): Promise<Frame[]> =>
  lines(await (await send('POST', `${CHAT}?stream=true`, body)).text());
const frames = (runId: string): Promise<Frame[]> => get(`${CHAT}/${runId}/events`);
/** Follows a run live on both wires from its start; what each said when it is over. */
async function followBoth(runId: string): Promise<{ chat: Promise<Frame[]>; acp: Promise<Event[]> }> {
  const follow = (path: string) => fetch(`${url}${path}`, { headers: { accept: 'text/event-stream' } });
  const [one, other] = await Promise.all([follow(`${CHAT}/${runId}/events`), follow(`/runs/${runId}/events`)]);
  return {
    chat: one.text().then((text) => sse<Frame>(text)),
    acp: other.text().then((text) => sse(text)),
  };
}

const deltas = (shown: readonly Frame[]) =>
  shown
    .filter(({ event }) => event === 'message.delta')
    .map(({ data }) => data.delta.content[0].text)
    .join('');
const parts = (shown: readonly Event[]) =>
  shown.map((event) => (event.type === 'message.part' ? (event.part.content ?? '') : '')).join('');

describe('a run of the chat', () => {
  it('is followed and cancelled over ACP', async () => {
    const { run_id: runId, thread_id: threadId } = await post(CHAT, say('slow', 'go'));
    const both = await followBoth(runId);
    await expect.poll(async () => answer(await get(`/runs/${runId}`))).toContain('3 ');
    const cancelled = await send('POST', `/runs/${runId}/cancel`);
    expect([cancelled.status, (await cancelled.json()).status]).toEqual([202, 'cancelling']);
    const [shown, seen] = [await both.chat, await both.acp];
    expect(seen.at(-1)).toMatchObject({ type: 'run.cancelled', run: { session_id: threadId, status: 'cancelled' } });
    expect(shown.slice(-2).map(({ event }) => event)).toEqual(['run.cancelled', 'done']);
    expect(seen).toEqual(await events(runId));
    expect(shown).toEqual(await frames(runId));
    expect(parts(seen)).toBe(deltas(shown));
    expect(answer(await get(`/runs/${runId}`))).toBe(deltas(shown));
  });

  it('is answered over ACP', async () => {
    const asked = await chat(say('asker', 'a scarf'));
    const { run_id: runId, thread_id: threadId } = asked[0]?.data ?? {};
    expect(await get(`/runs/${runId}`)).toMatchObject({
      status: 'awaiting',
      session_id: threadId,
      await_request: {
        message: { parts: [{ metadata: { kind: 'trajectory' } }, { content: 'It costs 42. Which colour?' }] },
      },
    });
    const rest = await stream(`/runs/${runId}`, { await_resume: { message: said('green') }, mode: 'stream' });
    expect(rest.at(-1)).toMatchObject({ type: 'run.completed' });
    const before = await events(runId);
    expect(before.slice(-rest.length)).toEqual(rest);
    const messages = await get(`/api/v1/threads/${threadId}/messages`);
    expect(messages.map(({ content }: { content: { text: string }[] }) => content[0]?.text)).toEqual([
      'a scarf',
      'It costs 42. Which colour?',
      'green',
      'One in green.',
    ]);
    expect((await frames(runId)).slice(0, asked.length)).toEqual(asked);
    expect((await get(`${CHAT}/${runId}`)).status).toBe('completed');
  });
});

describe('a run of ACP', () => {
  it('is followed and cancelled in the chat', async () => {
    const { run_id: runId, session_id: threadId } = await run('slow', 'go', { mode: 'async' });
    const both = await followBoth(runId);
    await expect.poll(async () => deltas(await frames(runId))).toContain('3 ');
    expect(await post(`${CHAT}/cancel/${runId}`)).toEqual({ run_id: runId, thread_id: threadId });
    const [shown, seen] = [await both.chat, await both.acp];
    expect(seen).toEqual(await events(runId));
    expect(shown).toEqual(await frames(runId));
    expect(parts(seen)).toBe(deltas(shown));
    expect(seen.at(-1)).toMatchObject({ type: 'run.cancelled' });
    const [, message] = await get(`/api/v1/threads/${threadId}/messages`);
    expect(message).toMatchObject({
      content: [{ text: deltas(shown) }],
      additional_properties: { is_incomplete: true },
    });
  });

  it('is answered in the chat, by the next message of its thread', async () => {
    const asked = await run('asker', 'a hat');
    expect(asked.status).toBe('awaiting');
    const answered = await chat(say('asker', 'red', { thread_id: asked.session_id }));
    expect(answered[0]?.data.run_id).toBe(asked.run_id);
    expect(answer(await get(`/runs/${asked.run_id}`))).toBe('One in red.');
    expect((await events(asked.run_id)).map(({ type }) => type)).toEqual([
      'run.created',
      'run.in-progress',
      'generic',
      'run.awaiting',
      'run.in-progress',
      'message.created',
      'message.part',
      'message.completed',
      'run.completed',
    ]);
  });

  it('shows its citations in the chat, its ranges in UTF-16 units', async () => {
    const { session_id } = await run('echo', '', {
      input: [
        {
          parts: [
            { content: '\u{1f9f6} yarn' },
            { metadata: { kind: 'citation', start_index: 2, end_index: 6, url: 'https://example.org' } },
          ],
        },
      ],
    });
    const messages = await get(`/api/v1/threads/${session_id}/messages`);
    expect(messages[1].content).toMatchObject([
      { response_type: 'conversational_search', citations: [{ text: 'yarn', range_start: 3, range_end: 7 }] },
    ]);
  });
});

describe('a reader of events', () => {
  it('that comes back at any cursor reads the rest, exactly', async () => {
    const { run_id: runId } = await run('looker', 'x');
    const whole = await (
      await fetch(`${url}/runs/${runId}/events`, { headers: { accept: 'text/event-stream' } })
    ).text();
    const ids = [...whole.matchAll(/^id: (.+)$/gm)].map(([, id]) => id as string);
    const all = await events(runId);
    expect(ids).toHaveLength(all.length);
    for (const [n, id] of ids.entries()) {
      expect(await get(`/runs/${runId}/events?after=${id}`)).toEqual({
        events: all.slice(n + 1),
        cursor: ids.at(-1),
      });
      const rest = await fetch(`${url}/runs/${runId}/events`, {
        headers: { accept: 'text/event-stream', 'last-event-id': id },
      });
      expect(sse(await rest.text())).toEqual(all.slice(n + 1));
    }
    expect(await get(`/runs/${runId}/events?limit=2`)).toEqual({ events: all.slice(0, 2), cursor: ids[1] });
    for (const wrong of ['99-0', 'x', '0-0', '-1']) {
      const response = await send('GET', `/runs/${runId}/events?after=${wrong}`);
      expect([response.status, (await response.json()).data.code]).toEqual([400, 'cursor_unknown']);
    }
  });

  it('that goes away cancels nothing, and is held at a question it has seen', async () => {
    const response = await send('POST', '/runs', { agent_name: 'asker', input: [said('a coat')], mode: 'stream' });
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const runId = response.headers.get('run-id') ?? '';
    const asked = await response.text();
    const cursor = [...asked.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? '';
    const held = await fetch(`${url}/runs/${runId}/events?after=${cursor}`, {
      headers: { accept: 'text/event-stream' },
    });
    const reader = held.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    await post(`/runs/${runId}`, { await_resume: { message: said('blue') }, mode: 'async' });
    const rest = await readUntil(reader, 'run.completed');
    expect([...sse(asked), ...sse(rest)]).toEqual(await events(runId));

    const slow = await send('POST', '/runs', { agent_name: 'slow', input: [said('go')], mode: 'stream' });
    const slowId = slow.headers.get('run-id') ?? '';
    const leaving = slow.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    await readUntil(leaving, 'message.part');
    await leaving.cancel();
    const before = answer(await get(`/runs/${slowId}`));
    await expect.poll(async () => answer(await get(`/runs/${slowId}`)).length).toBeGreaterThan(before.length);
    expect((await get(`/runs/${slowId}`)).status).toBe('in-progress');
    await post(`/runs/${slowId}/cancel`);
  });
});
