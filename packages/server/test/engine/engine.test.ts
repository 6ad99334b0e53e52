import { afterEach, describe, expect, it } from 'vitest';
import { AgentError, type RunEvent, textOf } from '../../src/model/index.ts';
import type { Runtime } from '../../src/ports/index.ts';
import { anna, createTestEngine, lines, type TestEngineOptions } from './kit.ts';

let open: ReturnType<typeof createTestEngine>[] = [];
afterEach(async () => {
  for (const one of open) await one.close().catch(() => {});
  open = [];
});

function engineWith(runtimes: Record<string, Runtime['run'] | Runtime>, options?: TestEngineOptions) {
  const made = createTestEngine(runtimes, options);
  open.push(made);
  return made;
}

describe('a run', () => {
  it('is a log that ends once, and the thread has its messages', async () => {
    const { send, log, engine } = engineWith({
      async poet(turn, emit) {
        emit.text('Hello, ');
        emit.text(textOf(turn.input.parts));
        await emit.part({ type: 'citation', title: 'Source' });
        emit.text('!');
      },
    });
    const { run } = await send('poet', 'Ariadne');
    const events = await log(run.id);
    expect(lines(events)).toEqual([
      'run.created',
      'run.started 1',
      'message.started',
      'delta 0 Hello, Ariadne',
      'part 1 citation',
      'delta 2 !',
      'completed Hello, Ariadne|<citation>|!',
      'run.completed',
    ]);
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const { items } = await engine.library.listMessages(anna, run.threadId, { limit: 10, offset: 0 });
    expect(items.map(({ role, parentId }) => [role, parentId])).toEqual([
      ['user', null],
      ['assistant', run.messageId],
    ]);
    expect(await engine.library.readRun(anna, run.id)).toMatchObject({ status: 'completed', lastSeq: 8 });
  });

  it('joins text of one turn, shows the first at once, and splits what is long', async () => {
    const { send, log } = engineWith(
      {
        async writer(_turn, emit) {
          for (let n = 0; n < 30; n += 1) emit.text('x'.repeat(100));
          await emit.flush();
          emit.text('soon');
          await emit.flush();
        },
      },
      { settings: { coalesceMs: 60_000 } },
    );
    const { run } = await send('writer');
    const deltas = (await log(run.id)).filter(({ type }) => type === 'message.delta') as (RunEvent & {
      type: 'message.delta';
    })[];
    expect(deltas.map(({ data }) => data.text.length)).toEqual([2100, 900, 4]);
  });

  it('fails with the code an agent gives, and tells nobody what broke', async () => {
    const { send, log, defects, engine } = engineWith({
      async failer(_turn, emit) {
        emit.text('So far');
        throw new AgentError('invalid_input', 'I cannot read that.');
      },
      async broken() {
        throw new TypeError('secret of /etc/passwd');
      },
      async gone() {},
    });
    const failed = await log((await send('failer')).run.id);
    expect(lines(failed).slice(-2)).toEqual(['completed incomplete So far', 'run.failed invalid_input']);
    const broken = await log((await send('broken')).run.id);
    expect(lines(broken).at(-1)).toBe('run.failed agent_failed');
    expect(JSON.stringify(broken)).not.toContain('secret');
    expect(String(defects[0])).toContain('secret');
    await expect(send('nobody')).rejects.toMatchObject({ code: 'agent_not_found' });
    expect(await log((await engine.startRun(anna, { agent: 'gone', message: { parts: [] } })).run.id)).toHaveLength(3);
  });

  it('gives agents their declared context and reports what they changed', async () => {
    let seen: unknown;
    const { send, log } = engineWith({
      async reader(turn, emit) {
        seen = turn.context;
        await emit.setContext({ colour: 'blue', extra: 1 });
      },
    });
    const { run } = await send('reader', 'x', { context: { colour: 'red', secret: 'x', wxo_email_id: 'forged' } });
    expect((await log(run.id)).at(-1)).toMatchObject({
      type: 'run.completed',
      data: { context: { colour: 'blue', extra: 1 } },
    });
    expect(seen).toEqual({ colour: 'red', wxo_email_id: 'anna@example.org' });
  });

  it('sees the thread so far', async () => {
    const { send, log } = engineWith({
      async counter(turn, emit) {
        emit.text((await turn.history()).map(({ parts }) => textOf(parts)).join('/'));
      },
    });
    const first = await send('counter', 'one');
    await log(first.run.id);
    const second = await send('counter', 'two', { threadId: first.run.threadId });
    await log(second.run.id);
    const third = await send('counter', 'three', { threadId: first.run.threadId });
    expect(lines(await log(third.run.id)).at(-2)).toBe('completed one/two/one');
  });
});

