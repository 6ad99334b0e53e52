import { describe, expect, test, vi } from 'vitest';
import { visibleMessage, visibleTo } from '../../../src/model/index.ts';
import { anna } from '../../engine/kit.ts';
import { failureOf, of, outputs, scene, steps, streamed, textIn, tool } from './kit.ts';

describe('an answer', () => {
  test('is streamed as it comes, and is one message', async () => {
    const { model, ask, engine, send } = await scene({ settings: { coalesceMs: 0 } });
    const gate = Promise.withResolvers<void>();
    model.script([{ text: 'Hel' }, { until: gate.promise }, { text: 'lo.' }]);
    const { run } = await send('thinker');
    let seen = '';
    for await (const batch of engine.tail(anna, run.id, 0)) {
      seen += streamed(batch);
      if (seen === 'Hel') gate.resolve();
    }
    expect(seen).toBe('Hello.');
    model.script([{ text: 'Again.' }]);
    expect(textIn(await ask())).toBe('Again.');
  });

  test('is asked for with instructions, guidelines, variables and parameters', async () => {
    const { model, ask } = await scene({
      agent: {
        description: 'Helps with {colour}.',
        instructions: 'Speak of {colour}.',
        contextVariables: ['colour', 'size'],
        spec: {
          guidelines: [{ condition: 'The person is upset', action: 'Apologise first', tool: 'calm' }],
          llm_config: { temperature: 0.2, max_tokens: 100, top_k: 5, max_iterations: 3, stop: 'END' },
        },
      },
      access: { defaults: { temperature: 1, seed: 7 }, query: { version: '1' } },
    });
    model.script([{ text: 'Yes.' }]);
    await ask('Hi', {
      context: { colour: 'green', other: 'secret' },
      options: { llm_params: { max_new_tokens: 500, top_p: 0.5, model: 'huge', decoding_method: 'greedy' } },
    });
    const { body, url, headers } = model.requests[0]!;
    expect(url).toBe('/v1/chat/completions?version=1');
    expect(headers.authorization).toBe('Bearer sk-secret-key');
    expect(body).toMatchObject({ model: 'small', stream: true, stream_options: { include_usage: true } });
    expect(body).toMatchObject({ temperature: 0.2, max_tokens: 100, top_k: 5, top_p: 0.5, seed: 7, stop: ['END'] });
    expect(Object.keys(body).filter((name) => /max_iter|decoding|tools|response_format/.test(name))).toEqual([]);
    expect(body.messages).toHaveLength(2);
    const [system, user] = body.messages;
    expect(system.content).toContain('Helps with green.\n\nSpeak of green.');
    expect(system.content).toContain(
      'When this holds: The person is upset. Then do this: Apologise first. Use the tool `calm`.',
    );
    expect(system.content).toContain('- colour: "green"\n- size: not set');
    expect(system.content).not.toContain('secret');
    expect(user).toEqual({ role: 'user', content: 'Hi' });
  });

  test('comes after tools, which are called at the same time, each in a step', async () => {
    const both = Promise.withResolvers<void>();
    let running = 0;
    const slow = tool('look', async (input) => {
      running += 1;
      if (running === 2) both.resolve();
      await both.promise;
      return { content: [{ type: 'text', text: `saw ${String(input.what)}` }] };
    });
    const { model, ask } = await scene({ agent: { tools: ['look'] }, tools: [slow] });
    model.script(
      [
        { text: 'One moment.' },
        { call: { id: 'a', name: 'look', arguments: '{"what":"a cat"}', index: 0 } },
        { call: { id: 'b', name: 'look', arguments: '{"what":"a dog"}', index: 1 } },
        { usage: { prompt_tokens: 10, completion_tokens: 5 } },
      ],
      [{ text: 'Cat and dog.' }, { usage: { prompt_tokens: 20, completion_tokens: 7 } }],
    );
    const events = await ask();
    expect(textIn(events)).toBe('One moment.\n\nCat and dog.');
    expect(steps(events)).toEqual(['model test/small', 'tool look', 'tool look', 'model test/small']);
    expect(model.requests[0]?.body.tools[0].function.name).toBe('look');
    expect(model.requests[1]?.body.messages.slice(2)).toEqual([
      {
        role: 'assistant',
        content: 'One moment.',
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'look', arguments: '{"what":"a cat"}' } },
          { id: 'b', type: 'function', function: { name: 'look', arguments: '{"what":"a dog"}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: 'saw a cat' },
      { role: 'tool', tool_call_id: 'b', content: 'saw a dog' },
    ]);
  });

  test('may be asked for again with what went wrong in a call', async () => {
    const fails = tool('break', async () => Promise.reject(new Error('It is broken.')));
    const { model, ask } = await scene({ agent: { tools: ['break'] }, tools: [fails] });
    model.script(
      [
        { call: { id: 'a', name: 'break', arguments: '{}', index: 0 } },
        { call: { id: 'b', name: 'braek', arguments: '', index: 1 } },
        { call: { id: 'c', name: 'break', arguments: '{"x":', index: 2 } },
      ],
      [{ text: 'Sorry.' }],
    );
    const events = await ask();
    expect(textIn(events)).toBe('Sorry.');
    const told = model.requests[1]?.body.messages.slice(-3).map(({ content }: { content: string }) => content);
    expect(told).toEqual([
      'Error: It is broken.',
      'Error: There is no tool `braek`. There are break.',
      'Error: The arguments of the call are no JSON object.',
    ]);
    expect(
      steps(events)
        .filter((step) => step.startsWith('tool'))
        .sort(),
    ).toEqual(['tool braek', 'tool break', 'tool break']);
  });

  test('fails when the model only ever calls', async () => {
    const { model, ask } = await scene({
      agent: { tools: ['go'], spec: { llm_config: { max_iterations: 2 } } },
      tools: [tool('go', async () => ({ content: [] }))],
    });
    const call = [{ call: { id: 'a', name: 'go', arguments: '{}' } }];
    model.script(call, call, call);
    const events = await ask();
    expect(failureOf(events)).toBe('model_limit');
    expect(model.requests).toHaveLength(2);
  });

  test('of a model with a schema is shown when it fits', async () => {
    const schema = { type: 'object', properties: { age: { type: 'integer' } }, required: ['age'] };
    const { model, ask } = await scene({ agent: { spec: { structured_output: schema } } });
    model.script([{ text: '```json\n{"age":' }, { text: ' 3}\n```' }]);
    expect(textIn(await ask())).toBe('{"age": 3}');
    expect(model.requests[0]?.body.response_format).toMatchObject({ type: 'json_schema', json_schema: { schema } });
  });

  test('has its tokens and costs with it, and its words for operators only', async () => {
    const { model, ask } = await scene({ access: { prices: { small: { input: 1, output: 10 } } } });
    model.script([{ text: 'Hi.' }, { usage: { prompt_tokens: 1000, completion_tokens: 100 } }]);
    const events = await ask();
    const usage = { provider: 'test', model: 'small', input_tokens: 1000, output_tokens: 100, cached_tokens: 0 };
    expect(outputs(events)).toEqual([
      { text: 'Hi.', tool_calls: [], finish: 'stop', usage: { ...usage, cost: 0.002 } },
    ]);
    const user = events.map((event) => visibleTo({ audience: 'user' }, event)).filter((event) => event !== undefined);
    expect(steps(user)).toEqual([]);
    const [message] = of(user, 'message.completed').map(({ data }) => data.message);
    expect(message?.steps).toEqual([{ stepId: 's1', kind: 'model', name: 'test/small', output: { usage } }]);
    expect(visibleMessage({ audience: 'visitor' }, message!).steps).toEqual([]);
  });

  test('shows images to models that see, and names them to those that do not', async () => {
    const parts = [
      { type: 'text' as const, text: 'What is this?' },
      { type: 'file' as const, contentType: 'image/png', name: 'a.png', content: 'aGk=', encoding: 'base64' as const },
    ];
    const { model, ask } = await scene();
    model.script([{ text: 'A cat.' }]);
    await ask('', { message: { parts } });
    expect(model.requests[0]?.body.messages[1].content).toEqual([
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } },
    ]);
    const blind = await scene({ agent: { spec: { llm_config: { images: false } } } });
    blind.model.script([{ text: 'I do not see.' }]);
    await blind.ask('', { message: { parts } });
    expect(JSON.stringify(blind.model.requests[0]?.body.messages[1])).toContain('which you cannot read');
  });
});

