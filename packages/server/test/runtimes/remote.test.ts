import { describe, expect, onTestFinished, test } from 'vitest';
import { fold, type RunEvent, textOf } from '../../src/model/index.ts';
import { createBoundedFetch } from '../../src/runtimes/remote/bounded-fetch.ts';
import { createAcpRuntime, type Trouble } from '../../src/runtimes/remote/index.ts';
import { anna, createTestEngine } from '../engine/kit.ts';
import { completed, created, happened, part, remoteServer, run, type Script, trajectory } from './remote-server.ts';

const SECRET = 'Bearer a-secret-value';

/** An engine whose agent works at a server that plays the script. Its waits take no time. */
async function near(script: Script, options: { reconnectMs?: number } = {}) {
  const { url, calls } = await remoteServer(script);
  let now = 0;
  const troubles: Trouble[] = [];
  const runtime = createAcpRuntime({
    url,
    agent: 'far',
    headers: { Authorization: SECRET },
    reconnectMs: options.reconnectMs ?? 60_000,
    onTrouble: (trouble) => troubles.push(trouble),
    pace: {
      now: () => now,
      sleep: async (ms) => {
        now += ms;
      },
    },
  });
  const engine = createTestEngine({ far: runtime });
  onTestFinished(() => engine.close());
  return { ...engine, calls, troubles };
}

async function ran(script: Script, options?: { reconnectMs?: number }) {
  const { send, log, calls, troubles, defects } = await near(script, options);
  const events = await log((await send('far')).run.id);
  expect(defects).toEqual([]);
  return { ...told(events), calls, troubles };
}

function told(events: readonly RunEvent[]) {
  const state = fold(events);
  return {
    texts: state.messages.map(({ parts }) => textOf(parts)),
    parts: state.messages.flatMap(({ parts }) => parts),
    steps: events.flatMap((event) => (event.type === 'step.started' ? [event.data] : [])).slice(1),
    outputs: state.steps.slice(1).map(({ output, error }) => error ?? output),
    error: state.error,
    status: state.status,
    customs: state.customs,
  };
}

const begun = [happened('created'), happened('in-progress')];
const answers = (...events: unknown[]): Script => ({
  'POST /': [{ stream: [...begun, ...events, happened('completed')] }],
});

describe('what servers send in different ways', () => {
  test('a message that is created whole and told part by part is said once', async () => {
    const { texts } = await ran(answers(created({ content: 'a' }), part('a'), completed({ content: 'a' })));
    expect(texts).toEqual(['a']);
  });

  test('parts without a message, and messages after each other', async () => {
    const { texts } = await ran(
      answers(part('a'), completed({ content: 'a' }), created(), part('b'), part('c'), completed()),
    );
    expect(texts).toEqual(['a', 'bc']);
  });

  test('parts only in the message that is complete, or was created', async () => {
    const { texts } = await ran(answers(completed({ content: 'a' }), created({ content: 'b' }), completed()));
    expect(texts).toEqual(['a', 'b']);
  });

  test('an answer only in the run', async () => {
    const output = [{ role: 'agent', parts: [{ content: 'a' }] }, { parts: [{ content: 'b' }] }];
    const stream = [...begun, happened('completed', { output })];
    expect((await ran({ 'POST /': [{ stream }] })).texts).toEqual(['a', 'b']);
  });

  test('metadata of a kind that nobody knows is left out, events of another type are passed over, generic ones passed on', async () => {
    const { parts, customs } = await ran(
      answers(
        part('a', { metadata: { kind: 'odd' } }),
        { type: 'odd' },
        { type: 'generic', generic: { mine: 1 } },
        part('b', { name: 'b.txt' }),
      ),
    );
    expect(parts).toEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b', name: 'b.txt' },
    ]);
    expect(customs).toEqual([{ mine: 1 }]);
  });
});

test('steps: titles are for visitors, so that a message that was not announced is what a thought gives back', async () => {
  const step = { id: 's1', kind: 'search', name: 'look', title: 'Looking it up' };
  const { steps, outputs } = await ran(
    answers(
      trajectory({ message: 'She seems angry.' }),
      trajectory({ message: 'Find Anna', tool_name: 'find', tool_input: { q: 'Anna' }, tool_output: { n: 1 } }),
      { type: 'generic', generic: { step } },
      trajectory({
        message: 'Looking it up',
        tool_name: 'look',
        tool_output: { error: { code: 'gone', message: 'Not there.' } },
      }),
      part('Done.'),
    ),
  );
  expect(steps.map(({ kind, name, title, input }) => [kind, name, title, input])).toEqual([
    ['thought', 'thought', 'Thinking', undefined],
    ['thought', 'thought', 'Thinking', undefined],
    ['tool', 'find', 'find', { q: 'Anna' }],
    ['search', 'look', 'Looking it up', undefined],
  ]);
  expect(outputs).toEqual(['She seems angry.', 'Find Anna', { n: 1 }, { code: 'gone', message: 'Not there.' }]);
});

