import { run as runSchema } from '@clew/wire/orchestrate';
import { describe, expect, test } from 'vitest';
import { compareWithTrace, readTranscript } from '../../../../../test/kit/trace.ts';
import { AgentError, textOf } from '../../../src/model/index.ts';
import type { Runtime } from '../../../src/ports/index.ts';
import { anna, answerOf, createTestWire, frames, STRANGER, VISITOR } from './kit.ts';
import { outline } from './logs.ts';

const echo: Runtime['run'] = async (turn, emit) => emit.text(textOf(turn.input.parts));
const failer: Runtime['run'] = async () => {
  throw new AgentError('invalid_input', 'Not this one.');
};
const endless: Runtime['run'] = async (_turn, emit, signal) => {
  emit.text('Half');
  await emit.flush();
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
};
const worker: Runtime['run'] = async (_turn, emit) => {
  const info = { kind: 'tool', name: 'sum', title: 'Adding up', input: { a: 1 } } as const;
  emit.text(`It is ${await emit.step(info, () => 42)}.`);
};
const agents = { echo, failer, endless, worker };
const RUNS = '/api/v1/orchestrate/runs';
const nobody = '00000000-0000-4000-8000-000000000000';

describe('the recorded exchanges', () => {
  test('have the same structure here', async () => {
    const { ask, agent } = createTestWire(agents);
    const agent_id = agent('echo').id;
    const opened = await ask('POST /api/v1/threads', { body: { title: 'hello', agent_id } });
    expect(opened).toMatchObject({ status: 201, headers: { Location: `/threads/${opened.body.thread_id}` } });
    const thread_id = opened.body.thread_id as string;

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
      const headers = { accept: '*/*', 'x-watson-channel': 'agentic_chat', 'access-control-allow-origin': '*' };
      const { text, headers: sent } = await ask(
        `POST ${RUNS}?stream=true&stream_timeout=120000&multiple_content=true`,
        { body, headers },
      );
      expect(sent['Content-Type']).toBe('text/event-stream; charset=utf-8');
      const { body: messages } = await ask(`GET /api/v1/threads/${thread_id}/messages`);
      const exchange = {
        threadId: thread_id,
        agentId: agent_id,
        messageId: messages.at(-2).id,
        tenantId: anna.tenantId,
        userName: anna.userName,
      };
      expect(compareWithTrace(readTranscript(transcript), text, exchange)).toEqual([]);
      const shown = frames({ status: 200, headers: {}, body: undefined, text });
      expect(shown.find(({ event }) => event === 'message.created')?.data.message).toEqual(messages.at(-1));
    }
  });
});

