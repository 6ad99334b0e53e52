import { describe, expect, it } from 'vitest';
import type { Json, RunEvent } from '../../src/model/index.ts';
import type { Runtime } from '../../src/ports/index.ts';
import { anna, engines } from './kit.ts';

const engineWith = engines();
const source = 'https://b.example/state';

/** Counts the runs of its thread. */
const counter: Runtime['run'] = async (_turn, emit) => {
  const n = ((await emit.state()) as number | undefined) ?? 0;
  await emit.setState(n + 1);
  emit.text(`Run ${n + 1}.`);
};

const told = (events: readonly RunEvent[]) =>
  events.flatMap((event) => {
    if (event.type === 'state.read' || event.type === 'state.updated')
      return [`${event.type} ${JSON.stringify(event.data)}`];
    if (event.type === 'custom.emitted') return [`custom ${JSON.stringify(event.data.value)}`];
    return event.type === 'message.completed' ? event.data.message.parts.map((part) => JSON.stringify(part)) : [];
  });
const text = (words: string) => JSON.stringify({ type: 'text', text: words });

describe('the state of a thread', () => {
  it('goes from run to run', async () => {
    const { send, log, store } = engineWith({ counter });
    const first = await send('counter');
    expect(told(await log(first.run.id))).toEqual(['state.read {}', 'state.updated {"state":1}', text('Run 1.')]);
    const { threadId } = first.run;
    const second = await send('counter', 'again', { threadId });
    expect(told(await log(second.run.id))).toEqual([
      'state.read {"state":1}',
      'state.updated {"state":2}',
      text('Run 2.'),
    ]);
    expect(await store.readThreadState(anna, threadId)).toEqual({ value: 2, version: 2 });
  });

  it('is found again as it was by a run that is entered again', async () => {
    const gate = Promise.withResolvers<void>();
    const halting =
      (stop: boolean): Runtime['run'] =>
      async (turn, emit, signal) => {
        await counter(turn, emit, signal);
        await emit.custom({ half: true });
        if (stop) await gate.promise;
        await emit.custom({ half: false });
      };
    const first = engineWith({ halting: halting(true) });
    const { run } = await first.send('halting');
    for await (const batch of first.engine.tail(anna, run.id, 0))
      if (batch.some(({ type }) => type === 'custom.emitted')) break;
    await first.crash();
    gate.resolve();
    const second = engineWith({ halting: halting(false) }, { folder: first.folder });
    expect(told(await second.log(run.id))).toEqual([
      'state.read {}',
      'state.updated {"state":1}',
      'custom {"half":true}',
      'custom {"half":false}',
      text('Run 1.'),
    ]);
    expect(await second.store.readThreadState(anna, run.threadId)).toEqual({ value: 1, version: 1 });
  });

  it('is what the run set itself, whatever becomes of the value and whoever else sets it', async () => {
    const { send, log } = engineWith({
      async keeper(_turn, emit) {
        const list: number[] = [1];
        await emit.setState({ list });
        list.push(2);
        emit.text(JSON.stringify(await emit.state()));
      },
    });
    const { run } = await send('keeper');
    expect(told(await log(run.id))).toEqual(['state.updated {"state":{"list":[1]}}', text('{"list":[1]}')]);
  });

  it.each<[string, Json]>([
    ['undefined', undefined as never],
    ['more than fits', 'x'.repeat(262_143)],
  ])('that is %s breaks the agent', async (_, state) => {
    const { send, log, defects } = engineWith({ keeper: (_turn, emit) => emit.setState(state) });
    const { run } = await send('keeper');
    expect((await log(run.id)).at(-1)).toMatchObject({ type: 'run.failed', data: { error: { code: 'agent_failed' } } });
    expect(String(defects[0])).toMatch(/A state /);
  });
});

describe('a state that a client keeps', () => {
  it('is read when an agent asks, until one is left here', async () => {
    const asked: string[] = [];
    const { send, log } = engineWith(
      { counter, silent: async () => {} },
      {
        fetchJson: async (url) => {
          asked.push(url);
          return 41;
        },
      },
    );
    const { run } = await send('silent', 'Hello', { state: { source } });
    await log(run.id);
    expect(asked).toEqual([]);
    for (const n of [42, 43]) {
      const next = await send('counter', 'Hello', { threadId: run.threadId, state: { source } });
      expect(told(await log(next.run.id)).at(-1)).toBe(text(`Run ${n}.`));
    }
    expect(asked).toEqual([source]);
  });

  it.each([
    ['cannot be read', { fetchJson: () => Promise.reject(new Error('secret.internal said 500')) }],
    ['is not read by this server', {}],
  ])('and that %s fails the run that asks for it', async (_, options) => {
    const { send, log } = engineWith({ counter }, options);
    const { run } = await send('counter', 'Hello', { state: { source } });
    const last = (await log(run.id)).at(-1);
    expect(last).toMatchObject({ type: 'run.failed', data: { error: { code: 'state_unavailable' } } });
    expect(JSON.stringify(last)).not.toContain('secret');
  });
});
