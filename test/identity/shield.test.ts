import { afterAll, describe, expect, test, vi } from 'vitest';
import { clew } from '../../packages/server/test/cli/console.ts';
import { startModelServer } from '../kit/model-server.ts';
import { serve } from '../kit/server.ts';
import { type CallOptions, say, start } from './start.ts';

/** Never done by itself. */
const SLOW = `export const agent = { name: 'slow', description: 'Takes its time.' };
export default async function* slow(turn) {
  yield 'Well. ';
  await new Promise((resolve) => turn.signal.addEventListener('abort', resolve, { once: true }));
}
`;
const THINKER = 'spec_version: v1\nkind: native\nname: thinker\ndescription: Thinks.\nllm: house/small\n';
const anonymous = (limits: object) => ({ mode: 'anonymous', limits });

const model = await startModelServer();
const server = await start(
  {
    default: { modes: ['anonymous', 'apiKey'] },
    rated: anonymous({ visitor: { runsPerMinute: 3 } }),
    near: anonymous({ address: { runsPerMinute: 2 } }),
    busy: anonymous({ visitor: { openRuns: 1 } }),
    talky: anonymous({ visitor: { threadsPerDay: 2 } }),
    short: anonymous({ messageCharacters: 10 }),
    narrow: anonymous({ requestBytes: 1_024 }),
    wide: anonymous({ messageCharacters: 100_000 }),
    crowded: anonymous({ visitor: { openRequests: 2 } }),
    frugal: anonymous({ tokensPerDay: 100 }),
    cheap: anonymous({ moneyPerDay: 0.0001 }),
    stopped: anonymous({}),
  },
  ['--trusted-proxies', '127.0.0.1'],
  {
    files: { 'agents/slow.mjs': SLOW, 'agents/thinker.yaml': THINKER },
    config: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the environment, as the file names it
      models: { house: { baseUrl: model.baseUrl, apiKey: '${HOUSE_KEY}', prices: { small: { input: 1, output: 2 } } } },
    },
    env: { HOUSE_KEY: 'sk-house' },
  },
);
afterAll(async () => {
  await server.end();
  await model.close();
});

/** A new visitor of a channel: what its requests are made with. */
async function visit(channel: string, address = '198.51.100.1'): Promise<CallOptions> {
  const headers = { 'x-ibm-wo-orchestrate-id': channel, 'x-forwarded-for': address };
  const { body } = await server.call('/auth/visitor', { method: 'POST', headers });
  return { token: body.access_token, headers };
}

/** Starts a run without waiting for its answer. */
const send = (who: CallOptions, text = 'hello', agent_id = 'echo', thread_id?: string) =>
  server.call('/orchestrate/runs', {
    ...who,
    method: 'POST',
    body: { message: { role: 'user', content: text }, agent_id, thread_id },
  });

/** The same over ACP, where the session may be one of the client's own. */
const sendAcp = (who: CallOptions, session_id?: string) =>
  server.call('//runs', {
    ...who,
    method: 'POST',
    body: {
      agent_name: 'echo',
      session_id,
      mode: 'async',
      input: [{ role: 'user', parts: [{ content_type: 'text/plain', content: 'hello' }] }],
    },
  });

