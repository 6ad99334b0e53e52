import { describe, expect, test } from 'vitest';
import { ApiError, type ClientOptions, createClient, type Frame, newUuid } from '../src/client/index.ts';
import { cut, events, json, lines, serveScript, stream } from './script.ts';

/** A client that does not wait, and the waits it would have made. */
function clientOf(baseUrl: string, options: Partial<ClientOptions> = {}) {
  const waits: number[] = [];
  const wait = async (ms: number) => void waits.push(ms);
  const client = createClient({ baseUrl, ...options, retry: { wait, random: () => 0, ...options.retry } });
  return { client, waits };
}

async function idsOf(frames: AsyncIterable<Frame>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of frames) ids.push(id);
  return ids;
}

describe('saying something', () => {
  test('sends it as the API wants it, with an id of its own', async () => {
    const { baseUrl, got } = await serveScript(stream(lines(['1-0', 'run.started'], ['2-0', 'done'])));
    const { client } = clientOf(baseUrl, { token: 'secret' });
    const say = { content: 'hi', agentId: 'a', threadId: 't', context: { name: 'Ada' }, more: { environment_id: '' } };
    expect(await idsOf(client.send(say))).toEqual(['1-0', '2-0']);
    expect(got).toMatchObject([
      {
        method: 'POST',
        url: '/api/v1/orchestrate/runs?stream=true&multiple_content=true',
        headers: { accept: 'text/event-stream', authorization: 'Bearer secret' },
        body: {
          message: { role: 'user', content: 'hi' },
          agent_id: 'a',
          thread_id: 't',
          context: { name: 'Ada' },
          environment_id: '',
        },
      },
    ]);
    expect(got[0]?.body.message.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test.each(['ends', 'breaks'] as const)('goes on after the last frame when the stream %s too early', async (end) => {
    const { baseUrl, got } = await serveScript(
      stream(lines(['1-0', 'run.started'], ['2-0', 'message.delta']), end),
      stream(events(['3-0', 'message.delta']), end),
      stream(events(['4-0', 'done'])),
    );
    const { client } = clientOf(baseUrl);
    expect(await idsOf(client.send({ content: 'hi' }))).toEqual(['1-0', '2-0', '3-0', '4-0']);
    expect(got.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /api/v1/orchestrate/runs?stream=true&multiple_content=true',
      'GET /api/v1/orchestrate/runs/r1/events?after=2-0&multiple_content=true',
      'GET /api/v1/orchestrate/runs/r1/events?after=3-0&multiple_content=true',
    ]);
  });

  test('tells when the connection broke, and when it stands again', async () => {
    const { baseUrl } = await serveScript(
      cut,
      stream(lines(['1-0', 'run.started']), 'breaks'),
      cut,
      stream(lines(['2-0', 'done'])),
    );
    const told: boolean[] = [];
    const onConnection = (stands: boolean) => void told.push(stands);
    await idsOf(clientOf(baseUrl).client.send({ content: 'hi' }, { onConnection }));
    expect(told).toEqual([false, true, false, true]);
  });

  test('says it again under the same id as long as nothing has come back', async () => {
    const { baseUrl, got } = await serveScript(
      cut,
      json(503, { detail: 'closing', code: 'server_closing' }),
      stream(''),
      stream(lines(['1-0', 'done'])),
    );
    const { client } = clientOf(baseUrl);
    expect(await idsOf(client.send({ content: 'hi' }))).toEqual(['1-0']);
    expect(got).toHaveLength(4);
    expect(new Set(got.map(({ body }) => body.message.id)).size).toBe(1);
  });

  test('does not say again what was refused', async () => {
    const detail = [{ loc: ['body', 'message', 'content'], msg: 'Field required', type: 'missing' }];
    const { baseUrl, got } = await serveScript(json(422, { detail, code: 'invalid_request' }));
    const refused = idsOf(clientOf(baseUrl).client.send({ content: 'hi' }));
    await expect(refused).rejects.toThrow(ApiError);
    await expect(refused).rejects.toMatchObject({
      status: 422,
      code: 'invalid_request',
      complaints: detail,
      message: 'body.message.content: Field required',
    });
    expect(got).toHaveLength(1);
  });

  test('is over when the connection breaks after the end', async () => {
    const { baseUrl, got } = await serveScript(stream(lines(['1-0', 'run.completed'], ['1-1', 'done']), 'breaks'));
    expect(await idsOf(clientOf(baseUrl).client.send({ content: 'hi' }))).toEqual(['1-0', '1-1']);
    expect(got).toHaveLength(1);
  });

  test('opens a stream again whose heartbeat has stopped', async () => {
    const { baseUrl } = await serveScript(
      stream(events(['1-0', 'run.started']), 'hangs'),
      stream(events(['2-0', 'done'])),
    );
    const { client } = clientOf(baseUrl, { silenceMs: 1 });
    expect(await idsOf(client.send({ content: 'hi' }))).toEqual(['1-0', '2-0']);
  });

  test('waits longer each time, begins anew after progress, and gives up', async () => {
    const broken = stream(lines(['2-0', 'message.delta']), 'breaks');
    const { baseUrl, got } = await serveScript(cut, cut, broken, cut, json(503, {}, { 'Retry-After': '2' }), cut);
    const { client, waits } = clientOf(baseUrl, { retry: { attempts: 4, firstMs: 100, longestMs: 300 } });
    await expect(idsOf(client.send({ content: 'hi' }))).rejects.toMatchObject({ code: 'unreachable', status: 0 });
    expect(waits).toEqual([100, 200, 100, 200, 2000]);
    expect(got).toHaveLength(6);
  });

  test('does not ask a server again that wants to be left alone for long', async () => {
    const refused = json(429, { detail: 'Too much.', code: 'rate_limited' }, { 'Retry-After': '40' });
    const { baseUrl, got } = await serveScript(refused, cut);
    const { client, waits } = clientOf(baseUrl);
    await expect(idsOf(client.send({ content: 'hi' }))).rejects.toMatchObject({ status: 429, retryAfterMs: 40_000 });
    expect([waits, got.length]).toEqual([[], 1]);
  });

  test('stops when its signal aborts, with its reason', async () => {
    const { baseUrl } = await serveScript(stream(lines(['1-0', 'run.started']), 'hangs'));
    const stop = new AbortController();
    const reason = new Error('enough');
    const read = async () => {
      for await (const _ of clientOf(baseUrl).client.send({ content: 'hi' }, { signal: stop.signal }))
        stop.abort(reason);
    };
    await expect(read()).rejects.toBe(reason);
  });

  test('over one connection ends with that', async () => {
    const { baseUrl, got } = await serveScript(stream(lines(['1-0', 'run.started']), 'breaks'));
    await expect(idsOf(clientOf(baseUrl).client.startRun({ content: 'hi' }))).rejects.toMatchObject({
      code: 'stream_lost',
    });
    expect(got).toHaveLength(1);
  });

  test('for the ids only is tried again, too', async () => {
    const ids = { thread_id: 't', run_id: 'r', task_id: 'r', message_id: 'm' };
    const { baseUrl, got } = await serveScript(cut, json(200, ids));
    expect(await clientOf(baseUrl).client.createRun({ content: 'hi' })).toEqual(ids);
    expect(got[1]?.url).toBe('/api/v1/orchestrate/runs');
    expect(got[0]?.body).toEqual(got[1]?.body);
  });
});

describe('following a run', () => {
  test('begins after the cursor, and with each new connection after the last frame', async () => {
    const { baseUrl, got } = await serveScript(
      stream(events(['5-0', 'message.delta']), 'breaks'),
      stream(events(['6-0', 'done'])),
    );
    expect(await idsOf(clientOf(baseUrl).client.follow('r1', '4-0'))).toEqual(['5-0', '6-0']);
    expect(got.map(({ url }) => new URLSearchParams(url.split('?')[1]).get('after'))).toEqual(['4-0', '5-0']);
  });

  test('reads on beyond an answered question', async () => {
    const { baseUrl } = await serveScript(
      stream(events(['1-0', 'run.started'], ['2-0', 'done'], ['3-0', 'run.started'], ['4-0', 'done'])),
    );
    expect(await idsOf(clientOf(baseUrl).client.follow('r1'))).toEqual(['1-0', '2-0', '3-0', '4-0']);
  });

  test('stops at a cursor that the server does not know', async () => {
    const { baseUrl } = await serveScript(json(409, { detail: 'No.', code: 'cursor_unknown' }));
    await expect(idsOf(clientOf(baseUrl).client.follow('r1', '0-0'))).rejects.toMatchObject({
      code: 'cursor_unknown',
      message: 'No.',
    });
  });
});

describe('tokens', () => {
  test('that are refused are asked for once more', async () => {
    const { baseUrl, got } = await serveScript(json(401, { detail: 'Expired.', code: 'token_expired' }), json(200, []));
    const asked: string[] = [];
    const token = (why: string) => {
      asked.push(why);
      return why === 'refused' ? 'new' : 'old';
    };
    expect(await clientOf(baseUrl, { token }).client.agents()).toEqual([]);
    expect(asked).toEqual(['needed', 'refused']);
    expect(got.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
  });

  test('that stay refused are an error', async () => {
    const { baseUrl, got } = await serveScript(json(401, { detail: 'No.', code: 'unauthorized' }));
    await expect(clientOf(baseUrl, { token: 'x' }).client.agents()).rejects.toMatchObject({
      status: 401,
      code: 'unauthorized',
    });
    await expect(clientOf(baseUrl, { token: async () => undefined }).client.agents()).rejects.toMatchObject({
      status: 401,
    });
    expect(got).toHaveLength(2);
  });

  test('are given for a user name', async () => {
    const { baseUrl, got } = await serveScript(json(200, { access_token: 'x', token_type: 'bearer', expires_in: 1 }));
    expect(await clientOf(baseUrl).client.signIn({ userName: 'ada@example.org' })).toMatchObject({ access_token: 'x' });
    expect(got[0]).toMatchObject({
      body: 'username=ada%40example.org&password=',
      headers: { 'content-type': expect.stringContaining('x-www-form-urlencoded') },
    });
  });
});

describe('the other calls', () => {
  const call = async (work: (client: ReturnType<typeof createClient>) => Promise<unknown>, reply: unknown = {}) => {
    const { baseUrl, got } = await serveScript(json(200, reply));
    const result = await work(clientOf(`${baseUrl}/`, { prefix: '/v1' }).client);
    return { result, address: `${got[0]?.method} ${got[0]?.url}`, body: got[0]?.body };
  };

  test.each<[string, (client: ReturnType<typeof createClient>) => Promise<unknown>]>([
    ['GET /v1/threads?agent_id=a&limit=5', (client) => client.listThreads({ agentId: 'a', limit: 5 })],
    ['GET /v1/threads/t', (client) => client.thread('t')],
    ['PATCH /v1/threads/t', (client) => client.updateThread('t', { status: 'closed' })],
    ['DELETE /v1/threads/t', (client) => client.deleteThread('t')],
    ['GET /v1/threads/t/messages', (client) => client.messages('t')],
    ['PATCH /v1/threads/t/messages/m', (client) => client.updateMessage({ threadId: 't', messageId: 'm' }, {})],
    ['GET /v1/orchestrate/runs/r%2F1', (client) => client.run('r/1')],
    ['GET /v1/orchestrate/runs/r/events?multiple_content=true', (client) => client.events('r')],
    [
      'GET /v1/orchestrate/runs?thread_id=t&status=running&status=pending',
      (client) => client.listRuns({ threadId: 't', status: ['running', 'pending'] }),
    ],
    ['POST /v1/orchestrate/runs/cancel/r', (client) => client.cancel('r')],
    [
      'GET /v1/orchestrate/agents?names=a&names=b&include_hidden=true',
      (client) => client.agents({ names: ['a', 'b'], includeHidden: true }),
    ],
    ['GET /v1/orchestrate/agents/a', (client) => client.agent('a')],
    ['GET /v1/orchestrate/agents/no_agent/chat-starter-settings', (client) => client.starterSettings()],
  ])('%s', async (address, work) => {
    expect((await call(work)).address).toBe(address);
  });

  test('opening a thread gives its id', async () => {
    const opened = await call((client) => client.createThread({ title: 'hello', agentId: 'a' }), { thread_id: 't' });
    expect(opened).toEqual({ result: 't', address: 'POST /v1/threads', body: { title: 'hello', agent_id: 'a' } });
  });

  test('tell whether nobody answers, or somebody else does', async () => {
    const { baseUrl } = await serveScript(
      (response) => response.writeHead(200).end('<html>'),
      (response) => response.writeHead(404).end('<html>'),
    );
    await expect(clientOf(baseUrl).client.agents()).rejects.toMatchObject({ code: 'unreachable' });
    await expect(clientOf(baseUrl).client.agents()).rejects.toMatchObject({
      code: 'http_error',
      status: 404,
      message: 'The server answered 404.',
    });
    await expect(clientOf('http://127.0.0.1:1').client.agents()).rejects.toMatchObject({
      code: 'unreachable',
      message: 'The server at http://127.0.0.1:1 cannot be reached.',
    });
  });
});

test('ids are random UUIDs', () => {
  expect(new Set(Array.from({ length: 1000 }, newUuid)).size).toBe(1000);
});
