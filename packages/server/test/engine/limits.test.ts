import { describe, expect, it } from 'vitest';
import type { Runtime } from '../../src/ports/index.ts';
import { anna, engines, lines } from './kit.ts';

const engineWith = engines();

const hang: Runtime['run'] = () => new Promise(() => {});

const say =
  (text: string, then: Runtime['run']): Runtime['run'] =>
  async (turn, emit, signal) => {
    emit.text(text);
    await emit.flush();
    await then(turn, emit, signal);
  };

const done = async () => {};

describe('a run whose worker dies again and again', () => {
  /** Works on a run with an engine for each agent, which ends when the log has this line; then what the last one makes of the run. */
  async function work(
    agents: readonly [Runtime['run'], line: string][],
    how: 'crash' | 'stop',
    last: Runtime['run'],
    { apartMs = 20 } = {},
  ) {
    const settings = { attempts: 3, leaseMs: 60, apartMs };
    const all = agents.map(([agent]) => agent);
    const first = engineWith({ agent: all[0] ?? hang }, { settings });
    const { folder } = first;
    const { run } = await first.send('agent');
    for (const [n, [agent, line]] of agents.entries()) {
      const { engine, crash, store } = n === 0 ? first : engineWith({ agent }, { folder, settings });
      const seen: string[] = [];
      for await (const batch of engine.tail(anna, run.id, 0)) {
        seen.push(...lines(batch));
        const begun = seen.indexOf(`run.started ${n + 1}`);
        if (begun >= 0 && seen.indexOf(line, begun) >= 0) break;
      }
      if (how === 'crash') await crash();
      else await engine.stop(0).then(() => store.close());
    }
    const next = engineWith({ agent: last, other: say('Fine.', done) }, { folder, settings });
    return { next, log: lines(await next.log(run.id)) };
  }

  it('fails after some attempts apart from others, with a word to whoever runs the server, and others go on', async () => {
    const agents: [Runtime['run'], string][] = [1, 2, 3, 4, 5].map((n) => [
      hang,
      n < 3 ? `run.started ${n}` : 'run.retried',
    ]);
    const { next, log } = await work(agents, 'crash', hang);
    expect(log).toEqual([
      'run.created',
      ...['run.started 1', 'run.started 2'],
      ...['run.started 3', 'run.retried', 'run.started 4', 'run.retried', 'run.started 5', 'run.retried'],
      ...['run.started 6', 'run.failed run_abandoned'],
    ]);
    expect(String(next.defects)).toContain(
      'The agent agent had just begun when the server stopped without a word, 5 times in a row',
    );
    const { run } = await next.send('other');
    expect(lines(await next.log(run.id)).at(-1)).toBe('run.completed');
  });

  it('goes on as long as it says something new', async () => {
    const texts = ['a', 'ab', 'abc', 'abcd', 'abcde', 'abcdef', 'abcdefg'];
    const agents = texts.map((text): [Runtime['run'], string] => [say(text, hang), `delta 0 ${text.at(-1)}`]);
    const { log } = await work(agents, 'crash', say('abcdefgh', done));
    expect(log.slice(-4)).toEqual(['run.started 8', 'delta 0 h', 'completed abcdefgh', 'run.completed']);
    expect(log).not.toContain('run.retried');
  });

  it('goes on when something else kills its server again and again', async () => {
    const agents = [1, 2, 3, 4, 5, 6, 7, 8].map((n): [Runtime['run'], string] => [
      hang,
      n === 3 ? 'run.retried' : `run.started ${n}`,
    ]);
    const { log } = await work(agents, 'crash', done, { apartMs: 500 });
    expect(log.slice(-3)).toEqual(['run.started 9', 'run.retried', 'run.completed']);
  });

  it('goes on when it was given back', async () => {
    const agents = [1, 2, 3, 4, 5, 6].map((n): [Runtime['run'], string] => [hang, `run.started ${n}`]);
    const { log } = await work(agents, 'stop', done);
    expect(log.slice(-2)).toEqual(['run.started 7', 'run.completed']);
  });
});

describe('an agent that says more than a run may', () => {
  it('is stopped, at once where it says it all in one breath, and what it said is kept', async () => {
    let reason: unknown;
    const { send, log, defects } = engineWith(
      {
        async endless(_turn, emit, signal) {
          signal.addEventListener('abort', () => {
            reason = signal.reason;
          });
          for (;;) emit.text('and so on, ');
        },
      },
      { settings: { runCharacters: 1_000 } },
    );
    const { run } = await send('endless');
    const events = lines(await log(run.id));
    expect(events.at(-1)).toBe('run.failed run_too_long');
    expect(events.at(-2)).toMatch(/^completed incomplete (and so on, ){70,100}$/);
    expect(reason).toMatchObject({ why: 'too_long' });
    expect(String(defects)).toContain('The agent endless said more than one run may (`engine.runCharacters`)');
  });

  it('is stopped where it says it in steps, and those of earlier attempts count', async () => {
    const say: Runtime['run'] = async (turn, emit) => {
      for (let n = 0; ; n += 1) {
        await emit.step({ kind: 'tool', name: 'look', title: 'Looking' }, async () => 'x'.repeat(300));
        if (turn.attempt === 1 && n === 1) await new Promise(() => {});
      }
    };
    const settings = { runCharacters: 1_000, leaseMs: 60 };
    const first = engineWith({ say }, { settings });
    const { run } = await first.send('say');
    for await (const batch of first.engine.tail(anna, run.id, 0)) if (lines(batch).includes('step.completed s2')) break;
    await first.crash();
    const second = engineWith({ say }, { folder: first.folder, settings });
    const events = lines(await second.log(run.id));
    expect(events.filter((line) => line.startsWith('step.completed'))).toEqual([
      'step.completed s1',
      'step.completed s2',
    ]);
    expect(events.at(-1)).toBe('run.failed run_too_long');
  });

  it('is not stopped for what its message repeats when it is complete', async () => {
    const { send, log } = engineWith(
      { says: (_turn, emit) => emit.message([{ type: 'text', text: 'x'.repeat(600) }]) },
      { settings: { runCharacters: 1_000 } },
    );
    const { run } = await send('says');
    expect(lines(await log(run.id)).at(-1)).toBe('run.completed');
  });
});
