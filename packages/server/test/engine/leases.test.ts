import { expect, it } from 'vitest';
import type { Lease } from '../../src/ports/index.ts';
import { engines, lines } from './kit.ts';

const engineWith = engines();

it('an answer about an old lease does not end the work under a new one', async () => {
  const again = Promise.withResolvers<void>();
  const told = Promise.withResolvers<void>();
  const leases: Lease[] = [];
  const { send, store, log } = engineWith(
    {
      async worker({ attempt }, emit) {
        // The first attempt hears nothing of what became of its lease.
        if (attempt === 1) await new Promise<never>(() => {});
        again.resolve();
        await told.promise;
        emit.text('Done.');
      },
    },
    {
      settings: { leaseMs: 600 },
      wrap: (inner) => ({
        ...inner,
        async startRun(scope, command) {
          const started = await inner.startRun(scope, command);
          if (started.lease) leases.push(started.lease);
          return started;
        },
        async renew(asked, at) {
          const isOld = asked.some(({ epoch }) => epoch === 1);
          // The network is slow: by the time that it asks, the run was given back, and claimed anew.
          if (isOld) await again.promise;
          const renewed = await inner.renew(asked, at);
          if (isOld) setImmediate(told.resolve);
          return renewed;
        },
      }),
    },
  );
  const { run } = await send('worker');
  await store.release(leases);
  expect(lines(await log(run.id)).filter((line) => !line.startsWith('delta'))).toEqual([
    'run.created',
    'run.started 1',
    'run.started 2',
    'message.started',
    'completed Done.',
    'run.completed',
  ]);
});
