import { describe, expect, test } from 'vitest';
import { createBoundedFetch } from '../../src/runtimes/remote/bounded-fetch.ts';
import { answers, begun, ran, SECRET } from './remote-kit.ts';
import { completed, created, happened, part, remoteServer, trajectory } from './remote-server.ts';

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

test('an answer that is too long breaks off', async () => {
  const { url } = await remoteServer({ 'POST /': [{ body: 'x'.repeat(5_000) }] });
  const fetch = createBoundedFetch(1_000);
  const { body } = await fetch(`${url}/runs`, { method: 'POST' });
  await expect(new Response(body).text()).rejects.toThrow('More than 1000 bytes.');
  expect((await fetch(`${url}/none`)).status).toBe(404);
});