describe('ceilings', () => {
  test('hold for a visitor on both wires, and say when to come again; others and the operator go on', async () => {
    const who = await visit('rated');
    for (let n = 0; n < 3; n++) expect((await send(who)).status).toBe(200);
    const refused = await send(who);
    expect([refused.status, refused.body]).toEqual([
      429,
      { detail: expect.stringMatching(/Retry-After/), code: 'rate_limited' },
    ]);
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    const acp = await sendAcp(who);
    expect([acp.status, acp.body.code, acp.body.data.code]).toEqual([429, 'invalid_input', 'rate_limited']);
    expect(acp.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await server.call('/threads', who)).status).toBe(200);
    expect((await send(await visit('rated'))).status).toBe(200);
    const operator = { token: await server.operator() };
    for (let n = 0; n < 5; n++) expect((await send(operator)).status).toBe(200);
  });

  test('hold for an address, whoever comes from it, as the proxy tells it', async () => {
    const from = async (address: string) => (await send(await visit('near', address))).status;
    expect([await from('203.0.113.9'), await from('203.0.113.9'), await from('203.0.113.9')]).toEqual([200, 200, 429]);
    expect(await from('203.0.113.10')).toBe(200);
    expect(await from('203.0.113.9, 203.0.113.11')).toBe(200);
    const network = ['2001:db8::1', '2001:db8::2', '2001:db8:0:0:ffff::3', '2001:db8:0:1::1'];
    const statuses: number[] = [];
    for (const address of network) statuses.push(await from(address));
    expect(statuses).toEqual([200, 200, 429, 200]);
  });

  test('hold for runs at once, until one of them ends', async () => {
    const who = await visit('busy');
    const { run_id } = (await send(who, 'hello', 'slow')).body;
    const refused = await send(who);
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([429, 'rate_limited', '5']);
    expect((await server.call(`/orchestrate/runs/cancel/${run_id}`, { ...who, method: 'POST' })).status).toBe(200);
    const { thread_id } = await vi.waitFor(async () => {
      const next = await send(who, 'hello', 'slow');
      expect(next.status).toBe(200);
      return next.body;
    }, 10_000);
    expect((await send(who)).status).toBe(429);
    await server.call(`/threads/${thread_id}`, { ...who, method: 'DELETE' });
    expect((await send(who)).status).toBe(200);
  });

  test('hold for conversations, also those that ACP begins under an id of the client', async () => {
    const who = await visit('talky');
    expect((await server.call('/threads', { ...who, method: 'POST', body: {} })).status).toBeLessThan(300);
    const session = crypto.randomUUID();
    expect((await sendAcp(who, session)).status).toBe(202);
    expect((await sendAcp(who, session)).status).toBe(202);
    expect((await sendAcp(who, crypto.randomUUID())).status).toBe(429);
    expect((await send(who)).body.code).toBe('rate_limited');
    expect((await server.call('/threads', { ...who, method: 'POST', body: {} })).status).toBe(429);
    expect((await send(who, 'hello', 'echo', session)).status).toBe(200);
  });

  test('hold for requests at once, streams included', async () => {
    const who = await visit('crowded');
    const stop = new AbortController();
    const streams = [1, 2].map(() =>
      fetch(`${server.url}/api/v1/orchestrate/runs?stream=true`, {
        method: 'POST',
        headers: { ...who.headers, authorization: `Bearer ${who.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ message: { role: 'user', content: 'hello' }, agent_id: 'slow' }),
        signal: stop.signal,
      }),
    );
    for (const stream of streams) expect((await stream).status).toBe(200);
    const refused = await server.call('/threads', who);
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([429, 'rate_limited', '5']);
    stop.abort();
    await expect.poll(async () => (await server.call('/threads', who)).status).toBe(200);
  });

  test('hold for the length of a message', async () => {
    const refused = await send(await visit('short'), 'much too long');
    expect([refused.status, refused.body.code]).toEqual([413, 'message_too_long']);
    expect((await send(await visit('short'), 'short')).status).toBe(200);
    expect((await send(await visit('default'), 'x'.repeat(32_001))).status).toBe(413);
  });
});

describe('what is kept of a visitor', () => {
  /** What a client may send beside the words. */
  const beside = (who: CallOptions, context: object, more: object = {}) =>
    server.call('/orchestrate/runs', {
      ...who,
      method: 'POST',
      body: { message: { role: 'user', content: 'hi', ...more }, agent_id: 'echo', context },
    });
  const refused = { status: 413, body: { code: 'too_large' } };

  test('is bounded by the size of a request, whatever is in it; a user has the limit of the server', async () => {
    const who = await visit('default');
    const large = { note: 'x'.repeat(300_000) };
    expect(await beside(who, large)).toMatchObject(refused);
    expect(await beside(who, {}, { additional_properties: large })).toMatchObject(refused);
    expect(await beside(who, { note: 'x'.repeat(200_000) })).toMatchObject({ status: 200 });
    const made = { method: 'POST', token: await server.operator(), body: { name: 'program' } };
    const program = { token: (await server.call('/private/keys', made)).body.key };
    expect(await beside(program, large)).toMatchObject({ status: 200 });
    const narrow = await visit('narrow');
    expect(await beside(narrow, { note: 'x'.repeat(2_000) })).toMatchObject(refused);
    expect(await beside(narrow, {})).toMatchObject({ status: 200 });
    // Every character of a message that may be so long can be an escape.
    const wide = await visit('wide');
    const long = await fetch(`${server.url}/api/v1/orchestrate/runs`, {
      method: 'POST',
      headers: { ...wide.headers, authorization: `Bearer ${wide.token}`, 'content-type': 'application/json' },
      body: `{"agent_id":"echo","message":{"role":"user","content":"${'\\u00e4'.repeat(100_000)}"}}`,
    });
    expect(long.status).toBe(200);
  });

  test('does not grow with changes: neither a message nor what stands beside it', async () => {
    const who = await visit('short');
    const { threadId, messageId } = await say(server, 'short', who);
    const path = `/threads/${threadId}/messages/${messageId}`;
    const change = (address: string, body: object) => server.call(address, { ...who, method: 'PATCH', body });
    expect(await change(path, { content: 'much longer than that' })).toMatchObject({
      status: 413,
      body: { code: 'message_too_long' },
    });
    expect(await change(path, { content: 'changed' })).toMatchObject({ status: 200 });
    for (const address of [path, `/threads/${threadId}`]) {
      const part = (n: number) => change(address, { [`note_${n}`]: 'x'.repeat(200_000) });
      expect((await part(1)).status).toBe(200);
      expect(await part(2)).toMatchObject(refused);
      expect((await part(1)).status).toBe(200);
    }
  });
});

describe('a daily budget', () => {
  const answer = [{ text: 'Fine.' }, { usage: { prompt_tokens: 80, completion_tokens: 30 } }];

  test.for(['frugal', 'cheap'])('of tokens or money is used up by what models say they used: %s', async (channel) => {
    model.script(answer);
    await say(server, 'hello', { ...(await visit(channel)), agent: 'thinker' });
    const who = await visit(channel, '198.51.100.2');
    const refused = await vi.waitFor(async () => {
      const reply = await send(who);
      expect(reply.status).toBe(429);
      return reply;
    }, 10_000);
    const midnight = (86_400_000 - (Date.now() % 86_400_000)) / 1_000;
    expect(refused.body.code).toBe('budget_exhausted');
    expect(Math.abs(Number(refused.headers.get('retry-after')) - midnight)).toBeLessThan(10);
    expect((await send(await visit('default'))).status).toBe(200);
  });
});

describe('clew channels', () => {
  const url = `http://127.0.0.1:${server.port}`;
  const run = (...args: string[]) => clew(['channels', ...args, '--url', url], { cwd: server.folder });

  test('pauses a channel at once: nothing can be said, what was said can be read', async () => {
    const who = await visit('stopped');
    const { threadId } = await say(server, 'hello', who);
    expect(await run('pause', 'stopped')).toMatchObject({ code: 0, stdout: expect.stringContaining('is paused') });
    const refused = await send(who);
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([
      503,
      'channel_paused',
      '30',
    ]);
    expect((await sendAcp(who)).body.data.code).toBe('channel_paused');
    expect((await server.call('/threads', { ...who, method: 'POST', body: {} })).status).toBe(503);
    expect((await server.call(`/threads/${threadId}/messages`, who)).status).toBe(200);
    expect((await send(await visit('default'))).status).toBe(200);
    const listed = JSON.parse((await run('list', '--json')).stdout) as { name: string; paused: boolean }[];
    expect(listed.filter(({ paused }) => paused)).toEqual([{ name: 'stopped', modes: ['anonymous'], paused: true }]);
    expect((await run('list')).stdout).toMatch(/stopped +anonymous +paused/);
    expect((await run('resume', 'stopped')).code).toBe(0);
    expect((await send(who)).status).toBe(200);
  });

  test('says which channels there are not, and is for the operator alone', async () => {
    const { code, stderr } = await run('pause', 'nowhere');
    expect([code === 0, stderr]).toEqual([false, expect.stringContaining('There is no such channel')]);
    for (const who of [await visit('default'), {}]) {
      const refused = await server.call('/private/channels/default/pause', { ...who, method: 'POST' });
      expect(refused.body.code).toMatch(/operator_only|token_required/);
      expect((await server.call('//metrics', who)).body.code).toMatch(/operator_only|token_required/);
    }
    expect((await server.call('//metrics', { token: await server.operator() })).text).toContain('clew_runs_queued 0');
  });
});

test('what is used up, and what is paused, stays so over a restart', async () => {
  const first = await start({ default: anonymous({ visitor: { runsPerMinute: 1 } }), other: anonymous({}) });
  const { access_token: token } = (await first.call('/auth/visitor', { method: 'POST' })).body;
  await say(first, 'hello', { token });
  await first.call('/private/channels/other/pause', { method: 'POST', token: await first.operator() });
  await first.stop();
  const second = await serve({ project: first.folder, args: ['--grace-ms', '0'] });
  const again = await fetch(`${second.url}/api/v1/orchestrate/runs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ message: { role: 'user', content: 'hello' }, agent_id: 'echo' }),
  });
  expect(again.status).toBe(429);
  const channels = await fetch(`${second.url}/api/v1/private/channels`, {
    headers: { authorization: `Bearer ${await first.operator()}` },
  });
  expect(await channels.json()).toMatchObject({ channels: [{ paused: false }, { name: 'other', paused: true }] });
  await second.stop();
  await first.end();
});
