import { describe, expect, it } from 'vitest';
import { textOf } from '../../src/model/index.ts';
import { anna, engines, lines } from './kit.ts';

const engineWith = engines();

describe('a question', () => {
  it('suspends the run without a lease, and goes on with the answer without doing anything twice', async () => {
    let calls = 0;
    const { send, log, engine, store } = engineWith({
      async waiter(_turn, emit) {
        emit.text('Let me think. ');
        const n = await emit.step({ kind: 'tool', name: 'count', title: 'Counting' }, () => {
          calls += 1;
          return calls;
        });
        const answer = await emit.ask([{ type: 'text', text: `Number ${n}?` }]);
        emit.text(`You said ${textOf(answer.parts)}.`);
      },
    });
    const { run } = await send('waiter');
    const before = await log(run.id);
    expect(lines(before).slice(-3)).toEqual(['part 0 Number 1?', 'completed interrupt Number 1?', 'run.waiting']);
    const waiting = { threadId: run.threadId, status: ['waiting'], limit: 1, offset: 0 } as const;
    expect((await engine.library.listRuns(anna, waiting)).items[0]).toMatchObject({ id: run.id, status: 'waiting' });
    expect(await store.claimRun({ worker: 'x', ttlMs: 1 }, Date.now() + 1e9)).toBeUndefined();
    await engine.answerRun(anna, run.id, { parts: [{ type: 'text', text: 'yes' }] });
    const after = await log(run.id, before.length);
    expect(lines(after)).toEqual([
      'run.resumed',
      'run.started 2',
      'message.started',
      'delta 0 You said yes.',
      'completed You said yes.',
      'run.completed',
    ]);
    expect(calls).toBe(1);
    await expect(engine.answerRun(anna, run.id, { parts: [] })).rejects.toMatchObject({ code: 'run_not_waiting' });
  });

  it('can be asked several times, and be answered by a message on the thread', async () => {
    const { send, log } = engineWith({
      async form(_turn, emit) {
        const first = await emit.ask([{ type: 'text', text: 'First?' }]);
        const second = await emit.ask([{ type: 'text', text: 'Second?' }]);
        emit.text(`${textOf(first.parts)} ${textOf(second.parts)}`);
      },
    });
    const { run } = await send('form');
    const one = await log(run.id);
    const answer = (text: string, key: string) =>
      send('form', text, { threadId: run.threadId, answerWaiting: true, once: { key, fingerprint: text } });
    expect(await answer('a', 'k1')).toMatchObject({ run: { id: run.id }, after: one.length, created: true });
    const two = await log(run.id, one.length);
    expect(await answer('b', 'k2')).toMatchObject({ run: { id: run.id }, after: one.length + two.length });
    expect(await answer('b', 'k2')).toMatchObject({
      run: { id: run.id },
      created: false,
      after: one.length + two.length,
    });
    expect(lines(await log(run.id, one.length + two.length)).at(-2)).toBe('completed a b');
  });

  it('can be cancelled while it waits', async () => {
    const { send, log, engine } = engineWith({
      async waiter(_turn, emit) {
        await emit.ask([{ type: 'text', text: '?' }]);
      },
    });
    const { run } = await send('waiter');
    await log(run.id);
    expect(await engine.cancelRun(anna, run.id)).toMatchObject({ status: 'cancelled' });
    expect(lines(await log(run.id)).at(-1)).toBe('run.cancelled');
  });
});

describe('cancel', () => {
  it('aborts the agent, keeps the partial answer, and closes the log', async () => {
    let aborted = false;
    const { send, log, engine } = engineWith({
      async endless(_turn, emit, signal) {
        emit.text('Once upon a time');
        await emit.flush();
        await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
      async deaf(_turn, emit, signal) {
        signal.addEventListener('abort', () => {
          aborted = true;
        });
        emit.text('I do not listen');
        await emit.flush();
        await new Promise(() => {});
      },
    });
    for (const name of ['endless', 'deaf']) {
      const { run } = await send(name);
      for await (const batch of engine.tail(anna, run.id, 0))
        if (batch.some(({ type }) => type === 'message.delta')) break;
      expect(await engine.cancelRun(anna, run.id)).toMatchObject({ cancelRequested: true });
      const events = await log(run.id);
      expect(lines(events).slice(-2)).toEqual([
        `completed incomplete ${name === 'deaf' ? 'I do not listen' : 'Once upon a time'}`,
        'run.cancelled',
      ]);
      await expect(engine.cancelRun(anna, run.id)).rejects.toMatchObject({ code: 'run_ended' });
    }
    expect(aborted).toBe(true);
  });
});
