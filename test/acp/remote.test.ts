import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { serve } from '../kit/server.ts';
import { makeTempDir, removeTempDir } from '../kit/temp-dir.ts';
import { at, farRunId, serveNear, told, variable, writeNear } from './remote/chain.ts';
import { answer, said, speakTo, start } from './start.ts';

const LAB = ['echo', 'slow-echo', 'awaiter', 'failer', 'sessioner', 'mime-types', 'citer', 'context-reader', 'burst'];
const CHAT = '/api/v1/orchestrate/runs';
const TOKEN = 'not-to-be-told-to-anybody';

const folder = makeTempDir();
const farLab = await serve({ args: ['--db', join(folder, 'far.db'), '--grace-ms', '0'] });
const other = await start();
const odd = createServer(async (request, response) => {
  const body = await text(request);
  if (body === '') return response.writeHead(404).end();
  const { agent_name } = JSON.parse(body);
  const sse = { 'content-type': 'text/event-stream' };
  if (agent_name === 'guarded')
    response
      .writeHead(401)
      .end(JSON.stringify({ code: 'server_error', message: `No ${request.headers.authorization}` }));
  else if (agent_name === 'moved') response.writeHead(307, { location: farLab.url }).end();
  else if (agent_name === 'page') response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>');
  else if (agent_name === 'broken') response.writeHead(200, { ...sse, 'run-id': randomUUID() }).end('data: {]\n\n');
  else response.writeHead(200, sse).end('data: {"type":"generic","generic":{}}\n\n');
});
await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve));
const lab = [at('LAB_URL'), 'headers:', `  X-Team: ${variable('TEAM')}`];
const near = await serveNear(
  writeNear(join(folder, 'near'), {
    ...Object.fromEntries(LAB.map((name) => [name, lab])),
    ...Object.fromEntries(
      ['looker', 'thinker', 'asker', 'twice', 'slow'].map((name) => [
        `far_${name}`,
        [at('OTHER_URL'), `agent: ${name}`],
      ]),
    ),
    nobody: [at('LAB_URL')],
    guarded: [at('ODD_URL'), 'auth_scheme: BEARER_TOKEN', `auth_config: { token: "${variable('TOKEN')}" }`],
    ...Object.fromEntries(['moved', 'page', 'broken', 'nameless'].map((name) => [name, [at('ODD_URL')]])),
    dead: ['api_url: http://127.0.0.1:9', `headers: { X-Api-Key: "${variable('TOKEN')}" }`],
  }),
  {
    LAB_URL: farLab.url,
    OTHER_URL: other.url,
    ODD_URL: `http://127.0.0.1:${(odd.address() as AddressInfo).port}`,
    TOKEN,
    TEAM: 'ball',
  },
);
afterAll(async () => {
  odd.close();
  await Promise.all([near.stop(), farLab.stop()]);
  removeTempDir(folder);
});
const here = speakTo(near.url);
const far = speakTo(farLab.url);

/** What a run said here and at the server that did it. */
async function both(runId: string, server = far) {
  const events = await here.events(runId);
  return { here: told(events), there: told(await server.events(farRunId(events))) };
}

