import { describe, expect, it } from 'vitest';
import { AgentError, type RunEvent, textOf } from '../../src/model/index.ts';
import { anna, engines, lines } from './kit.ts';

const engineWith = engines();

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

  it('is stopped when its thread is deleted, and its readers are let go', async () => {
    const stopped = Promise.withResolvers<void>();
    const { send, engine } = engineWith(
      {
        async writer(_turn, emit, signal) {
          emit.text('So far');
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
          stopped.resolve();
        },
      },
      { settings: { leaseMs: 3_600_000 } },
    );
    const { run } = await send('writer');
    const read = async () => {
      for await (const batch of engine.tail(anna, run.id, 0)) {
        if (batch.some(({ type }) => type === 'message.delta')) await engine.library.deleteThread(anna, run.threadId);
      }
    };
    await expect(read()).rejects.toMatchObject({ code: 'run_not_found' });
    await stopped.promise;
  });

  it('ends before it goes on, whatever an agent forgot to wait for', async () => {
    let late: Promise<void> | undefined;
    const { send, log } = engineWith({
      async loose(_turn, emit) {
        emit.text('Said.');
        await emit.endMessage();
        late = Promise.resolve()
          .then(() => new Promise((resolve) => setImmediate(resolve)))
          .then(() => emit.text('Too late.'));
        late.catch(() => {});
      },
    });
    const { run } = await send('loose');
    expect(lines(await log(run.id)).slice(-2)).toEqual(['completed Said.', 'run.completed']);
    await expect(late).rejects.toThrow('ended');
  });

  it('takes nothing more while its end is written', async () => {
    const afters: string[] = [];
    const { engine, send, log, defects } = engineWith(
      {
        async talker(_turn, emit) {
          await emit.step({ kind: 'tool', name: 'talk', title: 'Talking' }, (_signal, show) => {
            const talking = setInterval(() => show('…'), 1);
            return new Promise<null>(() => setTimeout(() => clearInterval(talking), 200).unref());
          });
        },
      },
      {
        wrap: (inner) => ({
          ...inner,
          async append(lease, expectedSeq, events, after) {
            afters.push(after.status);
            if (after.status === 'cancelled') await new Promise((resolve) => setTimeout(resolve, 30));
            return inner.append(lease, expectedSeq, events, after);
          },
        }),
      },
    );
    const { run } = await send('talker');
    await expect.poll(() => afters.length).toBeGreaterThan(1);
    await engine.cancelRun(anna, run.id);
    expect(lines(await log(run.id)).at(-1)).toBe('run.cancelled');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(afters.indexOf('cancelled')).toBe(afters.length - 1);
    expect(defects).toEqual([]);
  });

  it('holds text back no longer than it should when the clock is set back', async () => {
    let back = 0;
    const clock = { now: () => Date.now() - back, id: () => crypto.randomUUID() };
    const { send, engine } = engineWith(
      {
        async writer(_turn, emit, signal) {
          emit.text('one ');
          await emit.flush();
          back = 3_600_000;
          emit.text('two');
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        },
      },
      { clock },
    );
    const { run } = await send('writer');
    let shown = '';
    for await (const batch of engine.tail(anna, run.id, 0)) {
      for (const event of batch) if (event.type === 'message.delta') shown += event.data.text;
      if (shown === 'one two') break;
    }
    expect(shown).toBe('one two');
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
