import { describe, expect, it } from 'vitest';
import { textOf } from '../../src/model/index.ts';
import type { Runtime } from '../../src/ports/index.ts';
import { anna, engines, lines } from './kit.ts';

const engineWith = engines();

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

  it('finds finished steps again on a way that an earlier attempt took first', async () => {
    const done: string[] = [];
    /** Goes by the left at the first attempt and by the right after; hangs at the end until the last. */
    const wanderer =
      (last: number): Runtime['run'] =>
      async (turn, emit) => {
        const names = ['start', turn.attempt === 1 ? 'left' : 'right'];
        for (const name of names) {
          await emit.step({ kind: 'tool', name, title: name }, () => {
            done.push(`${name} ${turn.attempt}`);
            return name;
          });
        }
        emit.text(`at attempt ${turn.attempt}`);
        await emit.flush();
        if (turn.attempt < last) await new Promise(() => {});
      };
    const reached = async (engine: ReturnType<typeof engineWith>, runId: string, attempt: number) => {
      for await (const batch of engine.engine.tail(anna, runId, 0)) {
        if (lines(batch).some((line) => line.endsWith(`at attempt ${attempt}`))) return;
      }
    };
    const first = engineWith({ wanderer: wanderer(3) });
    const { run } = await first.send('wanderer');
    await reached(first, run.id, 1);
    await first.crash();
    const second = engineWith({ wanderer: wanderer(3) }, { folder: first.folder });
    await reached(second, run.id, 2);
    await second.crash();
    const third = engineWith({ wanderer: wanderer(3) }, { folder: first.folder });
    expect(lines(await third.log(run.id)).at(-1)).toBe('run.completed');
    expect(done).toEqual(['start 1', 'left 1', 'right 2']);
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

  it('keeps the partial answer of a run that is cancelled between two workers', async () => {
    const agent: Runtime['run'] = async (_turn, emit) => {
      emit.text('Begun');
      await emit.flush();
      await new Promise(() => {});
    };
    const first = engineWith({ agent });
    const { run } = await first.send('agent');
    for await (const batch of first.engine.tail(anna, run.id, 0)) if (lines(batch).includes('delta 0 Begun')) break;
    await first.engine.stop(0);
    await first.store.close();
    const second = engineWith({ agent }, { folder: first.folder, start: false });
    expect(await second.engine.cancelRun(anna, run.id)).toMatchObject({ status: 'queued', cancelRequested: true });
    second.engine.start();
    expect(lines(await second.log(run.id)).slice(-2)).toEqual(['completed incomplete Begun', 'run.cancelled']);
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