describe('a connection that breaks', () => {
  const list = (...events: unknown[]) => ({ body: { events: [...begun, ...events] } });

  test('is made again by asking for the list, and nothing is said twice', async () => {
    const { texts, calls } = await ran({
      'POST /': [{ stream: [...begun, created(), part('a ')], cut: true }],
      'GET /:id/events': [
        { status: 503, body: { code: 'server_error', message: 'Later' } },
        list(created(), part('a ')),
        list(created(), part('a '), part('b ')),
        list(created(), part('a '), part('b '), part('c'), completed(), happened('completed')),
      ],
      'GET /:id': [{ body: run('in-progress') }],
    });
    expect(texts).toEqual(['a b c']);
    expect(calls.filter((call) => call.startsWith('POST'))).toEqual(['POST / Hello']);
  });

  test('ends as the run says when the list does not tell', async () => {
    const { texts, status } = await ran({
      'POST /': [{ stream: [...begun, part('a')], cut: true }],
      'GET /:id/events': [list(part('a'))],
      'GET /:id': [{ body: run('in-progress') }, { body: run('completed') }],
    });
    expect([texts, status]).toEqual([['a'], 'completed']);
  });

  test.each([
    ['that stays away', { status: 502 }, 'remote_unreachable', /did not come back within 60 s/],
    [
      'that forgot the run',
      { status: 404, body: { code: 'not_found', message: 'x' } },
      'run_lost',
      /no longer knows this run/,
    ],
    ['that is another', { body: { hello: 1 } }, 'remote_malformed', /does not speak ACP/],
  ])('to a server %s fails the run, and what was said stays', async (_, answer, code, message) => {
    const { texts, error } = await ran({
      'POST /': [{ stream: [...begun, part('a')], cut: true }],
      'GET /:id/events': [answer],
    });
    expect([texts, error]).toEqual([['a'], { code, message: expect.stringMatching(message) }]);
  });
});

describe('a question', () => {
  const asks = happened('awaiting', { await_request: { type: 'message', message: { parts: [{ content: 'Name?' }] } } });
  const asked = [...begun, asks];
  const rest = [happened('in-progress'), part('Hello Ann'), completed(), happened('completed')];
  const start = { 'POST /': [{ stream: asked }] };
  const answered = async (script: Script) => {
    const { engine, send, log, calls, defects } = await near(script);
    const { run } = await send('far');
    await log(run.id);
    await engine.answerRun(anna, run.id, { parts: [{ type: 'text', text: 'Ann' }] });
    const state = fold(await engine.readEvents(anna, run.id));
    const events = await log(run.id, state.lastSeq);
    expect(defects).toEqual([]);
    return { ...told([...(await engine.readEvents(anna, run.id))]), last: events.at(-1)?.type, calls };
  };

  test('is answered there', async () => {
    const { texts, calls } = await answered({
      ...start,
      'GET /:id/events': [{ body: { events: asked } }],
      'POST /:id': [{ stream: rest }],
    });
    expect(texts).toEqual(['Name?', 'Hello Ann']);
    expect(calls.filter((call) => call.startsWith('POST'))).toEqual(['POST / Hello', 'POST /:id Ann']);
  });

  test('is not answered twice when the answer went through before', async () => {
    const { texts, calls } = await answered({
      ...start,
      'GET /:id/events': [{ body: { events: [...asked, ...rest] } }],
    });
    expect(texts).toEqual(['Name?', 'Hello Ann']);
    expect(calls.filter((call) => call.startsWith('POST'))).toEqual(['POST / Hello']);
  });

  test('that was taken in the same moment goes on; one that nobody may answer fails the run', async () => {
    const refusal = { status: 403, body: { code: 'server_error', message: `No await request for ${SECRET}` } };
    const late = await answered({
      ...start,
      'GET /:id/events': [
        { body: { events: asked } },
        { body: { events: asked } },
        { body: { events: [...asked, ...rest] } },
      ],
      'POST /:id': [refusal],
    });
    expect(late.texts).toEqual(['Name?', 'Hello Ann']);
    const never = await answered({
      ...start,
      'GET /:id/events': [{ body: { events: asked } }],
      'POST /:id': [refusal],
    });
    expect(never.error).toEqual({
      code: 'remote_refused',
      message: 'The server of the remote agent refused: No await request for …',
    });
  });

  test('that says nothing is asked all the same', async () => {
    const { texts } = await ran({ 'POST /': [{ stream: [...begun, happened('awaiting')] }] });
    expect(texts).toEqual(['The agent waits for an answer.']);
  });
});