describe('reasoning', () => {
  const thinking = [{ text: 'a<th' }, { text: 'ink>sec' }, { text: 'ret</thi' }, { text: 'nk>Answer.' }];

  test('never becomes a part of the answer, however it comes', async () => {
    const { model, ask } = await scene();
    model.script(
      [{ reasoning: 'secret ' }, { reasoning: 'thought' }, { text: 'Answer.' }],
      thinking.with(0, { text: '<th' }),
      [{ text: '<think>secret, never closed' }],
      [{ text: '<think>secret' }, { text: ' again' }],
    );
    const plain = await ask();
    expect([textIn(plain), streamed(plain), outputs(plain)[0]?.reasoning]).toEqual([
      'Answer.',
      'Answer.',
      'secret thought',
    ]);
    const tagged = await ask();
    expect([textIn(tagged), outputs(tagged)[0]?.reasoning]).toEqual(['Answer.', 'secret']);
    // Nothing but reasoning is no answer: it is asked for once more.
    const open = await ask();
    expect(failureOf(open)).toBe('model_empty');
    expect(JSON.stringify(of(open, 'message.delta'))).not.toContain('secret');
    expect(of(plain, 'step.delta')).toEqual([]);
  });

  test('is a thought that people read where the agent says so', async () => {
    const { model, ask } = await scene({ agent: { spec: { hide_reasoning: false } } });
    model.script([{ reasoning: 'Two and two' }, { text: 'Four.' }]);
    const events = await ask();
    expect(steps(events)).toEqual(['model test/small', 'thought thought']);
    expect(of(events, 'step.delta').map(({ data }) => data.text)).toEqual(['Two and two']);
    expect(of(events, 'step.completed').map(({ data }) => data.output)).toContain('Two and two');
    expect(textIn(events)).toBe('Four.');
  });

  test('may begin without a tag', async () => {
    const { model, ask } = await scene({ agent: { spec: { llm_config: { thinks_first: true } } } });
    model.script([{ text: 'secret' }, { text: '</think>\n\nAnswer.' }]);
    expect(streamed(await ask())).toBe('Answer.');
  });
});