describe('an agent of another server', () => {
  it.each([
    ['echo', [{ content: 'a' }, { content: 'b' }]],
    ['slow-echo', [{ content: 'one two three' }]],
    [
      'mime-types',
      [
        { content: '<p>', content_type: 'text/html' },
        { name: 'clew.png', content: 'aGk=', content_type: 'image/png', content_encoding: 'base64' },
        { content_url: 'https://example.org/a.pdf', content_type: 'application/pdf', language: 'en' },
        { content: '{}', content_type: 'application/json' },
      ],
    ],
    ['citer', [{ content: 'x' }]],
    ['failer', [{ content: 'x' }]],
    ['context-reader', [{ content: 'x' }]],
    ['burst', [{ content: 'burst 3000 0' }]],
  ])('says here what it says there: %s', async (agent, parts) => {
    const { run_id } = await here.post('/runs', { agent_name: agent, input: [{ role: 'user', parts }] });
    const logs = await both(run_id);
    expect(logs.here).toEqual(logs.there);
    expect(logs.here.messages.length + (agent === 'failer' ? 1 : 0)).toBe(1);
    const live = await here.stream('/runs', { agent_name: agent, input: [{ role: 'user', parts }], mode: 'stream' });
    expect(told(live)).toEqual(logs.here);
  });

  it('shows its steps, context and citations', async () => {
    const { run_id } = await here.run('far_looker', 'x');
    const logs = await both(run_id, other);
    expect(logs.here).toEqual(logs.there);
    const types = (await here.events(run_id)).flatMap((event) => (event.type === 'generic' ? [event.generic] : []));
    expect(types).toMatchObject([
      { step: { kind: 'handoff', name: 'far_looker', title: 'Handing over to far_looker' } },
      { context: { looked: true } },
      { step: { kind: 'tool', name: 'look', title: 'Looking it up' } },
    ]);
    const messages = await here.get(`/api/v1/threads/${(await here.get(`/runs/${run_id}`)).session_id}/messages`);
    expect(messages[1].content).toMatchObject([
      { response_type: 'conversational_search', citations: [{ text: 'Found', url: 'https://example.org' }] },
    ]);
  });

  it('thinks here as it thinks there, and its own events come through', async () => {
    const { run_id } = await here.run('far_thinker', 'x');
    const logs = await both(run_id, other);
    expect(logs.here).toEqual(logs.there);
    expect(logs.here.parts).toHaveLength(3);
    expect(await here.events(run_id)).toContainEqual({ type: 'generic', generic: { progress: 0.5 } });
  });

  it('is external wherever it is described, and its hand-over is a line of the chat', async () => {
    expect((await here.get('/agents/echo')).metadata.tags).toEqual(['Chat', 'External']);
    const agents = await here.get('/api/v1/orchestrate/agents');
    expect(agents.find(({ name }: { name: string }) => name === 'echo')).toMatchObject({
      kind: 'external',
      llm: 'external/acp',
    });
    const { run_id } = await here.run('echo', 'x');
    expect(JSON.stringify(await here.get(`${CHAT}/${run_id}/events`))).toContain('Handing over to echo');
  });

  it('remembers the conversation, which has a session of its own there', async () => {
    const { session_id } = await here.run('sessioner', 'one');
    const { output } = await here.run('sessioner', 'two', { session_id });
    expect(output.map(({ parts }) => parts.at(-1)?.content)).toEqual(['one', 'one', 'two']);
  });

  it('gets its first text here before it is done there', async () => {
    const response = await here.send('POST', '/runs', {
      agent_name: 'burst',
      input: [said('burst 200 100')],
      mode: 'stream',
    });
    const runId = response.headers.get('run-id') ?? '';
    await expect.poll(async () => answer(await here.get(`/runs/${runId}`))).toContain('piece');
    expect((await here.get(`/runs/${runId}`)).status).toBe('in-progress');
    await response.body?.cancel();
    await here.post(`/runs/${runId}/cancel`);
  });

  it('asks here, answered over ACP', async () => {
    const asked = await here.run('awaiter', 'go');
    expect(asked.status).toBe('awaiting');
    const done = await here.post(`/runs/${asked.run_id}`, { await_resume: { message: said('42') }, mode: 'sync' });
    expect([done.status, answer(done)]).toEqual(['completed', 'You answered: 42']);
    const logs = await both(asked.run_id);
    expect(logs.here).toEqual(logs.there);
  });

  it('asks twice here, answered in the chat', async () => {
    const first = await here.run('far_twice', 'go');
    const chat = async (content: string) =>
      (
        await here.send('POST', `${CHAT}?stream=true`, {
          message: { role: 'user', content },
          thread_id: first.session_id,
        })
      ).text();
    await chat('red');
    const { await_request } = await here.get(`/runs/${first.run_id}`);
    expect(await_request.message.parts.at(-1).content).toBe('Second?');
    await chat('blue');
    expect(answer(await here.get(`/runs/${first.run_id}`))).toBe('Two questions.red, blue');
    const logs = await both(first.run_id, other);
    expect(logs.here).toEqual(logs.there);
  });

  it('shows a step that led to its question', async () => {
    const { run_id } = await here.run('far_asker', 'a hat');
    const { await_request } = await here.get(`/runs/${run_id}`);
    expect(await_request.message.parts).toMatchObject([
      { metadata: { message: 'Handing over to far_asker' } },
      {
        metadata: {
          message: 'Looking up the price',
          tool_name: 'price',
          tool_input: { item: 'a hat' },
          tool_output: { output: 42 },
        },
      },
      { content: 'It costs 42. Which colour?' },
    ]);
  });

  it('hears that its run is cancelled, and what it said stays', async () => {
    const { run_id } = await here.run('far_slow', 'go', { mode: 'async' });
    await expect.poll(async () => answer(await here.get(`/runs/${run_id}`))).toContain('3 ');
    await here.post(`/runs/${run_id}/cancel`);
    await expect.poll(async () => (await here.get(`/runs/${run_id}`)).status).toBe('cancelled');
    const farId = farRunId(await here.events(run_id));
    await expect.poll(async () => (await other.get(`/runs/${farId}`)).status).toBe('cancelled');
    expect(answer(await other.get(`/runs/${farId}`)).startsWith(answer(await here.get(`/runs/${run_id}`)))).toBe(true);
  });

  it('hears of a cancel while its question waits', async () => {
    const { run_id } = await here.run('far_twice', 'go');
    const farId = farRunId(await here.events(run_id));
    expect((await other.get(`/runs/${farId}`)).status).toBe('awaiting');
    await here.post(`/runs/${run_id}/cancel`);
    await expect.poll(async () => (await other.get(`/runs/${farId}`)).status).toBe('cancelled');
  });
});

describe('a remote that cannot be worked with is a failed run:', () => {
  it.each([
    ['nobody', 'remote_refused', 'The server of the remote agent has no agent nobody.'],
    [
      'guarded',
      'remote_refused',
      'The server of the remote agent does not accept what this server identifies itself with.',
    ],
    [
      'moved',
      'remote_malformed',
      'What answers in place of the remote agent does not speak ACP: it answered with status 307.',
    ],
    ['page', 'remote_malformed', 'What answers in place of the remote agent does not speak ACP.'],
    ['broken', 'remote_malformed', 'What answers in place of the remote agent does not speak ACP.'],
    ['nameless', 'remote_malformed', 'What answers in place of the remote agent does not speak ACP.'],
    ['dead', 'remote_unreachable', 'The server of the remote agent cannot be reached. Ask again later.'],
  ])('%s', async (agent, code, message) => {
    const { status, error } = await here.run(agent, 'x');
    expect([status, error]).toEqual(['failed', { code: 'server_error', message, data: { code } }]);
  });

  it('secrets are told to nobody', async () => {
    const agents = JSON.stringify([
      await here.get('/agents'),
      await here.get('/api/v1/orchestrate/agents'),
      await here.get('/openapi.json'),
    ]);
    expect(`${agents}${near.output()}`).not.toContain(TOKEN);
    expect(near.output()).toContain('a remote agent could not be worked with');
  });
});
