import { describe, expect, test, vi } from 'vitest';
import { createReadiness } from '../../src/http/index.ts';
import { ClewError } from '../../src/model/index.ts';
import { endpoint, serve } from './kit.ts';

const clockAt = (now: number) => ({ now: () => now });

describe('a server that drains', () => {
  test('says so in /health, answers as before, and ends connections after their answer', async () => {
    const readiness = createReadiness(clockAt(0));
    const { url } = await serve([endpoint('GET', '/a', () => ({ status: 200, body: { is: 'here' } }))], { readiness });
    const health = async () => {
      const reply = await fetch(`${url}/health`);
      return [reply.status, await reply.json()];
    };
    expect(await health()).toEqual([200, { status: 'ok', version: '1.2.3' }]);
    void readiness.drain(0);
    expect(await health()).toEqual([503, { status: 'draining', version: '1.2.3' }]);
    const reply = await fetch(`${url}/a`);
    expect([await reply.json(), reply.headers.get('connection')]).toEqual([{ is: 'here' }, 'close']);
  });

  test('says before anything else that its store is away', async () => {
    const readiness = createReadiness(clockAt(0));
    const { url } = await serve([], { readiness, check: () => Promise.reject(new Error('away')) });
    void readiness.drain(0);
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'unavailable' });
  });

  test('has no metrics while it cannot look up who asks: 503, and no fault of its own', async () => {
    const { url } = await serve([], {
      identify: () => Promise.reject(new ClewError('database_unavailable')),
      metrics: async () => 'clew_up 1\n',
    });
    const reply = await fetch(`${url}/metrics`);
    expect([reply.status, await reply.json()]).toMatchObject([503, { code: 'database_unavailable' }]);
  });
});

describe('how long it drains', () => {
  test('as long as it is told, where somebody watches it, and no longer for a second call', async () => {
    vi.useFakeTimers();
    try {
      const readiness = createReadiness(clockAt(59_999));
      readiness.asked();
      let over = 0;
      for (const ms of [3_000, 60_000])
        void readiness.drain(ms).then(() => {
          over += 1;
        });
      await vi.advanceTimersByTimeAsync(2_999);
      expect([over, readiness.draining]).toEqual([0, true]);
      await vi.advanceTimersByTimeAsync(1);
      expect(over).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });

  test('not at all, where nobody has asked for a minute', async () => {
    let now = 0;
    const readiness = createReadiness({ now: () => now });
    readiness.asked();
    now = 60_000;
    await readiness.drain(1_000_000);
    expect(readiness.draining).toBe(true);
  });
});