describe('the failure of a run there', () => {
  test.each([
    [{ code: 'invalid_input', message: 'Bad.' }, 'invalid_input', 'Bad.'],
    [{ code: 'server_error', message: `It broke with ${SECRET}\n  at x.py:3` }, 'remote_failed', 'It broke with …'],
    [{ code: 'server_error', message: 'Slow.', data: { code: 'too_slow' } }, 'too_slow', 'Slow.'],
    [{ code: 'Not A Code', message: '' }, 'remote_failed', 'The remote agent failed and did not say why.'],
    [null, 'remote_failed', 'The remote agent failed and did not say why.'],
  ])('%j', async (error, code, message) => {
    const found = await ran({ 'POST /': [{ stream: [...begun, happened('failed', { error })] }] });
    expect(found.error).toEqual({ code, message });
  });

  test('a cancel by somebody else is one', async () => {
    const { error } = await ran({ 'POST /': [{ stream: [...begun, happened('cancelled')] }] });
    expect(error).toEqual({
      code: 'remote_failed',
      message: 'The run was cancelled at the server of the remote agent.',
    });
  });

  test('a part that is none is not ACP, and the run there is ended', async () => {
    const { error, troubles, calls } = await ran(answers({ type: 'message.part', part: { content: 7 } }));
    expect(error?.code).toBe('remote_malformed');
    expect(troubles).toMatchObject([{ agent: 'far', code: 'malformed', message: expect.any(String) }]);
    await expect.poll(() => calls).toContain('POST /:id/cancel');
  });

  test('refusals are told without secrets to whoever runs the server, too', async () => {
    const refusal = { status: 422, body: { code: 'invalid_input', message: `Not ${SECRET}` } };
    const { error, troubles } = await ran({ 'POST /': [refusal] });
    expect(error).toEqual({ code: 'remote_refused', message: 'The server of the remote agent refused: Not …' });
    expect(troubles).toMatchObject([{ code: 'invalid_input', status: 422, message: 'Not …' }]);
  });
});

test('a cancel goes to the run there, once its id is known', async () => {
  const { engine, send, log, calls } = await near({
    'POST /': [{ stream: [...begun, part('a')], cut: true }],
    'GET /:id/events': [{ body: { events: [...begun, part('a')] } }],
    'GET /:id': [{ body: run('in-progress') }],
    'POST /:id/cancel': [{ status: 202, body: run('cancelling') }],
  });
  const { run: here } = await send('far');
  await expect.poll(() => calls).toContain('GET /:id');
  await engine.cancelRun(anna, here.id);
  expect((await log(here.id)).at(-1)?.type).toBe('run.cancelled');
  await expect.poll(() => calls).toContain('POST /:id/cancel');
});

test.each(['cancel', 'stop'] as const)('a run whose id comes after a %s is cancelled there', async (why) => {
  let name: () => void = () => {};
  const named = new Promise<void>((resolve) => {
    name = resolve;
  });
  const { engine, send, calls } = await near({
    'POST /': [{ after: named, stream: [...begun, part('a')] }],
    'POST /:id/cancel': [{ status: 202, body: run('cancelling') }],
  });
  const { run: here } = await send('far');
  await expect.poll(() => calls).toEqual(['POST / Hello']);
  await (why === 'cancel' ? engine.cancelRun(anna, here.id) : engine.stop(0));
  name();
  await expect.poll(() => calls).toEqual(['POST / Hello', 'POST /:id/cancel']);
});

test('an answer that is too long breaks off', async () => {
  const { url } = await remoteServer({ 'POST /': [{ body: 'x'.repeat(5_000) }] });
  const fetch = createBoundedFetch(1_000);
  const { body } = await fetch(`${url}/runs`, { method: 'POST' });
  await expect(new Response(body).text()).rejects.toThrow('More than 1000 bytes.');
  expect((await fetch(`${url}/none`)).status).toBe(404);
});
