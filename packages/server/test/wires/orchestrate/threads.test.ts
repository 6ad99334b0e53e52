import { message as messageSchema, threadPage, thread as threadSchema } from '@clew/wire/orchestrate';
import { describe, expect, test } from 'vitest';
import { textOf } from '../../../src/model/index.ts';
import type { Runtime } from '../../../src/ports/index.ts';
import { anna, createTestWire, STRANGER } from './kit.ts';

const echo: Runtime['run'] = async (turn, emit) => emit.text(textOf(turn.input.parts));
const THREADS = '/api/v1/threads';
const nobody = '00000000-0000-4000-8000-000000000000';

describe('a thread', () => {
  test('is opened, read, changed, closed and deleted', async () => {
    const { ask, agent } = createTestWire({ echo });
    const opened = await ask(`POST ${THREADS}`, {
      body: { title: 'hello', agent_id: agent('echo').id, context: { a: 1 } },
    });
    const id = opened.body.thread_id;
    expect(opened).toMatchObject({ status: 201, headers: { Location: `/threads/${id}` } });

    const { body: thread } = await ask(`GET ${opened.headers.Location}`);
    expect(threadSchema.parse(thread)).toEqual(thread);
    expect(thread).toMatchObject({
      id,
      title: 'hello',
      status: 'ready',
      agent_id: agent('echo').id,
      tenant_id: anna.tenantId,
      tenant_name: 'local',
      created_by: anna.userId,
      created_by_username: anna.userName,
      context: { a: 1 },
      active_run: null,
    });

    const changed = await ask(`PATCH ${THREADS}/${id}`, {
      body: { title: 'bye', status: 'closed', knowledge_base_id: null },
    });
    expect(changed).toMatchObject({
      status: 200,
      body: { title: 'bye', status: 'closed', context: { a: 1 }, agent_id: agent('echo').id },
    });
    expect((await ask(`PATCH ${THREADS}/${id}`, { body: { status: 'ready' } })).body.status).toBe('ready');

    expect(await ask(`DELETE ${THREADS}/${id}`)).toMatchObject({ status: 204, body: undefined });
    expect(await ask(`GET ${THREADS}/${id}`)).toMatchObject({ status: 404, body: { code: 'thread_not_found' } });
  });

  test('needs nothing, and is called something all the same', async () => {
    const { ask } = createTestWire({ echo });
    for (const body of [undefined, {}, { title: null, agent_id: '', assistant_id: null }]) {
      const { body: opened } = await ask(`POST ${THREADS}`, { body });
      expect((await ask(`GET ${THREADS}/${opened.thread_id}`)).body).toMatchObject({
        title: 'Untitled',
        agent_id: null,
      });
    }
  });

  test('has a title of at most 1,000 characters', async () => {
    const { ask } = createTestWire({ echo });
    const { body } = await ask(`POST ${THREADS}`, { body: { title: 'é'.repeat(1_000_000) } });
    expect((await ask(`GET ${THREADS}/${body.thread_id}`)).body.title).toBe('é'.repeat(1_000));
  });

  test.each<[string, object, number, object]>([
    ['a title that is none', { title: 5 }, 422, { detail: [{ loc: ['body', 'title'], type: 'string_type' }] }],
    ['a title that nobody could store', { title: 'a\0' }, 422, { detail: [{ loc: ['body', 'title'] }] }],
    ['an agent nobody knows', { agent_id: nobody }, 404, { code: 'agent_not_found' }],
    [
      'an agent that is no id',
      { agent_id: 'echo' },
      422,
      { detail: [{ loc: ['body', 'agent_id'], type: 'uuid_parsing' }] },
    ],
    ['a list', [], 422, { detail: [{ loc: ['body'] }] }],
  ])('is not opened with %s', async (_, body, status, reply) => {
    const { ask } = createTestWire({ echo });
    expect(await ask(`POST ${THREADS}`, { body })).toMatchObject({ status, body: reply });
  });

  test('of somebody else, or with an id that is none, is not there', async () => {
    const { ask } = createTestWire({ echo });
    const { body } = await ask(`POST ${THREADS}`, { body: {} });
    for (const address of [
      `GET ${THREADS}/${body.thread_id}`,
      `DELETE ${THREADS}/${body.thread_id}`,
      `GET ${THREADS}/${body.thread_id}/messages`,
    ]) {
      expect(await ask(address, { scope: STRANGER })).toMatchObject({
        status: 404,
        body: { code: 'thread_not_found' },
      });
    }
    expect(await ask(`GET ${THREADS}/abc`)).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['path', 'thread_id'], type: 'uuid_parsing' }] },
    });
    expect(await ask(`GET ${THREADS}/${body.thread_id.toUpperCase()}`)).toMatchObject({ status: 200 });
  });
});

