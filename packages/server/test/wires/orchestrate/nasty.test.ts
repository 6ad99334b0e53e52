import { describe, expect, test } from 'vitest';
import { textOf } from '../../../src/model/index.ts';
import type { Runtime } from '../../../src/ports/index.ts';
import { answerOf, createTestWire } from './kit.ts';

const echo: Runtime['run'] = async (turn, emit) => emit.text(textOf(turn.input.parts));
const nobody = '00000000-0000-4000-8000-000000000000';

const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
const run = (message: unknown, more: object = {}) => ({ message, ...more });

const BODIES: [string, unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['a number', 1e308],
  ['a text', 'x'],
  ['a list', [{}]],
  ['an empty object', {}],
  ['a megabyte of title', { title: '\u2028'.repeat(1_000_000) }],
  ['NUL', run({ content: '\0' }, { title: '\0', name: '\0', username: '\0', password: '\0' })],
  ['half a pair', run({ content: '\ud83d' }, { title: '\ud83d', messages: [{ role: 'user', content: '\ude00' }] })],
  [
    'a prototype',
    JSON.parse('{"__proto__":{"title":1},"constructor":null,"message":{"__proto__":null,"content":"x"},"title":"x"}'),
  ],
  [
    'names of Object',
    run(
      { content: 'x', toString: 1, hasOwnProperty: null, valueOf: {} },
      { context: { constructor: 1, toString: 'x' } },
    ),
  ],
  ['depth', run({ content: 'x' }, { context: { deep: deep(5_000) }, message_state: { deep: deep(5_000) } })],
  ['ids of another kind', run({ id: 5, content: 'x' }, { thread_id: [], agent_id: {}, environment_id: 7 })],
  ['a long id', run({ id: 'x'.repeat(1_000), content: 'x' })],
  [
    'items of every kind',
    run({ content: [null] }, { content: [{ response_type: null }], messages: [{ role: 'user', content: [5] }] }),
  ],
  [
    'files that are none',
    run({
      content: [
        { response_type: 'image', source: 5 },
        { response_type: 'file_download', files: [null] },
        { type: 'image_url', image_url: null },
      ],
    }),
  ],
  ['an empty response_type', run({ content: [{ response_type: '' }] })],
  ['an item with an id of an agent', run({ content: [{ response_type: 'constructor', id: '__proto__' }] })],
  ['roles', run({ role: 'system', content: 'x' }, { messages: [{ role: 'tool' }, { role: 'user' }] })],
  [
    'nothing but nulls',
    run({ content: null, role: null, id: null }, { title: null, status: null, context: null, messages: null }),
  ],
];
const QUERIES = [
  '',
  '?limit=-1&offset=1e99',
  '?limit=NaN&stream=maybe',
  '?after=%00&ids=%ff&names=&status=x',
  '?limit=1e3&offset=9007199254740993',
];

/** Makes an RSA key, half a second of work, each time; it reads neither ids nor a body. */
const COSTLY = /generate-key-pair$/;

/** Every endpoint gets every body under every id, and every query under every id. All three crossed take five times as long and have found nothing more. */
const queryFor = (turn: number) => QUERIES[turn % QUERIES.length] ?? '';

describe('whatever is sent, the answer is clean', () => {
  test.each(BODIES.map(([name, body], turn) => [name, body, turn] as const))('%s', async (_, body, turn) => {
    const { wire, ask, defects } = createTestWire({ echo });
    for (const [at, { method, path }] of wire.endpoints.filter(({ path }) => !COSTLY.test(path)).entries()) {
      for (const [which, id] of [nobody, 'no_agent', '%00', '__proto__'].entries()) {
        const address = `${method} ${path.replace(/\{\w+\}/g, id)}${queryFor(turn + at + which)}`;
        const headers = id === '%00' ? { 'idempotency-key': 'k'.repeat(300), 'last-event-id': '\u00ff' } : undefined;
        const answered = await ask(address, { body, ...(headers ? { headers } : {}) });
        expect(answered.status, `${address} ${JSON.stringify(answered.body)}`).not.toBe(500);
      }
    }
    expect(defects).toEqual([]);
  });

  test('and the next question is answered', async () => {
    const { say } = createTestWire({ echo });
    const text = 'a\u2028b\u0085c\u2029d 😀 \\u2028 "';
    expect(answerOf(await say(text))).toBe(text);
  });

  test('numbers that JSON cannot hold come back as nothing', async () => {
    const { say } = createTestWire({ echo });
    expect(answerOf(await say('x', { context: JSON.parse('{"a":1e999}') }))).toBe('x');
  });
});