describe('cancel', () => {
  test('closes the socket at once; what was said stays, and the next turn knows it', async () => {
    const { model, engine, send, ask } = await scene({ settings: { coalesceMs: 0 } });
    model.script(
      [{ text: 'Once upon a time' }, { until: new Promise(() => {}) }, { text: ' there was more.' }],
      [{ text: 'Fine.' }],
    );
    const { run } = await send('thinker', 'Tell me');
    for await (const batch of engine.tail(anna, run.id, 0)) if (streamed(batch) !== '') break;
    const began = performance.now();
    await engine.cancelRun(anna, run.id);
    await vi.waitFor(() => expect(model.requests[0]?.aborted).toBe(true), { interval: 5 });
    expect((model.requests[0]?.abortedAt ?? 0) - began).toBeLessThan(250);
    const events = await engine.readEvents(anna, run.id);
    await vi.waitFor(async () => expect((await engine.readEvents(anna, run.id)).at(-1)?.type).toBe('run.cancelled'));
    expect(textIn(await engine.readEvents(anna, run.id))).toBe('Once upon a time');
    expect(events.length).toBeGreaterThan(0);
    await ask('Go on', { threadId: run.threadId });
    expect(model.requests[1]?.body.messages.slice(1)).toEqual([
      { role: 'user', content: 'Tell me' },
      { role: 'assistant', content: 'Once upon a time' },
      { role: 'user', content: 'Go on' },
    ]);
  });

  test('in the middle of a call closes it, so that the next turn is valid', async () => {
    const { model, engine, send, ask } = await scene({
      agent: { tools: ['wait'] },
      tools: [
        tool(
          'wait',
          (_, { signal }) =>
            new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
        ),
      ],
    });
    model.script([{ text: 'Wait.' }, { call: { id: 'a', name: 'wait', arguments: '{}' } }], [{ text: 'Fine.' }]);
    const { run } = await send('thinker');
    for await (const batch of engine.tail(anna, run.id, 0)) if (steps(batch).includes('tool wait')) break;
    await engine.cancelRun(anna, run.id);
    await vi.waitFor(async () => expect((await engine.readEvents(anna, run.id)).at(-1)?.type).toBe('run.cancelled'));
    await ask('And now?', { threadId: run.threadId });
    expect(model.requests[1]?.body.messages.slice(2)).toEqual([
      { role: 'assistant', content: 'Wait.', tool_calls: [expect.objectContaining({ id: 'a' })] },
      { role: 'tool', tool_call_id: 'a', content: 'Error: The call was not finished.' },
      { role: 'user', content: 'And now?' },
    ]);
  });
});
