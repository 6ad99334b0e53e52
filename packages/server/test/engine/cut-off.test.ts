import { afterEach, describe, expect, it, vi } from 'vitest';
import { ClewError } from '../../src/model/index.ts';
import { anna, engines, lines } from './kit.ts';

const engineWith = engines();
afterEach(() => void vi.useRealTimers());

/** Calls of the store that never answer, as on a network that drops everything. */
const never = () => new Promise<never>(() => {});

describe('a node that is cut off from its database', () => {
  it('ends what its runs do elsewhere once their leases have run out, and gives the runs back when it can', async () => {
    let cut = false;
    const aborted = Promise.withResolvers<string>();
    const attempts: number[] = [];
    const { send, log } = engineWith(
      {
        async caller(_turn, emit, signal) {
          attempts.push(attempts.length);
          if (attempts.length > 1) return emit.text('Done.');
          cut = true;
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
          cut = false;
          aborted.resolve(String(signal.reason.why));
        },
      },
      {
        settings: { leaseMs: 600 },
        wrap: (store) => ({ ...store, renew: (leases, at) => (cut ? never() : store.renew(leases, at)) }),
      },
    );
    const { run } = await send('caller');
    expect(await aborted.promise).toBe('lapsed');
    expect(lines(await log(run.id)).filter((line) => !line.startsWith('delta'))).toEqual([
      'run.created',
      'run.started 1',
      'run.started 2',
      'message.started',
      'completed Done.',
      'run.completed',
    ]);
  });

  it('keeps runs whose leases have run out while it was asleep, if nobody else has taken them', async () => {
    let now = Date.now();
    const gate = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const renewed = Promise.withResolvers<void>();
    let asleep = false;
    const { send, log } = engineWith(
      {
        async sleeper(_turn, emit) {
          started.resolve();
          await gate.promise;
          emit.text('Awake.');
        },
      },
      {
        settings: { leaseMs: 60 },
        clock: { now: () => now, id: () => crypto.randomUUID() },
        wrap: (store) => ({
          ...store,
          async renew(leases, at) {
            const answer = await store.renew(leases, at);
            if (asleep) renewed.resolve();
            return answer;
          },
        }),
      },
    );
    const { run } = await send('sleeper');
    await started.promise;
    now += 3_600_000;
    asleep = true;
    await renewed.promise;
    gate.resolve();
    expect(lines(await log(run.id))).toContain('completed Awake.');
  });

  it.each([
    ['does not answer', never],
    ['cannot be reached', () => Promise.reject(new ClewError('database_unavailable'))],
  ])('lets readers go when its database %s for as long as a lease, without an end of the run', async (_how, answer) => {
    let now = Date.now();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const cut = Promise.withResolvers<void>();
    let isCut = false;
    const gate = Promise.withResolvers<void>();
    const { send, engine } = engineWith(
      {
        async slow(_turn, emit) {
          emit.text('One.');
          await emit.flush();
          await gate.promise;
        },
      },
      {
        clock: { now: () => now, id: () => crypto.randomUUID() },
        wrap: (store) => ({ ...store, readEvents: (...args) => (isCut ? answer() : store.readEvents(...args)) }),
      },
    );
    const { run } = await send('slow');
    const read = async (after: number) => {
      const seen: string[] = [];
      for await (const batch of engine.tail(anna, run.id, after)) {
        seen.push(...lines(batch));
        if (!seen.includes('delta 0 One.')) continue;
        isCut = true;
        cut.resolve();
      }
      return seen;
    };
    const reading = read(0);
    await cut.promise;
    // Asks at the next poll, and hears nothing until the lease is over.
    for (let second = 0; second < 14; second += 1) {
      now += 1_000;
      await vi.advanceTimersByTimeAsync(1_000);
    }
    const seen = await reading;
    expect(seen).not.toContain('run.completed');
    isCut = false;
    gate.resolve();
    expect((await read(seen.length)).at(-1)).toBe('run.completed');
  });
});
