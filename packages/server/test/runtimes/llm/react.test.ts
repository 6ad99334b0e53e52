import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReactReader } from '../../../src/runtimes/llm/react/reader.ts';
import { failureOf, of, outputs, scene, steps, streamed, textIn, tool } from './kit.ts';

/** What a reply comes to, given in these pieces. */
function read(pieces: readonly string[]) {
  let text = '';
  let thought = '';
  const reader = new ReactReader({
    text: (piece) => {
      text += piece;
    },
    thought: (piece) => {
      thought += piece;
    },
  });
  for (const piece of pieces) reader.push(piece);
  return { outcome: reader.end(), text, thought };
}

const ACTION = 'Thought: I look it up.\nAction: find_order\nAction Input: {"order": "A1"}\nObservation: made up\n';
const ANSWER = 'Thought: I know.\nFinal Answer: It is **on its way**.\n\nAction: wait for it.\nThought: done';

describe('a reply in the ReAct format', () => {
  it('is a call, whatever is made up behind it', () => {
    expect(read([`${ACTION}Thought: so\nFinal Answer: It came.`])).toEqual({
      outcome: { is: 'action', name: 'find_order', input: '{"order":"A1"}' },
      text: '',
      thought: 'I look it up.\n',
    });
  });

  it('is an answer, and only that is heard as one', () => {
    const { outcome, text, thought } = read([ANSWER]);
    expect(outcome).toEqual({ is: 'answer' });
    expect(text).toBe('It is **on its way**.\n\nAction: wait for it.\n');
    expect(thought).toBe('I know.\n');
  });

  it.each([
    [
      '**Thought:** a\n**Action:** `look`\n**Action Input:** ```json\n{"a": 1}\n```',
      { name: 'look', input: '{"a":1}' },
    ],
    ['ACTION: look()\naction input: {"a": "}"} and so on', { name: 'look', input: '{"a":"}"}' }],
    ['Action:\nlook\nAction Input:\n{}', { name: 'look', input: '{}' }],
  ])('is read as models write it: %j', (written, action) => {
    expect(read([written]).outcome).toEqual({ is: 'action', ...action });
  });

  it.each([
    ['Hello there', /neither/],
    ['Thought: hm', /neither/],
    ['Action: look', /without an `Action Input:`/],
    ['Action: look\nAction Input: A1', /is not a JSON object/],
    ['Action: None\nAction Input: {}', /names no tool/],
    ['Action: I would look it up\nAction Input: {}', /not the name of a tool alone/],
  ])('is malformed: %j', (written, fault) => {
    const { outcome, text } = read([written]);
    expect(outcome).toMatchObject({ is: 'malformed', fault: expect.stringMatching(fault) });
    expect(text).toBe('');
  });

  it('is the same in whatever pieces it comes', () => {
    for (const whole of [
      ACTION,
      ANSWER,
      '**Final Answer:** yes\nFinally: no',
      'Final Answer:x',
      '  thought: a\nfinal answer: b',
    ]) {
      const expected = read([whole]);
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 0, max: whole.length }), { maxLength: 12 }), (cuts) => {
          const at = [0, ...cuts.sort((a, b) => a - b), whole.length];
          expect(read(at.slice(1).map((end, i) => whole.slice(at[i], end)))).toEqual(expected);
        }),
        { numRuns: 60 },
      );
    }
  });
});

const findOrder = tool('find_order', async ({ order }) => ({
  content: [{ type: 'text', text: `${order} is on its way` }],
}));
const plain = { style: 'react', tools: ['find_order'], spec: { llm_config: { tool_calling: false } } };

describe('a model without tools of its own', () => {
  it('calls them in the format, and its thoughts are never the answer', async () => {
    const { model, ask } = await scene({ agent: plain, tools: [findOrder] });
    const reply = (text: string) => [...text].map((letter) => ({ text: letter }));
    model.script(
      [...reply(ACTION.slice(0, ACTION.indexOf('Observation'))), { usage: { prompt_tokens: 9, completion_tokens: 3 } }],
      reply('Thought: I know.\nFinal Answer: A1 is on its way.'),
    );
    const events = await ask('Where is A1?');
    expect(textIn(events)).toBe('A1 is on its way.');
    expect(streamed(events)).toBe('A1 is on its way.');
    expect(steps(events)).toEqual([
      'model test/small',
      'thought thought',
      'tool find_order',
      'model test/small',
      'thought thought',
    ]);
    expect(outputs(events)[0]).toMatchObject({
      text: '',
      reasoning: 'I look it up.',
      tool_calls: [{ id: 'react_1', name: 'find_order', arguments: '{"order":"A1"}' }],
      finish: 'tool-calls',
      usage: { input_tokens: 9 },
    });
    const [first, second] = model.requests.map(({ body }) => body);
    expect(first).not.toHaveProperty('tools');
    expect(first.stop).toEqual(['\nObservation:']);
    expect(first.messages[0].content).toContain('- find_order: Does find_order.\n  Input: {"type":"object"');
    expect(second.messages.slice(1)).toEqual([
      { role: 'user', content: 'Where is A1?' },
      { role: 'assistant', content: 'Action: find_order\nAction Input: {"order":"A1"}' },
      { role: 'user', content: 'Observation: A1 is on its way' },
    ]);
  });

  it('is corrected once', async () => {
    const { model, ask, troubles } = await scene({ agent: plain, tools: [findOrder] });
    model.script(
      [{ text: 'Action: find_order\nAction Input: A1' }, { usage: { prompt_tokens: 5, completion_tokens: 2 } }],
      [{ text: 'Final Answer: Hello.' }, { usage: { prompt_tokens: 7, completion_tokens: 1 } }],
    );
    const events = await ask();
    expect(textIn(events)).toBe('Hello.');
    expect(outputs(events)[0]).toMatchObject({ usage: { input_tokens: 12, output_tokens: 3 } });
    expect(model.requests[1]?.body.messages.at(-1).content).toMatch(/`Action Input:` is not a JSON object/);
    expect(troubles).toMatchObject([{ code: 'model_malformed' }]);
  });

  it('fails clearly when it does so again, and nothing of it was shown', async () => {
    const { model, ask } = await scene({ agent: plain, tools: [findOrder] });
    model.script([{ text: 'I think the person is odd.' }], [{ text: 'I still think so.' }]);
    const events = await ask();
    expect(failureOf(events)).toBe('model_malformed');
    expect(of(events, 'run.failed')[0]?.data.error.message).toMatch(/does not keep to the format/);
    expect(streamed(events)).toBe('');
    expect(model.requests).toHaveLength(2);
  });

  it('gives an answer that fits a schema', async () => {
    const spec = { ...plain.spec, structured_output: { type: 'object', required: ['sum'] } };
    const { model, ask } = await scene({ agent: { ...plain, spec }, tools: [findOrder] });
    model.script([{ text: 'Thought: easy\nFinal Answer: {"sum": 16}' }]);
    expect(textIn(await ask())).toBe('{"sum": 16}');
    expect(model.requests[0]?.body).not.toHaveProperty('response_format');
  });
});
