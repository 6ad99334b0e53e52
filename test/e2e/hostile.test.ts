import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { say, start } from './start.ts';

const { url, post, stream } = await start(['--body-bytes', '100000']);
const port = Number(new URL(url).port);

afterEach(async () => {
  const [first] = await stream(say('echo', 'still there?'));
  expect(first?.event).toBe('run.started');
});

describe('whatever is sent, the answer is clean and the server goes on', () => {
  it.each<[string, unknown, number]>([
    ['no JSON', '{"message":', 400],
    ['an empty body', '', 422],
    ['null', 'null', 422],
    ['a list', '[]', 422],
    ['a number', '7', 422],
    ['no message', {}, 422],
    ['a message that is a text', { message: 'hello' }, 422],
    ['content of another kind', say('echo', 7), 422],
    ['an agent id that is neither name nor UUID', say('nobody', 'x'), 422],
    ['an agent nobody has', say('00000000-0000-4000-8000-000000000000', 'x'), 404],
    ['a thread id that is no UUID', say('echo', 'x', { thread_id: 'abc' }), 422],
    ['a thread nobody has', say('echo', 'x', { thread_id: '00000000-0000-4000-8000-000000000000' }), 404],
    ['a lone surrogate', '{"agent_id":"echo","message":{"role":"user","content":"\\ud800"}}', 422],
    ['NUL', '{"agent_id":"echo","message":{"role":"user","content":"a\\u0000b"}}', 422],
    [
      'a prototype',
      '{"agent_id":"echo","__proto__":{"admin":true},"message":{"role":"user","content":"x","__proto__":{"a":1}}}',
      200,
    ],
    [
      'deep nesting',
      `{"agent_id":"echo","message":{"role":"user","content":"x"},"context":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`,
      -1,
    ],
    ['a large body', say('echo', 'x'.repeat(200_000)), 413],
    [
      'odd members',
      say('echo', 'x', { environment_id: '', capture_logs: false, foo: { bar: 1 }, additional_properties: {} }),
      200,
    ],
    ['a list as content', say('echo', [{ response_type: 'text', text: 'x' }]), 200],
    ['an unknown item', say('echo', [{ response_type: 'hologram', beams: 3 }]), 200],
  ])('%s', async (_name, body, status) => {
    const response = await post('/api/v1/orchestrate/runs', body);
    const text = await response.text();
    const answer = JSON.parse(text);
    if (status !== -1) expect([response.status, text]).toEqual([status, expect.any(String)]);
    else expect([200, 400, 422]).toContain(response.status);
    expect(text).not.toMatch(/\bat .*\.(ts|js):\d+|node_modules|node:internal/);
    if (response.status >= 400) expect(answer).toMatchObject({ detail: expect.anything(), code: expect.any(String) });
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('a megabyte of title', async () => {
    const long = await post('/api/v1/threads', { title: 'x'.repeat(1_000_000) });
    expect(long.status).toBe(413);
    const fits = await post('/api/v1/threads', { title: 'y'.repeat(90_000) });
    expect(fits.status).toBe(201);
    const thread = await (await fetch(`${url}/api/v1${fits.headers.get('location')}`)).json();
    expect(thread.title.length).toBeLessThanOrEqual(1000);
  });

  it('separators that split lines elsewhere', async () => {
    const odd = 'a\u0085b\u2028c\u2029d\r\ne';
    const response = await post('/api/v1/orchestrate/runs?stream=true', say('echo', odd));
    const body = await response.text();
    expect(body).not.toMatch(/[\u0085\u2028\u2029\r]/);
    const message = body.split('\n').find((line) => line.includes('message.created')) ?? '{}';
    expect(JSON.parse(message).data.message.content[0].text).toBe(odd);
  });

  it('broken bytes', async () => {
    const response = await fetch(`${url}/api/v1/threads`, {
      method: 'POST',
      body: new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]),
    });
    expect([response.status, (await response.json()).code]).toEqual([400, 'unreadable_json']);
  });

  it.each([
    'GET / HTTP/9.9\r\n\r\n',
    '\u0016\u0003\u0001',
    'POST /api/v1/threads HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n',
    'POST /api/v1/threads HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{"a"',
  ])('half a request: %j', async (bytes) => {
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
      socket.on('close', () => resolve()).on('error', () => {});
      socket.resume();
    });
  });

  it('paths and methods that are not there', async () => {
    for (const path of [
      '/api/v1/nothing',
      '/%00',
      '/api/v1/threads/%ff',
      '/..%2f..%2fetc/passwd',
      '/api/v1/orchestrate/runs/abc',
    ]) {
      const response = await fetch(`${url}${path}`);
      expect([404, 422, 400]).toContain(response.status);
      expect(await response.json()).toMatchObject({ code: expect.any(String) });
    }
    const wrong = await fetch(`${url}/api/v1/threads`, { method: 'PUT' });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, expect.stringContaining('POST')]);
  });
});
