import { describe, expect, onTestFinished, test } from 'vitest';
import { type ModelTurn, startModelServer } from '../../../../test/kit/model-server.ts';
import { createChatRuntime, type Trouble } from '../../src/runtimes/remote/index.ts';
import { anna, createTestEngine } from '../engine/kit.ts';
import { failureOf, of, streamed, textIn } from './llm/kit.ts';
import { fakePace } from './recorder.ts';

const SECRET = 'a-secret-value';

/** An engine whose agent `far` works at a server that plays the script. Its waits take no time. */
async function near(...script: ModelTurn[]) {
  const there = await startModelServer();
  there.script(...script);
  const troubles: Trouble[] = [];
  const runtime = createChatRuntime({
    url: there.baseUrl,
    agent: 'far',
    headers: { Authorization: `Bearer ${SECRET}` },
    reconnectMs: 1_000,
    params: { store: false },
    thoughts: false,
    onTrouble: (trouble) => troubles.push(trouble),
    pace: fakePace(),
  });
  const around = createTestEngine({ far: runtime }, { settings: { coalesceMs: 0 } });
  onTestFinished(async () => {
    await around.close();
    await there.close();
  });
  return {
    ...around,
    there,
    troubles,
    async ask(text: string, more: object = {}) {
      const { run } = await around.send('far', text, more);
      return { run, events: await around.log(run.id) };
    },
  };
}

const event = (object: string, delta: object) => ({
  raw: `event: ${object}\ndata: ${JSON.stringify({ id: '1', object, choices: [{ delta }] })}\n\n`,
});
const detail = (one: object) => event('thread.run.step.delta', { role: 'assistant', step_details: [one] });
const said = (content: string) => event('thread.message.delta', { role: 'assistant', content });

describe('an agent that speaks chat completions', () => {
  test('is sent the thread, and heard while it speaks; its steps are steps', async () => {
    const { ask, there } = await near(
      [
        detail({ type: 'thinking', content: 'Hidden.' }),
        detail({ type: 'tool_calls', tool_calls: [{ id: 'c', name: 'look', args: { where: 'here' } }] }),
        detail({ type: 'tool_response', name: 'look', tool_call_id: 'c', content: 'seven' }),
        said('There are '),
        said('seven.'),
      ],
      [said('Welcome.')],
    );
    const { run, events } = await ask('How many?');
    expect(textIn(events)).toBe('There are seven.');
    expect(streamed(events)).toBe('There are seven.');
    expect(of(events, 'step.started').map(({ data: { stepId, name, input } }) => [stepId, name, input])).toEqual([
      ['s1', 'far', undefined],
      ['s1/s1', 'look', { where: 'here' }],
    ]);
    expect(JSON.stringify(events)).not.toContain('Hidden.');
    await ask('Thanks', { threadId: run.threadId });
    const [first, second] = there.requests;
    expect(first?.url).toBe('/v1/chat/completions');
    expect(first?.headers).toMatchObject({
      authorization: `Bearer ${SECRET}`,
      accept: 'text/event-stream',
      'x-ibm-thread-id': run.threadId,
    });
    expect(first?.body).toEqual({ store: false, stream: true, messages: [{ role: 'user', content: 'How many?' }] });
    expect(second?.body.messages).toEqual([
      { role: 'user', content: 'How many?' },
      { role: 'assistant', content: 'There are seven.' },
      { role: 'user', content: 'Thanks' },
    ]);
  });

  test('is asked again as long as nothing was said', async () => {
    const { ask, troubles } = await near({ status: 503 }, [{ cut: true }], [said('Here.')]);
    expect(textIn((await ask('Hello')).events)).toBe('Here.');
    expect(troubles.map(({ code, status }) => [code, status])).toEqual([
      ['refused', 503],
      ['unreachable', undefined],
    ]);
  });

  test.each<[string, ModelTurn, string]>([
    ['refuses us', { status: 401 }, 'remote_refused'],
    ['refuses the request', { status: 400, body: { error: SECRET } }, 'remote_refused'],
    ['does not know the address', { status: 404 }, 'remote_malformed'],
    ['sends us elsewhere', { status: 302 }, 'remote_malformed'],
    ['says that it failed', [{ raw: 'data: {"error":"no paper"}\n\n' }], 'remote_failed'],
    ['says why', [said('One'), { raw: 'data: {"error":{"code":"no_paper","message":"x"}}\n\n' }], 'no_paper'],
    ['sends what is no JSON', [{ raw: 'data: <html>\n\n' }], 'remote_malformed'],
    ['breaks off', [said('Once'), { cut: true }], 'remote_unreachable'],
    ['says nothing', [], 'remote_failed'],
  ])('fails when it %s', async (_, turn, code) => {
    const { ask, troubles } = await near(turn);
    const { events } = await ask('Hello');
    expect(failureOf(events)).toBe(code);
    expect(JSON.stringify([events, troubles])).not.toContain(SECRET);
  });

  test('is let go of when the run is cancelled', async () => {
    const { send, log, engine, there } = await near([said('Once'), { until: new Promise(() => {}) }]);
    const { run } = await send('far', 'Tell');
    await expect.poll(() => there.requests.length).toBe(1);
    await engine.cancelRun(anna, run.id);
    expect((await log(run.id)).at(-1)?.type).toBe('run.cancelled');
    await expect.poll(() => there.requests[0]?.aborted).toBe(true);
  });
});
