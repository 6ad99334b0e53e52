import { runQuery, runRequest, threadQuery, threadRequest } from '@clew/wire/orchestrate';
import { describe, expect, test } from 'vitest';
import { errorReply } from '../../../src/wires/orchestrate/errors.ts';
import { fingerprint } from '../../../src/wires/orchestrate/once.ts';
import { cut, decodeBody, decodeQuery } from '../../../src/wires/orchestrate/requests.ts';

/** The detail of the reply to whatever `work` throws. */
function detailOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return (errorReply(error).body as { detail: unknown }).detail;
  }
  throw new Error('Nothing was thrown.');
}

describe('a body', () => {
  const run = (body: unknown) => decodeBody(runRequest, body);
  const id = '0c191f04-78cd-45e3-a99a-988cfb29434d';

  test('of the recorded widget is taken', () => {
    const body = {
      message: { role: 'user', content: 'hello' },
      additional_properties: {},
      context: {},
      agent_id: id,
      thread_id: id,
      environment_id: '',
    };
    expect(run(body)).toEqual(body);
  });

  test.each([
    ['only a message', { message: { content: 'x' } }],
    [
      'null for what is absent',
      { message: { role: null, content: 'x' }, agent_id: null, thread_id: null, environment_id: null, context: null },
    ],
    ['empty ids', { message: { content: 'x' }, agent_id: '', thread_id: '', environment_id: '' }],
    ['members nobody knows', { message: { content: 'x', wxa: 1 }, capture_logs: false, foo: { bar: [] } }],
    ['ids in capitals', { message: { content: 'x' }, thread_id: id.toUpperCase() }],
  ])('may have %s', (_, body) => {
    expect(() => run(body)).not.toThrow();
  });

  test.each<[string, unknown, object[]]>([
    ['nothing', undefined, [{ loc: ['body'], msg: 'Field required', type: 'missing' }]],
    [
      'no object',
      'hello',
      [{ loc: ['body'], msg: 'Input should be a valid dictionary or object', type: 'model_attributes_type' }],
    ],
    [
      'a list',
      [],
      [{ loc: ['body'], msg: 'Input should be a valid dictionary or object', type: 'model_attributes_type' }],
    ],
    ['no message', {}, [{ loc: ['body', 'message'], msg: 'Field required', type: 'missing' }]],
    [
      'no content',
      { message: { role: 'user' } },
      [{ loc: ['body', 'message', 'content'], msg: 'Field required', type: 'missing' }],
    ],
    [
      'content of another kind',
      { message: { content: 5 } },
      [
        {
          loc: ['body', 'message', 'content'],
          msg: 'Input should be a string or a list of content items',
          type: 'value_error',
        },
      ],
    ],
    [
      'an id that is none',
      { message: { content: 'x' }, thread_id: 'x' },
      [{ loc: ['body', 'thread_id'], msg: 'Input should be a valid UUID', type: 'uuid_parsing' }],
    ],
    [
      'a context that is none',
      { message: { content: 'x' }, context: [] },
      [{ loc: ['body', 'context'], msg: 'Input should be a valid dictionary', type: 'dict_type' }],
    ],
    [
      'parameters of a model that cannot be',
      { message: { content: 'x' }, llm_params: { temperature: 'hot', max_new_tokens: 0, wxa: {} } },
      [
        expect.objectContaining({ loc: ['body', 'llm_params', 'temperature'] }),
        expect.objectContaining({ loc: ['body', 'llm_params', 'max_new_tokens'] }),
      ],
    ],
  ])('is refused: %s', (_, body, detail) => {
    expect(detailOf(() => run(body))).toEqual(detail);
  });

  test.each([
    ['NUL', { message: { content: 'a\0b' } }, ['body', 'message', 'content']],
    ['half a pair', { message: { content: ['ok', 'a\ud800b'] } }, ['body', 'message', 'content', 1]],
    ['half a pair in a name', { message: { content: 'x' }, context: { 'a\udc00': 1 } }, ['body', 'context', 'a\ufffd']],
  ])('is refused: %s', (_, body, loc) => {
    const msg = 'Text may not contain NUL or half of a surrogate pair';
    expect(detailOf(() => run(body))).toEqual([{ loc, msg, type: 'string_unicode' }]);
  });

  test('is refused when it is nested so deep that nobody could write it again', () => {
    let deep: unknown = 'x';
    for (let i = 0; i < 100_000; i += 1) deep = [deep];
    expect(detailOf(() => run({ message: { content: 'x' }, context: { deep } }))).toMatchObject([
      { type: 'recursion_loop' },
    ]);
  });

  test('cannot reach a prototype', () => {
    const body = decodeBody(
      threadRequest,
      JSON.parse('{"title":"x","__proto__":{"agent_id":"y"},"constructor":{"prototype":{"z":1}}}'),
    );
    expect(body.agent_id).toBeUndefined();
    expect(({} as Record<string, unknown>).z).toBeUndefined();
  });
});

describe('a query', () => {
  test.each([
    [
      'stream=true&stream_timeout=120000&multiple_content=true',
      { stream: true, stream_timeout: 120000, multiple_content: true },
    ],
    ['stream=1', { stream: true, multiple_content: true }],
    ['stream=False&multiple_content=no&foo=bar', { stream: false, multiple_content: false }],
    ['', { stream: false, multiple_content: true }],
    ['__proto__=1&stream=TRUE', { stream: true, multiple_content: true }],
  ])('is read: %s', (query, wanted) => {
    expect(decodeQuery(runQuery, new URLSearchParams(query))).toEqual(wanted);
  });

  test.each([
    [
      'stream=perhaps',
      runQuery,
      [
        {
          loc: ['query', 'stream'],
          msg: 'Input should be a valid boolean, unable to interpret input',
          type: 'bool_parsing',
        },
      ],
    ],
    [
      'limit=0',
      threadQuery,
      [{ loc: ['query', 'limit'], msg: 'Input should be greater than or equal to 1', type: 'greater_than_equal' }],
    ],
    [
      'limit=x',
      threadQuery,
      [{ loc: ['query', 'limit'], msg: 'Input should be a valid number', type: 'float_parsing' }],
    ],
    [
      'offset=-1',
      threadQuery,
      [{ loc: ['query', 'offset'], msg: 'Input should be greater than or equal to 0', type: 'greater_than_equal' }],
    ],
    [
      'offset=99999999999999999999',
      threadQuery,
      [
        {
          loc: ['query', 'offset'],
          msg: 'Input should be less than or equal to 9007199254740991',
          type: 'less_than_equal',
        },
      ],
    ],
    [
      'agent_id=x',
      threadQuery,
      [{ loc: ['query', 'agent_id'], msg: 'Input should be a valid UUID', type: 'uuid_parsing' }],
    ],
  ])('is refused: %s', (query, schema, detail) => {
    expect(detailOf(() => decodeQuery(schema, new URLSearchParams(query)))).toEqual(detail);
  });
});

describe('small things', () => {
  test('a fingerprint does not depend on the order of members, but on that of lists', () => {
    expect(fingerprint({ a: 1, b: { c: [1, 2], d: 2 } })).toBe(fingerprint({ b: { d: 2, c: [1, 2] }, a: 1 }));
    expect(fingerprint({ a: [1, 2] })).not.toBe(fingerprint({ a: [2, 1] }));
  });

  test('a title is cut between characters', () => {
    expect(cut('abc', 3)).toBe('abc');
    expect(cut('abcd', 3)).toBe('abc');
    expect(cut('ab😀d', 3)).toBe('ab');
    expect(cut('ab😀d', 4)).toBe('ab😀');
  });
});
