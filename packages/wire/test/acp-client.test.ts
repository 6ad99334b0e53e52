import { describe, expect, test } from 'vitest';
import { type AcpError, type AcpStart, createAcpClient, type Event } from '../src/client/acp.ts';
import { type Answer, cut, json, serveScript, stream } from './script.ts';

const RUN = {
  run_id: 'r1',
  agent_name: 'echo',
  session_id: 's1',
  status: 'created',
  await_request: null,
  output: [],
  error: null,
  created_at: '2025-07-01T10:00:00Z',
  finished_at: null,
};
const CREATED = { type: 'run.created', run: RUN };
const PART = { type: 'message.part', part: { content: 'Hello' } };
const COMPLETED = { type: 'run.completed', run: { ...RUN, status: 'completed' } };
const START: AcpStart = { agentName: 'echo', input: [{ role: 'user', parts: [{ content: 'Hi' }] }] };

const frames = (...events: unknown[]) => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
const text = (status: number, body: string, type: string): Answer => {
  return (response) => response.writeHead(status, { 'Content-Type': type }).end(body);
};
/** A stream in the given pieces, each a chunk of its own. */
const pieces = (...chunks: Uint8Array[]): Answer => {
  return async (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    for (const chunk of chunks) await new Promise((resolve) => response.write(chunk, resolve));
    response.end();
  };
};

async function clientOf(...answers: Answer[]) {
  const { baseUrl, got } = await serveScript(...answers);
  return { client: createAcpClient({ baseUrl }), got, baseUrl };
}

async function read(events: AsyncIterable<Event>): Promise<{ events: Event[]; error?: AcpError }> {
  const seen: Event[] = [];
  try {
    for await (const event of events) seen.push(event);
    return { events: seen };
  } catch (error) {
    return { events: seen, error: error as AcpError };
  }
}

async function streamed(answer: Answer) {
  const { client } = await clientOf(answer);
  return read((await client.streamRun(START)).events);
}

describe('what is sent', () => {
  test('a run: names of the wire, mode, accept and headers', async () => {
    const { baseUrl, got } = await serveScript(stream(frames(CREATED, COMPLETED)), json(202, RUN));
    const client = createAcpClient({ baseUrl: `${baseUrl}/`, headers: { Authorization: 'Bearer t' } });
    await read((await client.streamRun({ ...START, sessionId: 's1' })).events);
    await client.resume('r 1', { role: 'user', parts: [] }, 'async');
    expect(got[0]).toMatchObject({
      method: 'POST',
      url: '/runs',
      headers: { accept: 'text/event-stream', authorization: 'Bearer t', 'content-type': 'application/json' },
      body: { agent_name: 'echo', input: START.input, session_id: 's1', mode: 'stream' },
    });
    expect(got[1]).toMatchObject({
      url: '/runs/r%201',
      body: { run_id: 'r 1', await_resume: { type: 'message', message: { role: 'user', parts: [] } }, mode: 'async' },
    });
  });

  test('a page of agents', async () => {
    const { client, got } = await clientOf(json(200, { agents: [{ name: 'a', description: '', extra: 1 }] }));
    expect(await client.agents({ limit: 5, offset: 0 })).toMatchObject([{ name: 'a', extra: 1, metadata: {} }]);
    await client.agents();
    expect(got.map(({ url }) => url)).toEqual(['/agents?limit=5&offset=0', '/agents']);
  });
});

