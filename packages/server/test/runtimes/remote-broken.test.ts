import { describe, expect, test } from 'vitest';
import { fold } from '../../src/model/index.ts';
import { anna } from '../engine/kit.ts';
import { begun, near, ran, SECRET, told } from './remote-kit.ts';
import { completed, created, happened, part, run, type Script } from './remote-server.ts';

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
