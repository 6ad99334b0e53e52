import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createUnusableRuntime } from '../../../src/runtimes/llm/index.ts';
import { anna, engines } from '../../engine/kit.ts';
import { fakePace } from '../recorder.ts';
import { failureOf, of, scene, streamed, textIn } from './kit.ts';

const engineWith = engines();
const refused = (status: number, message = 'no', headers = {}) => ({ status, headers, body: { error: { message } } });

test('an agent whose model cannot be used says what to set', async () => {
  const runtime = createUnusableRuntime({ message: 'The key is missing.', fix: 'Set THE_KEY.' });
  const { send, log } = engineWith({ thinker: runtime });
  const { run } = await send('thinker');
  const error = of(await log(run.id), 'run.failed')[0]?.data.error;
  expect(error).toEqual({ code: 'model_refused', message: 'The key is missing. Set THE_KEY.' });
});

describe('before the first token', () => {
  test('busy and broken providers are asked again, as late as they want', async () => {
    const pace = fakePace();
    const { model, ask, troubles } = await scene({ pace });
    model.script(refused(429, 'slow down', { 'retry-after': '7' }), refused(503), [{ text: 'Here.' }]);
    const events = await ask();
    expect(textIn(events)).toBe('Here.');
    expect(pace.sleeps).toEqual([7_000, 750]);
    expect(troubles.map(({ code, status }) => [code, status])).toEqual([
      ['model_unavailable', 429],
      ['model_unavailable', 503],
    ]);
  });

  test('three times are enough, and so is a minute', async () => {
    const { model, ask } = await scene();
    model.script(refused(500), refused(502), refused(529), [{ text: 'too late' }]);
    expect(failureOf(await ask())).toBe('model_unavailable');
    expect(model.requests).toHaveLength(3);
    const patient = await scene();
    patient.model.script(refused(429, 'later', { 'retry-after': '61' }));
    const events = await patient.ask();
    expect(of(events, 'run.failed')[0]?.data.error).toEqual({
      code: 'model_unavailable',
      message: 'The model provider `test` takes no more requests for now. Ask again in a moment.',
    });
    expect(patient.model.requests).toHaveLength(1);
  });

  test('what asking again does not help is not asked again, and says which setting it is', async () => {
    const { model, ask, troubles } = await scene();
    const key = 'The key sk-secret-key is wrong';
    model.script(refused(401, key), refused(404), refused(400), refused(429, 'insufficient_quota'));
    const messages: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      const { code, message } = of(await ask(), 'run.failed')[0]!.data.error;
      expect(code).toBe('model_refused');
      messages.push(message);
    }
    expect(messages[0]).toContain('`models.test`');
    expect(messages[1]).toContain('`small`');
    expect(messages[2]).toContain('status 400');
    expect(messages[3]).toContain('quota');
    expect(JSON.stringify([messages, troubles])).not.toContain('sk-secret-key');
    expect(model.requests).toHaveLength(4);
  });

  test('a redirect is not followed: the key would go along', async () => {
    const { model, ask } = await scene();
    model.script(refused(307, '', { location: 'http://127.0.0.1:1/v1/chat/completions' }));
    const error = of(await ask(), 'run.failed')[0]?.data.error;
    expect([error?.code, error?.message]).toEqual(['model_refused', expect.stringContaining('`models.test.baseUrl`')]);
    expect(model.requests).toHaveLength(1);
  });

  test('broken chunks, cut connections and errors in the stream are asked again', async () => {
    const { model, ask } = await scene();
    model.script([{ raw: 'data: {"choices": [{"del\n\n' }], [{ cut: true }], [{ text: 'Here.' }]);
    expect(textIn(await ask())).toBe('Here.');
    model.script(
      [{ raw: 'data: {"error":{"message":"overloaded","code":503}}\n\n' }, { text: 'no' }],
      [{ text: 'There.' }],
    );
    expect(textIn(await ask())).toBe('There.');
    model.script([{ raw: 'data: <html>\n\n' }], [{ raw: 'data: <html>\n\n' }], [{ raw: 'data: <html>\n\n' }]);
    expect(failureOf(await ask())).toBe('model_malformed');
  });

  test('a model that does not begin is left, and its connection closed', async () => {
    const { model, ask } = await scene({ access: { firstTokenMs: 400 } });
    model.script([{ until: new Promise(() => {}) }], [{ text: 'Here.' }]);
    expect(textIn(await ask())).toBe('Here.');
    expect(model.requests[0]?.aborted).toBe(true);
  });

  test('a first token may be slow', async () => {
    const { model, send, log } = await scene();
    const gate = Promise.withResolvers<void>();
    model.script([{ until: gate.promise }, { text: 'Slow.' }]);
    const { run } = await send('thinker');
    gate.resolve();
    expect(textIn(await log(run.id))).toBe('Slow.');
  });

  test('nobody there is an error that says so', async () => {
    const port = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address() as { port: number };
        server.close(() => resolve(port));
      });
    });
    const { ask, troubles } = await scene({ access: { baseUrl: `http://127.0.0.1:${port}/v1` } });
    expect(failureOf(await ask())).toBe('model_unavailable');
    expect(troubles[0]?.message).toContain('ECONNREFUSED');
  });

  test('no answer at all is asked for once more, and then is an error', async () => {
    const { model, ask } = await scene();
    model.script([], [{ text: 'Well.' }]);
    expect(textIn(await ask())).toBe('Well.');
    model.script([{ text: ' \n' }], []);
    const events = await ask();
    expect(failureOf(events)).toBe('model_empty');
    expect(of(events, 'message.started')).toEqual([]);
    model.script([{ finish: 'length' }], [{ finish: 'length' }]);
    expect(of(await ask(), 'run.failed')[0]?.data.error.message).toContain('max_tokens');
  });
});