describe('starting a run', () => {
  test('gives ids when no stream is asked for, and a result when it is done', async () => {
    const { ask, settled } = createTestWire(agents);
    const { status, body } = await ask(`POST ${RUNS}`, {
      body: { message: { role: 'user', content: 'hi' }, capture_logs: false },
    });
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['thread_id', 'run_id', 'task_id', 'message_id']);
    await settled(body.run_id);
    const { body: run } = await ask(`GET ${RUNS}/${body.run_id}`);
    expect(runSchema.parse(run)).toEqual(run);
    expect(run).toMatchObject({ id: body.run_id, thread_id: body.thread_id, status: 'completed', last_error: null });
    expect(run.result.data.message).toMatchObject({
      role: 'assistant',
      parent_message_id: body.message_id,
      content: [{ text: 'hi' }],
    });
    expect([run.started_at, run.completed_at, run.failed_at, run.cancelled_at].map((time) => typeof time)).toEqual([
      'string',
      'string',
      'object',
      'object',
    ]);
  });

  test('streams on /runs/stream without being asked to', async () => {
    const { ask } = createTestWire(agents);
    expect(answerOf(frames(await ask(`POST ${RUNS}/stream`, { body: { message: { content: 'hi' } } })))).toBe('hi');
  });

  test('takes the agent that is named, the one of the thread, or the default one', async () => {
    const { ask, say, agent } = createTestWire(agents);
    const { body } = await ask('POST /api/v1/threads', { body: { agent_id: agent('worker').id } });
    expect(answerOf(await say('x', { thread_id: body.thread_id }))).toBe('It is 42.');
    expect(answerOf(await say('x', { thread_id: body.thread_id, agent_id: agent('echo').id }))).toBe('x');
    expect(answerOf(await say('x', { agent_id: 'worker' }))).toBe('It is 42.');
    expect(answerOf(await say('x', { agent_id: '', thread_id: null }))).toBe('x');
  });

  test.each<[string, object, number, unknown]>([
    [
      'an agent nobody knows',
      { agent_id: nobody },
      404,
      { code: 'agent_not_found', detail: expect.stringContaining('Agent not found') },
    ],
    [
      'an agent that is no id',
      { agent_id: 'x y' },
      422,
      { code: 'invalid_request', detail: [{ loc: ['body', 'agent_id'], type: 'uuid_parsing' }] },
    ],
    ['a thread nobody knows', { thread_id: nobody }, 404, { code: 'thread_not_found', detail: expect.any(String) }],
    [
      'a thread that is no id',
      { thread_id: 'x' },
      422,
      { code: 'invalid_request', detail: [{ loc: ['body', 'thread_id'] }] },
    ],
    [
      'an answer as a question',
      { message: { role: 'assistant', content: 'x' } },
      422,
      { code: 'invalid_request', detail: [{ loc: ['body', 'message', 'role'] }] },
    ],
  ])('refuses %s before a stream begins', async (_, more, status, body) => {
    const { ask } = createTestWire(agents);
    const answered = await ask(`POST ${RUNS}?stream=true`, { body: { message: { content: 'x' }, ...more } });
    expect(answered).toMatchObject({ status, body });
  });

  test('reads "human" as "user", and gives back what came with the message', async () => {
    const { ask, say } = createTestWire(agents);
    const message = {
      role: 'human',
      content: 'x',
      mentions: [{ type: 'agent', id: '1', name: 'n' }],
      custom: { a: 1 },
      message_state: { input: {} },
    };
    const [started] = await say('', { message });
    const { body } = await ask(`GET /threads/${started?.data.thread_id}/messages`);
    expect(body[0]).toMatchObject({
      role: 'user',
      mentions: message.mentions,
      custom: { a: 1 },
      message_state: { input: {} },
    });
  });
});

describe('a run that fails', () => {
  test('says why in its stream and in its status', async () => {
    const { ask, say, agent } = createTestWire(agents);
    const shown = await say('x', { agent_id: agent('failer').id });
    expect(shown.at(-2)).toMatchObject({
      event: 'run.failed',
      data: { error: 'Not this one.', code: 'invalid_input' },
    });
    expect(shown.at(-1)?.event).toBe('done');
    const { body } = await ask(`GET ${RUNS}/${shown[0]?.data.run_id}`);
    expect(body).toMatchObject({
      status: 'failed',
      last_error: 'Not this one.',
      error: 'Not this one.',
      failed_at: expect.any(String),
    });
  });

  test('because its log cannot be read ends its stream as any other', async () => {
    const broken = new Error('disk on fire');
    const { say, defects } = createTestWire(agents, {
      wrap: (store) => ({ ...store, readEvents: () => Promise.reject(broken) }) as typeof store,
    });
    const shown = await say('x').catch((error) => error);
    expect(outline(shown)).toEqual(['run.failed', 'done']);
    expect(shown[0].data).toMatchObject({ code: 'server_error', error: expect.not.stringContaining('fire') });
    expect(defects).toEqual([broken]);
  });
});

