import { describe, expect, it } from 'vitest';
import type { Runtime } from '../../src/ports/index.ts';
import { anna, engines, lines } from './kit.ts';

const engineWith = engines();

/** A runtime with something open elsewhere, told by `left` of runs that were cancelled without it. */
function caller(left: string[], then: Runtime['run']): Runtime {
  return {
    recovery: 'restart',
    async run(turn, emit, signal) {
      await emit.step({ kind: 'handoff', name: 'call', title: 'Calling' }, () => 'line 1');
      await then(turn, emit, signal);
    },
    async cancelled(steps) {
      left.push(...steps.map(({ name, output }) => `${name}: ${output}`));
      throw new Error('The line is dead.');
    },
  };
}

describe('a runtime is told of a run that was cancelled while nobody worked on it', () => {
  it('because it waits, with what its steps gave back; what the runtime throws is a defect and no more', async () => {
    const left: string[] = [];
    const asks = caller(left, async (_turn, emit) => {
      await emit.ask([{ type: 'text', text: 'Go on?' }]);
    });
    const { engine, send, log, defects } = engineWith({ asks });
    const { run } = await send('asks');
    await log(run.id);
    await engine.cancelRun(anna, run.id);
    await expect.poll(() => defects).toHaveLength(1);
    expect(left).toEqual(['call: line 1']);
    expect(lines(await log(run.id)).at(-1)).toBe('run.cancelled');
  });

  it('because its worker died', async () => {
    const left: string[] = [];
    const hangs = () => new Promise<void>(() => {});
    const first = engineWith({ hangs: caller([], hangs) });
    const { run } = await first.send('hangs');
    for await (const batch of first.engine.tail(anna, run.id, 0)) if (lines(batch).includes('step.completed s1')) break;
    await first.crash();
    const second = engineWith({ hangs: caller(left, hangs) }, { folder: first.folder, start: false });
    await second.engine.cancelRun(anna, run.id);
    second.engine.start();
    expect(lines(await second.log(run.id)).at(-1)).toBe('run.cancelled');
    await expect.poll(() => left).toEqual(['call: line 1']);
  });

  it('because it was lost twice and waits until another one of that kind has begun', async () => {
    const left: string[] = [];
    const hangs = () => new Promise<void>(() => {});
    const settings = { leaseMs: 60 };
    const agents = { first: hangs, hangs: caller(left, hangs) };
    const one = engineWith(agents, { settings });
    const { folder } = one;
    const ids: string[] = [];
    for (const agent of ['first', 'hangs']) ids.push((await one.send(agent)).run.id);
    const until = async ({ engine }: typeof one, id: string | undefined, line: string) => {
      const seen: string[] = [];
      for await (const batch of engine.tail(anna, id ?? '', 0))
        if (seen.push(...lines(batch)) && seen.includes(line)) return;
    };
    await until(one, ids[1], 'step.completed s1');
    await one.crash();
    const two = engineWith(agents, { folder, settings });
    for (const id of ids) await until(two, id, 'run.started 2');
    await two.crash();
    const three = engineWith(agents, { folder, settings });
    await until(three, ids[0], 'run.retried');
    await until(three, ids[1], 'run.started 3');
    await three.engine.cancelRun(anna, ids[1] ?? '');
    const log = lines(await three.log(ids[1] ?? ''));
    expect(log.at(-1)).toBe('run.cancelled');
    expect(log).not.toContain('run.retried');
    await expect.poll(() => left).toEqual(['call: line 1']);
  });

  it('but not of one that it is working on, whose signal says so', async () => {
    const left: string[] = [];
    const hangs = caller(
      left,
      (_turn, _emit, signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    );
    const { engine, send, log } = engineWith({ hangs });
    const { run } = await send('hangs');
    for await (const batch of engine.tail(anna, run.id, 0)) if (lines(batch).includes('step.completed s1')) break;
    await engine.cancelRun(anna, run.id);
    expect(lines(await log(run.id)).at(-1)).toBe('run.cancelled');
    expect(left).toEqual([]);
  });
});