describe('a step', () => {
  it('is recorded with what it gave, also when it breaks', async () => {
    const { send, log } = engineWith({
      async worker(_turn, emit) {
        const sum = await emit.step({ kind: 'tool', name: 'add', title: 'Adding', input: [1, 2] }, (_signal, show) => {
          show('1 + 2');
          return 3;
        });
        await emit
          .step({ kind: 'tool', name: 'divide', title: 'Dividing' }, () => {
            throw new AgentError('division_by_zero', 'Not by zero.');
          })
          .catch((error) => emit.text(`${sum} ${error.message}`));
      },
    });
    const events = await log((await send('worker')).run.id);
    expect(lines(events)).toEqual([
      'run.created',
      'run.started 1',
      'step.started s1',
      'step.delta',
      'step.completed s1',
      'step.started s2',
      'step.completed s2',
      'message.started',
      'delta 0 3 Not by zero.',
      'completed 2 steps 3 Not by zero.',
      'run.completed',
    ]);
    expect(events[4]).toMatchObject({ data: { output: 3 } });
    expect(events[6]).toMatchObject({ data: { error: { code: 'division_by_zero' } } });
  });
});

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
    expect(await engine.waitingRun(anna, run.threadId)).toMatchObject({ id: run.id, status: 'waiting' });
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

describe('tail', () => {
  it('gives the same log to the live reader, the late one and the one that comes back', async () => {
    const { send, engine } = engineWith({
      async counter(_turn, emit) {
        for (let n = 0; n < 50; n += 1) {
          emit.text(`${n} `);
          await emit.flush();
        }
      },
    });
    const { run } = await send('counter');
    const read = async (after: number, stopAt = Number.POSITIVE_INFINITY) => {
      const events: RunEvent[] = [];
      for await (const batch of engine.tail(anna, run.id, after)) {
        events.push(...batch);
        if ((events.at(-1)?.seq ?? 0) >= stopAt) break;
      }
      return events;
    };
    const broken = async () => {
      const first = await read(0, 20);
      return [...first, ...(await read(first.at(-1)?.seq ?? 0))];
    };
    const [live, back] = await Promise.all([read(0), broken()]);
    const late = await read(0);
    expect(live).toEqual(late);
    expect(back).toEqual(late);
    expect(await read(late.length)).toEqual([]);
    expect(await engine.readEvents(anna, run.id)).toEqual(late);
  });

  it('ends when its reader goes and when the server closes', async () => {
    const { send, engine, log } = engineWith({
      async waiter(_turn, emit) {
        await emit.ask([{ type: 'text', text: '?' }]);
      },
    });
    await expect(engine.tail(anna, crypto.randomUUID(), 0)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'run_not_found',
    });
    const { run } = await send('waiter');
    await log(run.id);
    const controller = new AbortController();
    const reader = engine.tail(anna, run.id, 6, { signal: controller.signal })[Symbol.asyncIterator]();
    const next = reader.next();
    controller.abort();
    expect(await next).toMatchObject({ done: true });
    const other = engine.tail(anna, run.id, 6)[Symbol.asyncIterator]().next();
    await engine.stop(0);
    expect(await other).toMatchObject({ done: true });
  });
});