describe('a stream', () => {
  test('names its run by header, by the first event, or not at all', async () => {
    const withHeader: Answer = (response) =>
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Run-ID': 'h1' }).end(frames(PART, COMPLETED));
    const { client } = await clientOf(withHeader, stream(frames(CREATED, COMPLETED)), stream(frames(PART, COMPLETED)));
    expect((await client.streamRun(START)).runId).toBe('h1');
    const second = await client.streamRun(START);
    expect(second.runId).toBe('r1');
    expect((await read(second.events)).events).toEqual([CREATED, COMPLETED]);
    const third = await client.streamRun(START);
    expect(third.runId).toBeUndefined();
    expect((await read(third.events)).events).toEqual([PART, COMPLETED]);
  });

  test('is read by the standard: line ends, comments, fields, data over lines', async () => {
    const body =
      '\uFEFF: hello\r\n\r\nid: 1\r\nevent: message\r\nretry: 10\r\nodd\r\ndata:{"type":\r\ndata: "custom"}\r\n\r\n' +
      `data: ${JSON.stringify({ type: 'generic', generic: { text: 'a\u2028b\u2029c\u0085d' } })}\r\r` +
      `data: [DONE]\n\n${frames(COMPLETED)}`;
    expect(await streamed(stream(body))).toEqual({
      events: [{ type: 'custom' }, { type: 'generic', generic: { text: 'a\u2028b\u2029c\u0085d' } }, COMPLETED],
    });
  });

  test('may be cut into pieces anywhere, inside a character, too', async () => {
    const event = { type: 'message.part', part: { content: 'Grüße 🧶' } };
    const bytes = new TextEncoder().encode(`${frames(CREATED, event).replaceAll('\n', '\r\n')}${frames(COMPLETED)}`);
    const cutUp = Array.from(bytes, (byte) => Uint8Array.of(byte));
    expect((await streamed(pieces(...cutUp))).events).toEqual([CREATED, event, COMPLETED]);
  });

  test('ends where the run does, whatever follows, and where it awaits', async () => {
    const awaiting = { type: 'run.awaiting', run: { ...RUN, status: 'awaiting' } };
    expect(await streamed(stream(frames(COMPLETED, PART), 'hangs'))).toEqual({ events: [COMPLETED] });
    expect(await streamed(stream(frames(awaiting), 'hangs'))).toEqual({ events: [awaiting] });
  });

  test('takes a last event without its blank line, but not half of one', async () => {
    const whole = frames(CREATED, COMPLETED).trimEnd();
    expect(await streamed(stream(whole))).toEqual({ events: [CREATED, COMPLETED] });
    const { events, error } = await streamed(stream(whole.slice(0, -5)));
    expect(events).toEqual([CREATED]);
    expect(error).toMatchObject({ code: 'unreachable', runId: 'r1' });
  });

  test.each(['ends', 'breaks'] as const)('that %s too early is lost', async (end) => {
    const { events, error } = await streamed(stream(frames(CREATED, PART), end));
    expect(events).toEqual([CREATED, PART]);
    expect(error).toMatchObject({ name: 'AcpError', code: 'unreachable', runId: 'r1' });
  });

  test.each([
    ['no JSON', 'data: {"type"\n\n'],
    ['no object', 'data: [1]\n\n'],
    ['no type', 'data: {"kind":"x"}\n\n'],
    ['no part', 'data: {"type":"message.part"}\n\n'],
    ['no parts of a message', 'data: {"type":"message.completed","message":{}}\n\n'],
    ['no code of an error', 'data: {"type":"error","error":{}}\n\n'],
    ['no output', 'data: {"type":"run.completed","run":{"run_id":"r1","status":"completed","output":[null]}}\n\n'],
    ['no run', 'data: {"type":"run.failed","run":{"status":"failed"}}\n\n'],
  ])('with %s in it is malformed', async (_, body) => {
    const { events, error } = await streamed(stream(`${frames(CREATED)}${body}`, 'hangs'));
    expect(events).toEqual([CREATED]);
    expect(error).toMatchObject({ code: 'malformed' });
  });

  test('throws an error event', async () => {
    const said = { code: 'server_error', message: 'Out of order.', data: { at: 3 } };
    const { error } = await streamed(stream(frames(CREATED, { type: 'error', error: said }), 'hangs'));
    expect(error).toMatchObject({ ...said, runId: 'r1' });
  });

  test('has to be one', async () => {
    const { client } = await clientOf(json(200, RUN));
    await expect(client.streamRun(START)).rejects.toMatchObject({ code: 'malformed', status: 200 });
  });

  test('is let go when its reader leaves or its signal fires', async () => {
    const reason = new Error('enough');
    const leaving = new AbortController();
    const { client } = await clientOf(stream(frames(CREATED), 'hangs'));
    const { events } = await client.streamRun(START, { signal: leaving.signal });
    expect((await events.next()).value).toEqual(CREATED);
    leaving.abort(reason);
    await expect(events.next()).rejects.toBe(reason);

    let closed = (): void => {};
    const gone = new Promise<void>((resolve) => (closed = resolve));
    const second = await clientOf((response) => {
      response.on('close', closed);
      stream(frames(CREATED), 'hangs')(response, {} as never);
    });
    for await (const _ of (await second.client.streamRun(START)).events) break;
    await gone;
  });
});

