import { expect, test } from 'vitest';
import { textOf } from '../../src/model/index.ts';
import type { Runtime } from '../../src/ports/index.ts';
import { createEchoRuntime } from '../../src/runtimes/index.ts';
import { anna, engines } from './kit.ts';

const make = engines();
const text = (words: string) => [{ type: 'text', text: words }] as const;

test('a runtime gets all messages that were sent together, again after an answer', async () => {
  const seen: unknown[] = [];
  const asker: Runtime['run'] = async (turn, emit) => {
    const history = await turn.history();
    seen.push({ attempt: turn.attempt, inputs: turn.inputs.map(({ parts }) => textOf(parts)), before: history.length });
    await emit.ask(text('Well?'));
  };
  const { engine, send, log } = make({ asker });
  const earlier = [{ role: 'user', parts: text('one'), agentName: null } as const];
  const { run } = await send('asker', 'two', { earlier });
  await log(run.id);
  await engine.answerRun(anna, run.id, { parts: text('yes') });
  await log(run.id, run.lastSeq);
  await expect.poll(() => seen).toHaveLength(2);
  expect(seen).toEqual([
    { attempt: 1, inputs: ['one', 'two'], before: 1 },
    { attempt: 2, inputs: ['one', 'two'], before: 1 },
  ]);
});

test('echo gives each of several messages back', async () => {
  const { engine, send, log } = make({ echo: createEchoRuntime() });
  const earlier = [{ role: 'user', parts: text('one'), agentName: null } as const];
  const { run } = await send('echo', 'two', { earlier });
  await log(run.id);
  const answers = await engine.library.listRunMessages(anna, run.id);
  expect(answers.map(({ parts }) => parts)).toEqual([text('one'), text('two')]);
});

test('a question that nobody answers in time fails its run', async () => {
  let now = 1_770_000_000_000;
  const asker: Runtime['run'] = async (_turn, emit) => void (await emit.ask(text('Well?')));
  const clock = { now: () => now, id: () => crypto.randomUUID() };
  const { engine, send, log } = make({ asker }, { clock, settings: { waitMs: 400 } });
  const { run } = await send('asker');
  const waiting = (await log(run.id)).at(-1);
  now += 401;
  const [ended] = await (async () => {
    for await (const events of engine.tail(anna, run.id, waiting?.seq ?? 0)) return events;
    return [];
  })();
  expect(ended).toMatchObject({ type: 'run.failed', data: { error: { code: 'answer_timeout' } } });
});