describe('recovery', () => {
  it('says nothing twice after a crash, and does not repeat a finished step', async () => {
    const calls: string[] = [];
    const gate = Promise.withResolvers<void>();
    const storyteller =
      (stop: boolean): Runtime['run'] =>
      async (_turn, emit) => {
        const n = await emit.step({ kind: 'tool', name: 'dice', title: 'Rolling' }, () => {
          calls.push('dice');
          return calls.length;
        });
        await emit.message([{ type: 'text', text: `Rolled ${n}.` }]);
        emit.text('Once upon ');
        await emit.flush();
        emit.text('a ti');
        await emit.flush();
        if (stop) await gate.promise;
        emit.text('me.');
      };
    const first = engineWith({ storyteller: storyteller(true) });
    const { run } = await first.send('storyteller');
    for await (const batch of first.engine.tail(anna, run.id, 0)) if (lines(batch).includes('delta 0 a ti')) break;
    await first.crash();
    gate.resolve();

    const second = engineWith({ storyteller: storyteller(false) }, { folder: first.folder });
    const events = await second.log(run.id);
    expect(lines(events)).toEqual([
      'run.created',
      'run.started 1',
      'step.started s1',
      'step.completed s1',
      'message.started',
      'part 0 Rolled 1.',
      'completed 1 steps Rolled 1.',
      'message.started',
      'delta 0 Once upon ',
      'delta 0 a ti',
      'run.started 2',
      'delta 0 me.',
      'completed Once upon a time.',
      'run.completed',
    ]);
    expect(calls).toEqual(['dice']);
  });

  it('begins a message anew when it turns out otherwise', async () => {
    const first = engineWith({
      async muse(_turn, emit) {
        emit.text('The cat');
        await emit.flush();
        await new Promise(() => {});
      },
    });
    const { run } = await first.send('muse');
    for await (const batch of first.engine.tail(anna, run.id, 0)) if (lines(batch).includes('delta 0 The cat')) break;
    await first.crash();
    const second = engineWith(
      {
        async muse(_turn, emit) {
          emit.text('The ');
          emit.text('dog');
        },
      },
      { folder: first.folder },
    );
    expect(lines(await second.log(run.id)).slice(4)).toEqual([
      'run.started 2',
      'message.reset',
      'part 0 The dog',
      'completed The dog',
      'run.completed',
    ]);
  });

  it('fails a run whose runtime cannot start over, and one whose agent is gone', async () => {
    const hang: Runtime = { recovery: 'fail', run: () => new Promise(() => {}) };
    const first = engineWith({ hang, gone: () => new Promise(() => {}) });
    const runs = [(await first.send('hang')).run, (await first.send('gone')).run];
    await first.crash();
    const second = engineWith({ hang }, { folder: first.folder });
    expect(lines(await second.log(runs[0]?.id ?? '')).at(-1)).toBe('run.failed run_lost');
    expect(lines(await second.log(runs[1]?.id ?? '')).at(-1)).toBe('run.failed agent_unavailable');
  });

  it('hands running runs over at shutdown, and finishes those that are quick', async () => {
    const gate = Promise.withResolvers<void>();
    const agent: Runtime['run'] = async (turn, emit) => {
      emit.text('Begun, ');
      await emit.flush();
      if (turn.attempt === 1) await gate.promise;
      emit.text('done.');
    };
    const first = engineWith({ agent });
    const { run } = await first.send('agent');
    for await (const batch of first.engine.tail(anna, run.id, 0)) if (lines(batch).includes('delta 0 Begun, ')) break;
    await first.engine.stop(0);
    expect(await first.store.readRun(anna, run.id)).toMatchObject({ status: 'queued' });
    await expect(first.send('agent')).rejects.toMatchObject({ code: 'server_closing' });
    await first.store.close();
    const second = engineWith({ agent }, { folder: first.folder });
    expect(lines(await second.log(run.id)).slice(3)).toEqual([
      'delta 0 Begun, ',
      'run.started 2',
      'delta 0 done.',
      'completed Begun, done.',
      'run.completed',
    ]);
  });

  it('works through a queue that is longer than its room', async () => {
    const { send, log } = engineWith(
      {
        async echo(turn, emit) {
          await new Promise((resolve) => setImmediate(resolve));
          emit.text(textOf(turn.input.parts));
        },
      },
      { settings: { concurrency: 2 } },
    );
    const sent = await Promise.all(Array.from({ length: 20 }, (_, n) => send('echo', `${n}`)));
    const ends = await Promise.all(sent.map(async ({ run }) => lines(await log(run.id)).at(-2)));
    expect(ends).toEqual(Array.from({ length: 20 }, (_, n) => `completed ${n}`));
  });
});

describe('a broken log', () => {
  it('stops the agent when nothing can be written any more', async () => {
    let broken = false;
    let reason: unknown;
    const { send, engine, defects, log } = engineWith(
      {
        async writer(turn, emit, signal) {
          emit.text('a');
          await emit.flush();
          if (turn.attempt > 1) return;
          broken = true;
          signal.addEventListener('abort', () => {
            reason = signal.reason;
          });
          await emit.message([{ type: 'text', text: 'b' }]);
        },
      },
      {
        settings: { leaseMs: 100 },
        wrap: (store) => ({
          ...store,
          append: (...call) => (broken ? Promise.reject(new Error('disk full')) : store.append(...call)),
        }),
      },
    );
    const { run } = await send('writer');
    while (!reason) await new Promise((resolve) => setImmediate(resolve));
    expect(reason).toMatchObject({ why: 'lost' });
    expect((await engine.readEvents(anna, run.id)).map(({ type }) => type)).not.toContain('run.completed');
    expect(defects.map(String)).toContain('Error: disk full');
    broken = false;
    expect(lines(await log(run.id)).slice(-3)).toEqual(['run.started 2', 'completed a', 'run.completed']);
  });
});