describe('after the first token', () => {
  test.each([
    ['a cut connection', [{ cut: true }]],
    ['a broken chunk', [{ raw: 'data: {{{\n\n' }]],
    ['an end in the middle', [{ raw: 'data: [DONE]\n\n' }, { cut: true }]],
    ['a silence', [{ until: new Promise(() => {}) }]],
  ] as const)('%s fails the run, and what was said stays', async (_name, rest) => {
    const { model, send, engine, log } = await scene({ access: { nextTokenMs: 200 }, settings: { coalesceMs: 0 } });
    const seen = Promise.withResolvers<void>();
    model.script([{ text: 'Half of it' }, { until: seen.promise }, ...rest], [{ text: 'another' }]);
    const { run } = await send('thinker');
    for await (const batch of engine.tail(anna, run.id, 0)) if (streamed(batch) !== '') break;
    seen.resolve();
    const events = await log(run.id);
    expect(failureOf(events)).toBe('model_interrupted');
    expect(textIn(events)).toBe('Half of it');
    expect(model.requests).toHaveLength(1);
  });

  test('a call that was cut is never made', async () => {
    const { model, ask } = await scene();
    const half = {
      choices: [
        { index: 0, delta: { tool_calls: [{ index: 0, id: 'a', function: { name: 'pay', arguments: '{' } }] } },
      ],
    };
    model.script([{ raw: `data: ${JSON.stringify(half)}\n\n` }, { cut: true }], [{ text: 'No.' }]);
    expect(textIn(await ask())).toBe('No.');
  });
});

