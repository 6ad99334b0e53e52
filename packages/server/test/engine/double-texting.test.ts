import { expect, test } from 'vitest';
import type { DoubleTexting, RunEvent } from '../../src/model/index.ts';
import type { AgentDirectory, Runtime } from '../../src/ports/index.ts';
import { agentNamed, anna, engines } from './kit.ts';

const createEngine = engines();

/** What the agent said. */
function textOfLog(events: readonly RunEvent[]): string {
  return events.map((event) => (event.type === 'message.delta' ? event.data.text : '')).join('');
}

/** An agent that answers when it is told to, and says which message it answers and what was said before. */
function slow() {
  const told = new Map<string, PromiseWithResolvers<void>>();
  const begun: string[] = [];
  const gateOf = (words: string) => {
    const gate = told.get(words) ?? Promise.withResolvers<void>();
    told.set(words, gate);
    return gate;
  };
  const run: Runtime['run'] = async (turn, emit, signal) => {
    const [part] = turn.input.parts;
    const words = part?.type === 'text' ? part.text : '';
    begun.push(words);
    emit.text(`to ${words}`);
    signal.addEventListener('abort', () => gateOf(words).resolve(), { once: true });
    await gateOf(words).promise;
    if (!signal.aborted) emit.text(` after ${(await turn.history()).length}`);
  };
  return { run, begun, tell: (words: string) => gateOf(words).resolve() };
}

function directory(run: Runtime['run'], doubleTexting?: DoubleTexting): AgentDirectory {
  const agent = { ...agentNamed('slow'), ...(doubleTexting ? { doubleTexting } : {}) };
  return {
    list: () => [agent],
    find: () => agent,
    default: () => agent,
    runtime: () => ({ recovery: 'restart', run }),
  };
}

test('a second message is answered after the first, and its agent has read that answer', async () => {
  const { run, begun, tell } = slow();
  const { send, log } = createEngine({ slow: run });
  const first = await send('slow', 'one');
  const { threadId } = first.run;
  const second = await send('slow', 'two', { threadId });
  const third = await send('slow', 'three', { threadId });
  expect([second.run.status, third.run.status]).toEqual(['queued', 'queued']);
  for (const words of ['three', 'two', 'one']) tell(words);
  expect(textOfLog(await log(first.run.id))).toBe('to one after 0');
  expect(textOfLog(await log(second.run.id))).toBe('to two after 2');
  expect(textOfLog(await log(third.run.id))).toBe('to three after 4');
  expect(begun).toEqual(['one', 'two', 'three']);
});

test('a second message interrupts where the agent says so: what was said stays, and the new one begins after the end', async () => {
  const { run, tell } = slow();
  const { send, log, store, engine } = createEngine({}, { agents: directory(run, 'interrupt') });
  const first = await send('slow', 'one');
  for await (const events of engine.tail(anna, first.run.id, 0))
    if (events.some(({ type }) => type === 'message.delta')) break;
  tell('two');
  const second = await send('slow', 'two', { threadId: first.run.threadId });
  const log1 = await log(first.run.id);
  expect(log1.at(-1)?.type).toBe('run.cancelled');
  expect(textOfLog(log1)).toBe('to one');
  const log2 = await log(second.run.id);
  expect(textOfLog(log2)).toBe('to two after 2');
  const started = log2.find(({ type }) => type === 'run.started');
  expect(started?.at).toBeGreaterThanOrEqual(log1.at(-1)?.at ?? Number.NaN);
  const [message] = await store.listRunMessages(anna, first.run.id);
  expect(message).toMatchObject({ incomplete: true });
});

test('a second message is refused where the server is set so, and taken once the first is answered', async () => {
  const { run, tell } = slow();
  const { send, log } = createEngine({}, { agents: directory(run), settings: { doubleTexting: 'reject' } });
  const first = await send('slow', 'one');
  const again = () => send('slow', 'two', { threadId: first.run.threadId, once: { key: 'k', fingerprint: 'f' } });
  await expect(again()).rejects.toMatchObject({ code: 'thread_busy' });
  tell('one');
  tell('two');
  await log(first.run.id);
  const second = await again();
  expect(second.created).toBe(true);
  expect((await again()).run.id).toBe(second.run.id);
  expect(textOfLog(await log(second.run.id))).toBe('to two after 2');
});

test('a question that is open keeps the next message waiting until it is answered', async () => {
  const asks: Runtime['run'] = async (turn, emit) => {
    const [part] = turn.input.parts;
    if (part?.type === 'text' && part.text === 'ask') await emit.ask([{ type: 'text', text: 'Sure?' }]);
    emit.text('done');
  };
  const { send, log, engine, store } = createEngine({ asks });
  const first = await send('asks', 'ask');
  await log(first.run.id);
  const second = await send('asks', 'plain', { threadId: first.run.threadId });
  expect((await store.readRun(anna, second.run.id)).status).toBe('queued');
  await engine.answerRun(anna, first.run.id, { parts: [{ type: 'text', text: 'yes' }] });
  expect((await log(second.run.id)).at(-1)?.type).toBe('run.completed');
  const [a, b] = await Promise.all([first, second].map(({ run }) => store.readRun(anna, run.id)));
  expect(a?.endedAt).toBeLessThanOrEqual(b?.startedAt ?? 0);
});

test('runs at once never are more than the setting, and each gets its turn', async () => {
  let working = 0;
  let most = 0;
  const counts: Runtime['run'] = async (_, emit) => {
    working += 1;
    most = Math.max(most, working);
    for (let n = 0; n < 3; n += 1) await new Promise(setImmediate);
    await emit.step({ kind: 'tool', name: 'x', title: 'x' }, async () => null);
    working -= 1;
  };
  const { send, log, engine } = createEngine({ counts }, { settings: { concurrency: 3 } });
  const sent: Promise<{ run: { id: string } }>[] = [];
  for (let n = 0; n < 40; n += 1) {
    sent.push(send('counts', `${n}`));
    if (n % 4 === 0) await new Promise(setImmediate);
  }
  const logs = await Promise.all(sent.map(async (one) => log((await one).run.id)));
  expect(logs.every((events) => events.at(-1)?.type === 'run.completed')).toBe(true);
  expect(most).toBe(3);
  const { claims, active, turnedAway } = engine.measure();
  expect(claims.direct + claims.queued).toBe(40);
  expect(claims.queued).toBeGreaterThan(0);
  expect({ active, turnedAway }).toEqual({ active: 0, turnedAway: 0 });
});

test('a queue that is full turns messages away and says when to come again', async () => {
  const { run, tell } = slow();
  const { send, log, engine } = createEngine({ slow: run }, { settings: { concurrency: 1, queue: 4, queueShare: 50 } });
  const first = await send('slow', '0');
  const queued = await Promise.all([send('slow', '1'), send('slow', '2')]);
  const refused = await send('slow', '3').catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'queue_full' });
  expect((refused as { retryAfterSeconds: number }).retryAfterSeconds).toBeGreaterThanOrEqual(1);
  expect(engine.measure().turnedAway).toBe(1);
  for (const words of ['0', '1', '2', '4']) tell(words);
  for (const { run: one } of [first, ...queued]) await log(one.id);
  await log((await send('slow', '4')).run.id);
});