describe('cancelling', () => {
  test('ends the stream with what was said, and cannot be done twice', async () => {
    const { ask, open, agent } = createTestWire(agents);
    const body = { agent_id: agent('endless').id, message: { content: 'x' } };
    const reply = await open(`POST ${RUNS}?stream=true`, { body });
    if (!('stream' in reply)) throw new Error('no stream');
    let text = '';
    let cancelled: unknown;
    for await (const chunk of reply.stream) {
      text += chunk;
      const { run_id, thread_id } = JSON.parse(text.split('\n')[0] as string).data;
      if (text.includes('Half') && !cancelled) {
        cancelled = await ask(`POST ${RUNS}/cancel/${run_id}`);
        expect(cancelled).toMatchObject({ status: 200, body: { run_id, thread_id } });
      }
    }
    const shown = frames({ status: 200, headers: {}, body: undefined, text });
    expect(outline(shown).slice(-4)).toEqual(['message.created', 'message.completed', 'run.cancelled', 'done']);
    expect(answerOf(shown)).toBe('Half');
    const { run_id } = shown[0]?.data ?? {};
    expect((await ask(`GET ${RUNS}/${run_id}`)).body).toMatchObject({
      status: 'cancelled',
      cancelled_at: expect.any(String),
    });
    expect(await ask(`POST ${RUNS}/cancel/${run_id}`)).toMatchObject({ status: 409, body: { code: 'run_ended' } });
    expect(await ask(`POST ${RUNS}/cancel/${nobody}`)).toMatchObject({ status: 404, body: { code: 'run_not_found' } });
  });
});

describe('reading runs', () => {
  test('lists them, the newest first, by thread, agent and status', async () => {
    const { ask, say, agent } = createTestWire(agents);
    const first = await say('a');
    await say('b', { agent_id: agent('failer').id });
    const list = async (query = '') => (await ask(`GET ${RUNS}?${query}`)).body;
    expect(await list()).toMatchObject({
      total: 2,
      limit: 20,
      offset: 0,
      data: [{ status: 'failed' }, { status: 'completed', result: null }],
    });
    expect((await list(`thread_id=${first[0]?.data.thread_id}`)).total).toBe(1);
    expect((await list(`agent_id=${agent('failer').id}`)).total).toBe(1);
    expect((await list('status=completed&status=pending')).data).toMatchObject([{ status: 'completed' }]);
    expect((await list('limit=1&offset=1')).data).toMatchObject([{ status: 'completed' }]);
    expect(await ask(`GET ${RUNS}?status=expired`)).toMatchObject({ status: 422 });
  });

  test('of others is as if there were none', async () => {
    const { ask, say } = createTestWire(agents);
    const { run_id } = (await say('a'))[0]?.data ?? {};
    for (const path of [`${RUNS}/${run_id}`, `${RUNS}/${run_id}/events`]) {
      expect(await ask(`GET ${path}`, { scope: STRANGER })).toMatchObject({
        status: 404,
        body: { code: 'run_not_found' },
      });
    }
  });

  test('shows what steps were given and gave back to those who may see it', async () => {
    const { ask, say, agent } = createTestWire(agents);
    const shown = await say('x', { agent_id: agent('worker').id });
    const { run_id, thread_id } = shown[0]?.data ?? {};
    const history = (await ask(`GET ${RUNS}/${run_id}`)).body.result.data.message.step_history;
    expect(history).toEqual([
      {
        role: 'assistant',
        step_details: [
          {
            type: 'tool_calls',
            agent_display_name: expect.any(String),
            tool_calls: [{ id: 's1', name: 'sum', args: { a: 1 } }],
          },
        ],
      },
      { role: 'assistant', step_details: [{ type: 'tool_response', name: 'sum', tool_call_id: 's1', content: '42' }] },
    ]);
    for (const path of [`${RUNS}/${run_id}`, `/api/v1/threads/${thread_id}/messages`]) {
      expect(JSON.stringify((await ask(`GET ${path}`, { scope: VISITOR })).body)).not.toContain('tool_calls');
    }
    expect((await ask(`GET ${RUNS}/${run_id}/events`, { scope: VISITOR })).text).not.toContain('tool_calls');
  });
});