describe('an answer', () => {
  test('is filled in where a server is careless', async () => {
    const { client } = await clientOf(
      json(200, { run_id: 'r1', status: 'completed' }),
      json(200, { id: 's1' }),
      json(200, { events: [CREATED, { type: 'custom', x: 1 }] }),
      (response) => response.writeHead(202).end(),
    );
    expect(await client.run('r1')).toMatchObject({ output: [], await_request: null, error: null });
    expect(await client.session('s1')).toEqual({ id: 's1', history: [], state: null });
    expect(await client.events('r1')).toEqual([CREATED, { type: 'custom', x: 1 }]);
    expect(await client.cancel('r1')).toBeUndefined();
  });

  test.each([
    ['a page', text(200, '<!doctype html><p>Hello', 'text/html')],
    ['another shape', json(200, { status: 'completed' })],
    ['a list', json(200, [])],
    ['nothing', text(200, '', 'application/json')],
  ])('that is %s is malformed', async (_, answer) => {
    const { client } = await clientOf(answer);
    await expect(client.run('r1')).rejects.toMatchObject({ name: 'AcpError', code: 'malformed' });
  });

  test.each([
    [
      'of the wire',
      json(403, { code: 'server_error', message: 'Run r1 has no await request', data: { a: 1 } }),
      { code: 'server_error', status: 403, message: 'Run r1 has no await request', data: { a: 1 } },
    ],
    [
      'in plain text',
      text(502, 'Bad gateway\nmore', 'text/plain'),
      { code: 'malformed', status: 502, message: 'The server answered 502: Bad gateway' },
    ],
    [
      'as a page',
      text(404, '<html>Not <b>here</b>', 'text/html'),
      { code: 'malformed', status: 404, message: 'The server answered 404.' },
    ],
    [
      'as other JSON',
      json(422, { detail: [{ loc: [] }] }),
      { code: 'malformed', status: 422, message: 'The server answered 422.' },
    ],
    [
      'without words',
      text(500, '', 'text/plain'),
      { code: 'malformed', status: 500, message: 'The server answered 500.' },
    ],
  ])('that is an error %s', async (_, answer, expected) => {
    const { client } = await clientOf(answer);
    await expect(client.resume('r1', { parts: [] }, 'sync')).rejects.toMatchObject({ ...expected, runId: 'r1' });
    await expect(client.streamRun(START)).rejects.toMatchObject(expected);
  });

  test('that sends elsewhere is not followed', async () => {
    const { client, got } = await clientOf((response) => response.writeHead(307, { Location: '/elsewhere' }).end());
    await expect(client.createRun({ ...START, mode: 'sync' })).rejects.toMatchObject({
      code: 'malformed',
      status: 307,
      message: 'The server sends elsewhere, to /elsewhere: use that address.',
    });
    expect(got).toHaveLength(1);
  });

  test('that does not come', async () => {
    const { client } = await clientOf(cut);
    await expect(client.ping()).rejects.toMatchObject({ code: 'unreachable' });
    const { baseUrl } = await serveScript(() => {});
    const hasty = createAcpClient({ baseUrl, timeoutMs: 20 });
    await expect(hasty.agents()).rejects.toMatchObject({
      code: 'unreachable',
      message: `The server at ${baseUrl} did not answer within 0.02 s.`,
    });
    const reason = new Error('enough');
    const leaving = new AbortController();
    const waiting = hasty.createRun({ ...START, mode: 'sync' }, { signal: leaving.signal });
    leaving.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});
