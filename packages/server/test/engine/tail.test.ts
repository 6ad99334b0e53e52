import { describe, expect, it } from 'vitest';
import { ClewError, type RunEvent } from '../../src/model/index.ts';
import { anna, engines } from './kit.ts';

const engineWith = engines();

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

  it('is silent while the database is away, and goes on', async () => {
    let failures = 3;
    const { send, log } = engineWith(
      {
        async counter(_turn, emit) {
          for (let n = 0; n < 50; n += 1) {
            emit.text(`${n} `);
            await emit.flush();
          }
        },
      },
      {
        wrap: (store) => ({
          ...store,
          async readEvents(...query) {
            failures -= 1;
            if (failures >= 0) throw new ClewError('database_unavailable');
            return store.readEvents(...query);
          },
        }),
      },
    );
    const { run } = await send('counter');
    const events = await log(run.id);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect([failures < 0, events.at(-1)?.type]).toEqual([true, 'run.completed']);
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
