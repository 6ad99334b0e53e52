import { randomUUID } from 'node:crypto';
import { error as errorSchema } from '@clew/wire/acp';
import { describe, expect, it } from 'vitest';
import { answer, said, sse, start } from './start.ts';

const { url, send, run, get, events } = await start();
const body = (more: object) => JSON.stringify({ agent_name: 'echo', input: [said('x')], ...more });
const nobody = randomUUID();
const input = (part: object) => body({ input: [{ parts: [part] }] });

describe('a request that cannot be', () => {
  it.each([
    ['no JSON', '{', 422],
    ['nothing', '', 422],
    ['null', 'null', 422],
    ['a list', '[]', 422],
    ['an empty object', '{}', 422],
    ['no agent of that name', body({ agent_name: 'nobody' }), 404],
    ['half a surrogate in a name', '{"agent_name":"\\ud800","input":[]}', 422],
    ['half a surrogate in a text', '{"agent_name":"echo","input":[{"parts":[{"content":"\\ud800"}]}]}', 422],
    ['NUL', '{"agent_name":"echo","input":[{"parts":[{"content":"a\\u0000"}]}]}', 422],
    ['half a surrogate in a member nobody knows', '{"agent_name":"echo","input":[{"parts":[{"\\udfff":1}]}]}', 422],
    ['another mode', body({ mode: 'later' }), 422],
    ['no mode at all, said so', body({ mode: null }), 422],
    ['a role of another protocol', body({ input: [{ role: 'assistant', parts: [] }] }), 422],
    ['a time that is none', body({ input: [{ parts: [], created_at: 'yesterday' }] }), 422],
    ['content and address', input({ content: 'a', content_url: 'http://a' }), 422],
    ['metadata of no kind', input({ metadata: { title: 'x' } }), 422],
    ['deep nesting', `{"agent_name":"echo","input":${'['.repeat(300)}${']'.repeat(300)}}`, 422],
    ['too much', body({ filler: 'x'.repeat(2_000_000) }), 413],
  ])('%s is told in the words of the protocol', async (_, text, status) => {
    const response = await send('POST', '/runs', text);
    const told = errorSchema.parse(await response.json());
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(told.message.length).toBeLessThan(300);
    expect(told.message).not.toMatch(/\.ts|node_modules|undefined/);
  });

  it.each([
    ['GET', `/runs/${nobody}`, 404, 'not_found'],
    ['GET', '/runs/x', 422, 'invalid_input'],
    ['GET', `/runs/${nobody}/events`, 404, 'not_found'],
    ['POST', `/runs/${nobody}/cancel`, 404, 'not_found'],
    ['GET', `/resources/${nobody}`, 404, 'not_found'],
    ['GET', '/resources/..%2f..%2fetc', 422, 'invalid_input'],
    ['GET', '/agents/%ff', 404, 'not_found'],
    ['DELETE', '/agents', 405, 'invalid_input'],
  ])('%s %s is %d', async (method, path, status, code) => {
    const response = await send(method, path);
    expect([response.status, errorSchema.parse(await response.json()).code]).toEqual([status, code]);
  });

  it('says what is wrong in one short sentence', async () => {
    const response = await send('POST', '/runs', input({ content: 3 }));
    expect(await response.json()).toMatchObject({ message: 'body.input.0.parts.0.content must be a string.' });
  });

  it('is refused before the stream begins, whatever the mode', async () => {
    const response = await send('POST', '/runs', body({ agent_name: 'nobody', mode: 'stream' }));
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/json']);
  });
});

describe('a request that clients really send', () => {
  it.each([
    ['without a content type', {}],
    ['as text', { 'content-type': 'text/plain' }],
    ['as another kind of JSON', { 'content-type': 'application/vnd.api+json' }],
  ])('%s is JSON', async (_, headers) => {
    const response = await fetch(`${url}/runs`, { method: 'POST', headers, body: new TextEncoder().encode(body({})) });
    expect((await response.json()).status).toBe('completed');
  });

  it.each([
    ['no messages', { input: [] }, 0],
    ['no parts', { input: [{ parts: [] }] }, 0],
    ['an empty part', { input: [{ parts: [{}] }] }, 1],
    ['no role, and members nobody knows', { input: [{ parts: [{ content: 'x' }], mood: 1 }], mood: 2 }, 1],
    [
      'nulls everywhere',
      {
        session_id: null,
        session: null,
        input: [
          {
            role: null,
            parts: [
              {
                content: 'x',
                name: null,
                content_url: null,
                metadata: null,
                content_type: null,
                content_encoding: null,
              },
            ],
            created_at: null,
            completed_at: null,
          },
        ],
      },
      1,
    ],
    ['a session without its members', { session: {} }, 1],
    [
      'a time with an offset',
      { input: [{ parts: [{ content: 'x' }], created_at: '2025-07-01T10:00:00.123456+02:00' }] },
      1,
    ],
    [
      'a citation backwards',
      { input: [{ parts: [{ metadata: { kind: 'citation', start_index: 9, end_index: 1 } }] }] },
      1,
    ],
    ['base64 that is none', { input: [{ parts: [{ content: '%', content_encoding: 'base64' }] }] }, 1],
  ])('%s is a run', async (_, more, messages) => {
    const made = await run('echo', 'x', more);
    expect(made).toMatchObject({ status: 'completed', session_id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(made.output).toHaveLength(messages);
    for (const { created_at, completed_at } of made.output)
      expect([created_at, completed_at]).toEqual([expect.stringMatching(/Z$/), expect.stringMatching(/Z$/)]);
  });

  it('ids in any spelling, and paths with a slash at their end', async () => {
    const { run_id } = await run('echo', 'x');
    for (const id of [
      run_id.toUpperCase(),
      run_id.replaceAll('-', ''),
      `{${run_id}}`,
      `urn:uuid:${run_id}`,
      `${run_id}/`,
    ])
      expect((await get(`/runs/${id}`)).run_id).toBe(run_id);
  });

  it('text that splits the lines of some readers arrives whole', async () => {
    const words = 'a\u0085b\u2028c\u2029d \u{1f9f6}';
    const response = await send('POST', '/runs', { agent_name: 'echo', input: [said(words)], mode: 'stream' });
    const text = await response.text();
    expect(text).not.toMatch(/[\u0085\u2028\u2029]/);
    const last = sse(text).at(-1);
    if (last?.type !== 'run.completed') throw new Error(last?.type);
    expect(answer(last.run)).toBe(words);
    expect(await events(last.run.run_id)).toEqual(sse(text));
  });
});
