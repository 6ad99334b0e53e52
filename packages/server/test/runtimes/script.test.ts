import { describe, expect, test } from 'vitest';
import { AgentError } from '../../src/model/index.ts';
import { createScriptRuntime, readScript } from '../../src/runtimes/script/index.ts';
import { attempt, fakePace, message, type RecorderOptions, type TurnOptions, turnOf } from './recorder.ts';

function play(script: unknown, text: string, options: TurnOptions & RecorderOptions = {}) {
  return attempt(createScriptRuntime(script, { pace: fakePace() }), turnOf(text, options), options);
}

describe('which turn answers', () => {
  const script = [
    { say: 'first' },
    { when: 'ORDER', say: 'about orders' },
    { say: 'second' },
    { when: '/^\\d+$/', say: 'a number' },
  ];
  const said = (...texts: string[]) => ({
    history: texts.flatMap((text) => [message('user', text), message('assistant', 'x')]),
  });

  test.each([
    ['hello', {}, 'first'],
    ['my order', {}, 'about orders'],
    ['42', {}, 'a number'],
    ['hello', said('hi'), 'second'],
    ['hello', said('hi', 'my order', '42'), 'second'],
    ['hello', said('hi', 'there'), 'first'],
  ])('%s %j', async (text, options, answer) => {
    expect((await play(script, text, options)).text()).toBe(answer);
  });

  test('an answer to a question is not counted', async () => {
    const history = [
      message('user', 'hi'),
      message('assistant', 'Sure?', { interrupt: true }),
      message('user', 'yes'),
      message('assistant', 'x'),
    ];
    expect((await play(script, 'hello', { history })).text()).toBe('second');
  });

  test('when none does, it says so', async () => {
    expect((await play([{ when: 'a', say: 'b' }], 'xyz')).text()).toBe(
      'The script of this agent has no turn for this message.',
    );
  });
});

describe('what a turn does', () => {
  test('step, say, parts, question, what follows the answer', async () => {
    const script = [
      {
        step: { name: 'find_order', title: 'Looking up the order', input: { id: 7 }, output: { state: 'sent' } },
        say: 'Found {input} for {clientID}. {unknown}',
        parts: [
          { type: 'file', content_type: 'image/png', url: 'https://example.com/a.png' },
          { type: 'text', text: '{clientID}', content_type: 'text/plain' },
        ],
        ask: 'Cancel it?',
        // biome-ignore lint/suspicious/noThenProperty: the word of the script language.
        then: [{ when: '/^y/i', say: 'Cancelled: {answer}' }, { say: 'Kept.' }],
      },
    ];
    const yes = await play(script, 'order 7', { context: { clientID: 'c-1' }, answers: ['Yes'] });
    expect(yes.steps.map(({ info, output }) => ({ ...info, output }))).toEqual([
      { kind: 'tool', name: 'find_order', title: 'Looking up the order', input: { id: 7 }, output: { state: 'sent' } },
    ]);
    expect(yes.messages).toEqual([
      [
        { type: 'text', text: 'Found order 7 for c-1. {unknown}' },
        { type: 'file', contentType: 'image/png', url: 'https://example.com/a.png' },
        { type: 'text', text: 'c-1', contentType: 'text/plain' },
      ],
      [{ type: 'text', text: 'Cancel it?' }],
      [{ type: 'text', text: 'Cancelled: Yes' }],
    ]);
    expect((await play(script, 'order 7', { answers: ['no'] })).text()).toMatch(/Kept\.$/);
  });

  test('a pause makes a text come word by word, and a list item by item', async () => {
    const pace = fakePace();
    const runtime = createScriptRuntime([{ say: ' Hello  big world. ', delay_ms: 20 }], { pace });
    const { calls } = await attempt(runtime, turnOf('hi'));
    expect(calls).toEqual(['text  Hello', 'text   big', 'text  world. ']);
    expect(pace.sleeps).toEqual([20, 20, 20]);
    expect((await play([{ say: ['Hel', 'lo'] }], 'hi')).calls).toEqual(['text Hel', 'text lo']);
  });

  test('it fails after it has said what it had to say', async () => {
    const runtime = createScriptRuntime([{ say: 'Trying.', fail: { code: 'no_seats', message: 'Full for {input}.' } }]);
    await expect(attempt(runtime, turnOf('Bonn'))).rejects.toEqual(new AgentError('no_seats', 'Full for Bonn.'));
  });
});

describe('mistakes', () => {
  test.each([
    [undefined, [], 'A script is a list of turns.'],
    [[], [], 'A script has at least one turn.'],
    [[{}], [0], 'This turn does nothing. Give it say, step, parts, ask or fail.'],
    [[{ say: 'a' }, { say: 'b', sya: 'c' }], [1], 'There is no field sya here.'],
    [[{ say: 3 }], [0, 'say'], 'Write a text, or a list of texts.'],
    [
      [{ say: 'a', when: '/(/' }],
      [0, 'when'],
      'This is not a regular expression. Write /…/ around a valid one, or plain text.',
    ],
    // biome-ignore lint/suspicious/noThenProperty: the word of the script language.
    [[{ say: 'a', then: [{ say: 'b' }] }], [0, 'then'], 'Only a turn that asks has a then.'],
    [[{ parts: [{ type: 'file', content_type: 'image/png' }] }], [0, 'parts', 0], 'Give either content or url.'],
    // biome-ignore lint/suspicious/noThenProperty: the word of the script language.
    [[{ ask: 'a?', then: [{ say: '' }] }], [0, 'then', 0, 'say'], 'Write a text, or leave the field out.'],
  ])('%j', (script, path, sentence) => {
    const read = readScript(script);
    expect('issues' in read && read.issues[0]).toEqual({ path, message: sentence });
  });

  test('an agent with a broken script fails and says where', async () => {
    await expect(play([{ say: 'a', delay_ms: -1 }], 'hi')).rejects.toThrow(
      /^The script of this agent has a mistake at 0\.delay_ms: /,
    );
  });
});
