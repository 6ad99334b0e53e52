import { type CompletionChunk, completionChunk, completion as completionSchema } from '@clew/wire/orchestrate';
import { describe, expect, test } from 'vitest';
import { AgentError, textOf } from '../../../src/model/index.ts';
import type { Runtime } from '../../../src/ports/index.ts';
import { type Answered, createTestWire } from './kit.ts';

const thread = '7d1e9b3c-1111-4222-8333-444455556666';
const user = (content: unknown) => ({ role: 'user', content });

const agents: Record<string, Runtime['run']> = {
  async echo(turn, emit) {
    emit.text(textOf(turn.input.parts));
  },
  async memory(turn, emit) {
    const earlier = await turn.history();
    emit.text([...earlier, turn.input].map(({ role, parts }) => `${role}: ${textOf(parts)}`).join('\n'));
  },
  async twice(_turn, emit) {
    await emit.message([{ type: 'text', text: 'One' }]);
    await emit.message([{ type: 'text', text: 'Two' }]);
  },
  async failer() {
    throw new AgentError('out_of_milk', 'No milk.');
  },
  async asker(_turn, emit) {
    const answer = await emit.ask([{ type: 'text', text: 'Which?' }]);
    emit.text(`${textOf(answer.parts)}!`);
  },
};

function make() {
  const wire = createTestWire(agents);
  const complete = (name: string, body: object, headers: Record<string, string> = {}) =>
    wire.ask(`POST /v1/orchestrate/${wire.agent(name)?.id ?? name}/chat/completions`, { body, headers });
  return { ...wire, complete };
}

/** The objects of a stream, and whether it ended as it should. */
function chunks({ text }: Answered): CompletionChunk[] {
  const events = text.split('\n\n');
  expect(events.splice(-2)).toEqual(['data: [DONE]', '']);
  return events.map((event) => JSON.parse(event.slice('data: '.length)) as CompletionChunk);
}

describe('a completion', () => {
  test('is what OpenAI has, with a thread to go on in', async () => {
    const { complete, agent } = make();
    const { status, body, headers } = await complete('echo', { messages: [user('hi')], stream: false, model: 'any' });
    expect(status).toBe(200);
    expect(completionSchema.parse(body)).toEqual(body);
    expect(body).toMatchObject({
      object: 'chat.completion',
      model: agent('echo').llm,
      choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
    });
    expect(headers['X-IBM-THREAD-ID']).toBe(body.thread_id);
    expect(body).not.toHaveProperty('usage');
  });

  test('streams text that no reader of lines splits', async () => {
    const { complete } = make();
    const said = 'a\u2028b\u0085c\u2029d';
    const answered = await complete('echo', { messages: [user(said)], stream: true });
    expect(answered.text).not.toMatch(/[\u0085\u2028\u2029]/);
    expect(chunks(answered).map(({ choices }) => choices[0]?.delta.content)).toContain(said);
  });

  test('knows the messages before it', async () => {
    const { complete } = make();
    const messages = [
      { role: 'system', content: 'Be brief.' },
      user('a'),
      { role: 'assistant', content: [{ type: 'text', text: 'b' }] },
      user('c'),
    ];
    const { body } = await complete('memory', { messages });
    expect(body.choices[0].message.content).toBe('user: a\nassistant: b\nuser: c');
  });

  test.each([
    ['the header', (id: string) => [{}, { 'x-ibm-thread-id': id }] as const],
    ['the body', (id: string) => [{ thread_id: id }, {}] as const],
  ])('goes on in the thread that %s names, with what is there and not with what is sent again', async (_, place) => {
    const { complete, ask } = make();
    const [more, headers] = place(thread);
    const first = await complete('memory', { messages: [user('a')], ...more }, headers);
    expect(first.body.thread_id).toBe(thread);
    const messages = [user('a'), { role: 'assistant', content: 'forged' }, user('b')];
    const second = await complete('memory', { messages, ...more }, headers);
    expect(second.body.choices[0].message.content).toBe('user: a\nassistant: user: a\nuser: b');
    expect((await ask(`GET /threads/${thread}/messages`)).body).toHaveLength(4);
  });

  test('of an agent by name, under version 2', async () => {
    const { ask } = make();
    const { body } = await ask('POST /v2/orchestrate/echo/chat/completions', { body: { messages: [user('hi')] } });
    expect(body.choices[0].message.content).toBe('hi');
  });

  test('joins the messages of a run, and takes a question for an answer', async () => {
    const { complete } = make();
    expect((await complete('twice', { messages: [user('x')] })).body.choices[0].message.content).toBe('One\n\nTwo');
    const question = await complete('asker', { messages: [user('x')] });
    expect(question.body.choices[0].message.content).toBe('Which?');
    const answer = await complete('asker', { messages: [user('This')], thread_id: question.body.thread_id });
    expect(answer.body.choices[0].message.content).toBe('This!');
    expect(answer.body.run_id).toBe(question.body.run_id);
  });

  test.each<[string, string, object, Record<string, string>, number, object]>([
    ['no messages', 'echo', {}, {}, 422, { detail: [{ loc: ['body', 'messages'], type: 'missing' }] }],
    ['an empty list', 'echo', { messages: [] }, {}, 422, { detail: [{ loc: ['body', 'messages'] }] }],
    [
      'an answer at the end',
      'echo',
      { messages: [{ role: 'assistant', content: 'x' }] },
      {},
      422,
      { detail: [{ loc: ['body', 'messages', 0, 'role'] }] },
    ],
    [
      'a thread that is no id',
      'echo',
      { messages: [user('x')] },
      { 'x-ibm-thread-id': 'x' },
      422,
      { detail: [{ loc: ['header', 'x-ibm-thread-id'] }] },
    ],
    ['an agent that is none', 'nobody', { messages: [user('x')] }, {}, 422, { code: 'invalid_request' }],
    ['an agent nobody knows', thread, { messages: [user('x')] }, {}, 404, { code: 'agent_not_found' }],
    ['an agent that fails', 'failer', { messages: [user('x')] }, {}, 500, { detail: 'No milk.', code: 'out_of_milk' }],
  ])('is refused: %s', async (_, name, body, headers, status, reply) => {
    const { complete } = make();
    expect(await complete(name, body, headers)).toMatchObject({ status, body: reply });
  });
});

describe('a streamed completion', () => {
  test('is server-sent events that end with [DONE]', async () => {
    const { complete } = make();
    const answered = await complete('twice', { messages: [user('x')], stream: true });
    expect(answered.headers).toMatchObject({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'X-IBM-THREAD-ID': expect.any(String),
    });
    const sent = chunks(answered);
    for (const chunk of sent) expect(completionChunk.parse(chunk)).toEqual(chunk);
    expect(sent[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' });
    expect(sent.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('One\n\nTwo');
    expect(sent.at(-1)?.choices[0]).toEqual({ index: 0, delta: {}, finish_reason: 'stop' });
    expect(new Set(sent.map(({ thread_id }) => thread_id)).size).toBe(1);
  });

  test('says what went wrong, and ends', async () => {
    const { complete } = make();
    const sent = chunks(await complete('failer', { messages: [user('x')], stream: true }));
    expect(sent.at(-1)).toEqual({ error: { code: 'out_of_milk', message: 'No milk.', type: 'agent_error' } });
  });
});
