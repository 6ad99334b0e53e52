import { createClient, type Frame } from '@clew/wire/client';
import { describe, expect, test } from 'vitest';
import { compareWithTrace, readTranscript } from '../../../../../test/kit/trace.ts';
import { textOf } from '../../../src/model/index.ts';
import type { Runtime } from '../../../src/ports/index.ts';
import { serve } from '../../http/kit.ts';
import { createTestWire } from './kit.ts';
import { outline } from './logs.ts';

const echo: Runtime['run'] = async (turn, emit) => emit.text(textOf(turn.input.parts));
const counter: Runtime['run'] = async (_turn, emit) => {
  for (let i = 0; i < 40; i += 1) {
    await emit.step({ kind: 'tool', name: 'count', title: `Counting to ${i}`, input: { i } }, () => i);
    emit.text(`${i} 😀\u2028`);
    await emit.flush();
  }
};
const asker: Runtime['run'] = async (_turn, emit) => {
  const answer = await emit.ask([{ type: 'text', text: 'Which?' }]);
  emit.text(textOf(answer.parts));
};

async function start(runtimes: Record<string, Runtime['run']>) {
  const made = createTestWire(runtimes);
  const { url } = await serve([], {
    wires: [made.wire],
    config: { host: '127.0.0.1', port: 0, bodyBytes: 100_000, publicUrl: null },
  });
  return { ...made, url };
}

async function all(frames: AsyncIterable<Frame>): Promise<Frame[]> {
  const found: Frame[] = [];
  for await (const frame of frames) found.push(frame);
  return found;
}

function runIdOf([first]: Frame[]): string {
  if (first?.event !== 'run.started') throw new Error(`The stream begins with ${first?.event}.`);
  return first.data.run_id;
}

/** `fetch` whose answers to streams break off after some bytes, more of them each time. */
function brittle(): { fetch: typeof fetch; broken: () => number } {
  let times = 0;
  const breaking: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (!response.headers.get('content-type')?.includes('event-stream') || !response.body) return response;
    times += 1;
    let left = 700 + 900 * times;
    const cut = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        controller.enqueue(chunk.slice(0, left));
        left -= chunk.length;
        if (left < 0) controller.error(new Error('connection reset'));
      },
    });
    return new Response(response.body.pipeThrough(cut), { headers: response.headers });
  };
  return { fetch: breaking, broken: () => times };
}

describe('over HTTP', () => {
  test('the recorded requests get streams of the recorded structure', async () => {
    const { url, agent } = await start({ echo });
    const headers = {
      Accept: '*/*',
      'Content-Type': 'application/json',
      'Access-Control-Allow-Origin': '*',
      Authorization: 'Bearer abc.def.ghi',
    };
    const agent_id = agent('echo').id;
    const opened = await fetch(`${url}/api/v1/threads`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ title: 'hello', agent_id }),
    });
    const { thread_id } = (await opened.json()) as { thread_id: string };
    expect([opened.status, opened.headers.get('location')]).toEqual([201, `/threads/${thread_id}`]);
    for (const [transcript, content] of [
      ['seed-1', 'hello'],
      ['seed-2', 'what context variables do you accept?'],
    ] as const) {
      const body = {
        message: { role: 'user', content },
        additional_properties: {},
        context: {},
        agent_id,
        thread_id,
        environment_id: '',
      };
      const address = `${url}/api/v1/orchestrate/runs?stream=true&stream_timeout=120000&multiple_content=true`;
      const answered = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) });
      expect([answered.status, answered.headers.get('content-type')]).toEqual([
        200,
        'text/event-stream; charset=utf-8',
      ]);
      expect(
        compareWithTrace(readTranscript(transcript), await answered.text(), { threadId: thread_id, agentId: agent_id }),
      ).toEqual([]);
    }
  });

  test('a client reads every frame once, however often the connection breaks', async () => {
    const { url } = await start({ counter });
    const { fetch, broken } = brittle();
    const client = createClient({ baseUrl: url, fetch, retry: { wait: async () => {} } });
    const frames = await all(client.send({ content: 'go' }));
    const runId = runIdOf(frames);
    expect(broken()).toBeGreaterThan(3);
    expect(frames).toEqual(await createClient({ baseUrl: url }).events(runId));
    expect(outline(frames as never).filter((event) => event === 'run.step.delta')).toHaveLength(80);
    expect((await client.listRuns()).total).toBe(1);
  });

  test('a client talks with an agent that asks', async () => {
    const { url } = await start({ asker });
    const client = createClient({ baseUrl: url });
    const threadId = await client.createThread({ title: 'A question' });
    const question = await all(client.send({ content: 'go', threadId }));
    expect(question.at(-1)?.event).toBe('done');
    expect((await client.thread(threadId)).active_run?.status).toBe('requires_input');
    const answer = await all(client.send({ content: 'this', threadId }));
    expect(outline(answer as never)).toContain('run.completed');
    expect((await client.messages(threadId)).map(({ content }) => content[0]?.text)).toEqual([
      'go',
      'Which?',
      'this',
      'this',
    ]);
    const runId = runIdOf(answer);
    expect(await all(client.follow(runId))).toEqual([...question, ...answer]);
  });

  test('errors are those of the API from the first byte on', async () => {
    const { url } = await start({ echo });
    const post = async (body: string, path = '/api/v1/threads') => {
      const answered = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body,
      });
      return { status: answered.status, body: await answered.json() };
    };
    expect(await post('{')).toMatchObject({
      status: 400,
      body: { code: 'unreadable_json', detail: expect.any(String) },
    });
    expect(await post(`{"title":"${'x'.repeat(100_000)}"}`)).toMatchObject({
      status: 413,
      body: { code: 'too_large' },
    });
    expect(await post('{"title":"\\ud800"}')).toMatchObject({
      status: 422,
      body: { code: 'invalid_request', detail: [{ loc: ['body', 'title'] }] },
    });
    expect(await post('{}', '/api/v1/nothing')).toMatchObject({ status: 404, body: { code: 'route_not_found' } });
    expect(await post('{}', '/api/v1/orchestrate/agents')).toMatchObject({
      status: 405,
      body: { code: 'method_not_allowed' },
    });
    await expect(createClient({ baseUrl: url }).agent('x')).rejects.toMatchObject({
      status: 422,
      code: 'invalid_request',
    });
  });

  test('the description of the API is made from its schemas', async () => {
    const { url } = await start({ echo });
    const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { requestBody?: unknown }>>;
    };
    expect(JSON.stringify(paths['/api/v1/orchestrate/runs']?.post?.requestBody)).toContain('context_variables');
  });
});