describe('threads', () => {
  test('are listed, the most recently changed first, by agent and by page', async () => {
    const { ask, agent } = createTestWire({ echo, other: echo });
    const open = async (title: string, name: string) =>
      (await ask(`POST ${THREADS}`, { body: { title, agent_id: agent(name).id } })).body.thread_id;
    await open('a', 'echo');
    await open('b', 'other');
    await open('c', 'echo');
    const list = async (query: string) => (await ask(`GET ${THREADS}?${query}`)).body;
    const titles = ({ data }: { data: { title: string }[] }) => data.map(({ title }) => title).sort();
    expect(threadPage.parse(await list(''))).toMatchObject({ total: 3, limit: 20, offset: 0 });
    expect(titles(await list(`agent_id=${agent('echo').id}`))).toEqual(['a', 'c']);
    expect(await list('limit=2&offset=2')).toMatchObject({ total: 3, limit: 2, offset: 2, data: [expect.anything()] });
    expect((await ask(`GET ${THREADS}`, { scope: STRANGER })).body).toMatchObject({ data: [], total: 0 });
  });
});

describe('messages', () => {
  test('are a bare list, the oldest first, as they were streamed', async () => {
    const { ask, say } = createTestWire({ echo });
    const first = await say('a');
    const { thread_id } = first[0]?.data ?? {};
    await say([{ response_type: 'text', text: 'b' }], { thread_id });
    const { body } = await ask(`GET /v1/orchestrate/threads/${thread_id}/messages`);
    for (const message of body) expect(messageSchema.parse(message)).toEqual(message);
    expect(
      body.map(
        (message: { role: string; content: { text: string }[] }) => `${message.role} ${message.content[0]?.text}`,
      ),
    ).toEqual(['user a', 'assistant a', 'user b', 'assistant b']);
    expect(body[1].parent_message_id).toBe(body[0].id);
    expect(await ask(`GET ${THREADS}/${thread_id}/messages/${body[1].id}`)).toMatchObject({
      status: 200,
      body: body[1],
    });
    expect((await ask(`GET ${THREADS}/${thread_id}/messages?limit=2&offset=1`)).body).toEqual(body.slice(1, 3));
  });

  test('keep feedback and what else a client wants to find again', async () => {
    const { ask, say } = createTestWire({ echo });
    const shown = await say('a', { message: { content: 'a', mentions: [1] } });
    const { thread_id } = shown[0]?.data ?? {};
    const { body: before } = await ask(`GET ${THREADS}/${thread_id}/messages`);
    const state = { content: { 1: { feedback: { is_positive: true, text: 'fine', selected_categories: [] } } } };
    const patch = (body: object, id = before[1].id) => ask(`PATCH ${THREADS}/${thread_id}/messages/${id}`, { body });
    expect(await patch({ message_state: state })).toMatchObject({
      status: 200,
      body: { message_state: state, content: before[1].content },
    });
    const properties = { display_properties: { skip_render: true }, note: 'x' };
    expect((await patch({ content: 'b', additional_properties: properties, role: 'assistant' })).body).toMatchObject({
      content: [{ response_type: 'text', id: '1', text: 'b' }],
      message_state: state,
      additional_properties: {
        display_properties: { skip_render: true, is_async: false },
        is_interrupt: false,
        note: 'x',
      },
    });
    expect((await patch({ document_ids: ['d'] }, before[0].id)).body).toMatchObject({
      mentions: [1],
      document_ids: ['d'],
    });
    expect((await patch({ message_state: null })).body.message_state).toBeNull();
    expect(await patch({ message_state: 'x' })).toMatchObject({ status: 422 });
    expect(await patch({}, nobody)).toMatchObject({ status: 404, body: { code: 'message_not_found' } });
  });
});