describe('a conversation that is too long', () => {
  const tooLong = {
    status: 400,
    body: {
      error: { message: 'This model has a maximum context length of 10 tokens.', code: 'context_length_exceeded' },
    },
  };

  test('goes on with its newer half', async () => {
    const { model, ask, send, log, troubles } = await scene();
    model.script([{ text: 'one' }], [{ text: 'two' }], [{ text: 'three' }], tooLong, [{ text: 'four' }]);
    const { run } = await send('thinker', 'first '.repeat(100));
    await log(run.id);
    for (const text of ['second '.repeat(100), 'third '.repeat(100)]) await ask(text, { threadId: run.threadId });
    expect(textIn(await ask('fourth', { threadId: run.threadId }))).toBe('four');
    const texts = model.requests.at(-1)?.body.messages.map(({ content }: { content: string }) => content.slice(0, 6));
    expect(texts.slice(1)).toEqual(['third ', 'three', 'fourth']);
    expect(troubles.at(-1)?.message).toBe(
      'The conversation is too long for the model; its oldest 4 messages are left out.',
    );
  });

  test('fails when that does not help, or there is nothing to leave out', async () => {
    const { model, ask } = await scene();
    model.script(tooLong);
    const events = await ask('x');
    expect(failureOf(events)).toBe('context_too_long');
    expect(streamed(events)).toBe('');
    expect(model.requests).toHaveLength(1);
  });
});

describe('the shape of Ollama', () => {
  const chunk = (delta: object, finish: string | null = null) => ({
    raw: `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'qwen3', system_fingerprint: 'fp_ollama', choices: [{ index: 0, delta: { role: 'assistant', content: '', ...delta }, finish_reason: finish }] })}\n\n`,
  });

  test('has its reasoning under `reasoning`, whole calls in one chunk, and its tokens in the last', async () => {
    const { model, ask } = await scene({ access: { headers: {} } });
    const usage = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };
    model.script([
      chunk({ reasoning: 'secret' }),
      chunk({
        tool_calls: [{ id: 'call_1', index: 0, type: 'function', function: { name: 'look', arguments: '{}' } }],
      }),
      chunk({}, 'tool_calls'),
      { raw: `data: ${JSON.stringify({ choices: [], usage })}\n\n` },
    ]);
    model.script([chunk({ content: 'Seen.' }), chunk({}, 'stop')]);
    const events = await ask();
    expect(textIn(events)).toBe('Seen.');
    expect(model.requests[0]?.headers.authorization).toBeUndefined();
    expect(of(events, 'step.completed')[0]?.data.output).toMatchObject({
      reasoning: 'secret',
      usage: { input_tokens: 9 },
    });
  });

  test('is not that of its own API: lines of JSON say which address is meant, and so does a page', async () => {
    const { model, ask } = await scene();
    for (const type of ['application/x-ndjson', 'text/html; charset=utf-8']) {
      model.script({
        status: 200,
        headers: { 'content-type': type },
        body: { message: { content: 'Hi' }, done: true },
      });
      const error = of(await ask(), 'run.failed')[0]?.data.error;
      expect([error?.code, error?.message]).toEqual([
        'model_refused',
        expect.stringContaining('`models.test.baseUrl`'),
      ]);
    }
    expect(model.requests).toHaveLength(2);
  });

  test('may give calls the same index, or none', async () => {
    const { model, ask } = await scene();
    const called = (id: string, index?: number) => ({
      id,
      index,
      type: 'function',
      function: { name: id, arguments: '{}' },
    });
    model.script(
      [chunk({ tool_calls: [called('a', 0)] }), chunk({ tool_calls: [called('b', 0)] }), chunk({}, 'tool_calls')],
      [chunk({ tool_calls: [called('c'), called('d')] }), chunk({}, 'tool_calls')],
      [chunk({ content: 'Seen.' }), chunk({}, 'stop')],
    );
    const steps = of(await ask(), 'step.started').filter(({ data }) => data.kind === 'tool');
    expect(steps.map(({ data }) => data.name)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('says with status 404 that a model was not pulled', async () => {
    const { model, ask } = await scene();
    model.script({
      status: 404,
      body: { error: { message: 'model "x" not found, try pulling it first', type: 'api_error' } },
    });
    expect(failureOf(await ask())).toBe('model_refused');
  });
});
