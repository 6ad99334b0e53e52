import { describe, expect, test } from 'vitest';
import { textOf } from '../../../src/model/index.ts';
import type { Runtime } from '../../../src/ports/index.ts';
import { answerOf, createTestWire } from './kit.ts';
import { outline } from './logs.ts';

const echo: Runtime['run'] = async (turn, emit) => emit.text(textOf(turn.input.parts));
const asker: Runtime['run'] = async (_turn, emit) => {
  const answer = await emit.ask([{ type: 'text', text: 'Which colour?' }]);
  emit.text(`You said ${textOf(answer.parts)}.`);
};
const agents = { echo, asker };
const RUNS = '/api/v1/orchestrate/runs';

describe('saying the same again', () => {
  const id = '7d1e9b3c-1111-4222-8333-444455556666';

  test('under the same message id gives the same run from its start', async () => {
    const { ask, say } = createTestWire(agents);
    const first = await say('', { message: { id, content: 'hi' } });
    const again = await say('', { message: { id, content: 'hi' } });
    expect(again).toEqual(first);
    const { body } = await ask(`GET /threads/${first[0]?.data.thread_id}/messages`);
    expect(body.map((message: { id: string }) => message.id)).toEqual([id, expect.any(String)]);
  });

  test('under the same Idempotency-Key does so too, other words under it are a conflict', async () => {
    const { ask } = createTestWire(agents);
    const send = (content: string) =>
      ask(`POST ${RUNS}`, { body: { message: { content } }, headers: { 'idempotency-key': 'k' } });
    const first = await send('a');
    expect(await send('a')).toEqual(first);
    expect(await send('b')).toMatchObject({ status: 409, body: { code: 'idempotency_conflict' } });
  });

  test('as an answer does not answer twice', async () => {
    const { ask, say, agent } = createTestWire(agents);
    const [started] = await say('go', { agent_id: agent('asker').id });
    const answer = {
      thread_id: started?.data.thread_id,
      agent_id: agent('asker').id,
      message: { id, content: 'blue' },
    };
    const first = await say('', answer);
    expect(answerOf(first)).toBe('You said blue.');
    expect(await say('', answer)).toEqual(first);
    const { body } = await ask(`GET ${RUNS}?thread_id=${started?.data.thread_id}`);
    expect(body.total).toBe(1);
  });
});

describe('a run that asks', () => {
  test('says so, waits, and goes on with the next message of its thread', async () => {
    const { ask, say, agent } = createTestWire(agents);
    const question = await say('go', { agent_id: agent('asker').id });
    expect(outline(question).slice(-3)).toEqual(['message.created', 'message.completed', 'done']);
    const { run_id, thread_id } = question[0]?.data ?? {};
    expect(question.at(-3)?.data.message).toMatchObject({
      content: [{ text: 'Which colour?' }],
      additional_properties: { is_interrupt: true },
    });
    const waiting = await ask(`GET ${RUNS}/${run_id}`);
    expect(waiting.body).toMatchObject({
      status: 'requires_input',
      result: { data: { message: { content: [{ text: 'Which colour?' }] } } },
    });
    expect((await ask(`GET /api/v1/threads/${thread_id}`)).body.active_run).toEqual({
      run_id,
      status: 'requires_input',
    });

    const rest = await say('blue', { thread_id });
    expect(outline(rest).slice(0, 3)).toEqual(['run.started', 'message.started', 'thinkingThisThrough']);
    expect(outline(rest).slice(-2)).toEqual(['run.completed', 'done']);
    expect(answerOf(rest)).toBe('You said blue.');
    expect(rest[0]?.data.run_id).toBe(run_id);
    const { text } = await ask(`GET ${RUNS}/${run_id}/events`);
    expect(JSON.parse(text)).toEqual([...question, ...rest]);
  });

  test('gives ids of the answer where no stream is asked for', async () => {
    const { ask, say, agent, settled } = createTestWire(agents);
    const [started] = await say('go', { agent_id: agent('asker').id });
    const { run_id, thread_id } = started?.data ?? {};
    const { body } = await ask(`POST ${RUNS}`, { body: { thread_id, message: { content: 'red' } } });
    expect(body).toMatchObject({ run_id, thread_id });
    await settled(run_id);
    const { body: messages } = await ask(`GET /threads/${thread_id}/messages`);
    expect(messages.map((message: { role: string }) => message.role)).toEqual([
      'user',
      'assistant',
      'user',
      'assistant',
    ]);
    expect(messages[2].id).toBe(body.message_id);
  });
});
