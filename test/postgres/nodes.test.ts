import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LeaseLost, type Store } from '../../packages/server/src/ports/index.ts';
import { createDatabase } from '../../packages/server/src/storage/postgres/database.ts';
import { createStore } from '../../packages/server/src/storage/postgres/store.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { anna, begin, command, delta, end, RUNNING, say, T0, uuid } from '../ports/store/kit.ts';

/** What the contract of `Store` says of one process, held for two on the same database. */

let database: TestDatabase;
let one: Store;
let two: Store;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.empty();
  [one, two] = [1, 2].map(() => createStore(createDatabase({ url: database.url, connections: 4, prepare: true }))) as [
    Store,
    Store,
  ];
});
afterEach(async () => {
  await Promise.all([one.close(), two.close()]);
});

const claimOf = (worker: string) => ({ worker, ttlMs: 1_000 });

/** Cuts every connection that a store has. */
async function disconnect(): Promise<void> {
  await database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'clew'`,
  );
}

describe('two nodes', () => {
  it('take a run over and shut the old worker out, whatever it still says', async () => {
    const { lease, run } = await begin(one);
    await one.append(lease, 2, [delta('a')], RUNNING);
    const taken = await two.claimRun(claimOf('x'), T0 + 5_000);
    expect(taken).toMatchObject({ epoch: 2, run: { id: run.id, lastSeq: 4 } });
    await expect(one.append(lease, 3, [delta('zombie')], RUNNING)).rejects.toBeInstanceOf(LeaseLost);
    expect(await one.renew([lease], T0 + 5_001)).toMatchObject({ lost: [run.id] });
    if (taken) await two.append(taken, 4, [delta('b')], RUNNING);
    for (const store of [one, two]) {
      const log = await store.readEvents(anna, run.id, 0, -1);
      expect(log.map(({ seq, type }) => `${seq} ${type}`)).toEqual([
        '1 run.created',
        '2 run.started',
        '3 message.delta',
        '4 run.started',
        '5 message.delta',
      ]);
    }
  });

  it('leave runs of agents that one of them lacks to the other, but not for ever', async () => {
    const { lease, run } = await begin(one);
    const queued = await two.startRun(anna, command({ runId: uuid('f6'), threadId: uuid('f7') }));
    const stale = { ...claimOf('old project'), agents: ['another agent'] };
    expect(await one.claimRun(stale, T0 + 5_000)).toBeUndefined();
    const fresh = { ...claimOf('new project'), agents: [run.agentId, 'another agent'] };
    expect((await two.claimRun(fresh, T0 + 5_000))?.run.id).toBe(run.id);
    expect((await one.claimRun(stale, T0 + 65_000))?.run.id).toBe(queued.run.id);
    expect(await one.claimRun(stale, T0 + 65_000)).toBeUndefined();
    expect((await one.claimRun(stale, T0 + 66_001))?.run.id).toBe(run.id);
    expect(lease.epoch).toBe(1);
  });

  it('read what the other one writes, as it is written', async () => {
    const { lease, run } = await begin(one);
    for (let seq = 2; seq < 12; seq += 1) {
      await one.append(lease, seq, [delta(`${seq}`)], RUNNING);
      const [event] = await two.readEvents(anna, run.id, seq, 10);
      expect(event).toMatchObject({ seq: seq + 1, data: { text: `${seq}` } });
    }
  });

  it('work on one run of a thread at a time, whichever of them its messages come to', async () => {
    for (let round = 0; round < 15; round += 1) {
      const thread = { threadId: uuid(`4${100 + round}`) };
      const send = (store: Store, n: string) =>
        store.startRun(
          anna,
          command({
            ...thread,
            runId: uuid(`${n}${100 + round}`),
            message: say(n),
            spareMessageId: uuid(`7${n}${100 + round}`),
            claim: claimOf(`w${n}`),
          }),
        );
      const first = await send(one, '1');
      if (first.lease) await end(one, first.lease);
      const both = await Promise.all([send(one, '2'), send(two, '3'), send(one, '5'), send(two, '6')]);
      expect(both.filter(({ lease }) => lease).length).toBeLessThanOrEqual(1);
      const order: string[] = [];
      let lease = both.find((started) => started.lease)?.lease ?? (await one.claimRun(claimOf('x'), T0));
      for (let turn = 0; lease; turn += 1) {
        order.push(lease.run.id);
        // The end, on one node, and what comes meanwhile, on the other one: neither misses the other.
        const [, late] = await Promise.all([end(one, lease), turn === 0 ? send(two, '9') : undefined]);
        lease = late?.lease ?? (await one.claimRun(claimOf('x'), T0));
        expect(await two.claimRun(claimOf('y'), T0)).toBeUndefined();
      }
      expect(order).toHaveLength(5);
    }
  });

  it('give each of many runs to one of many workers', async () => {
    const n = Array.from({ length: 30 }, (_, i) => String(100 + i));
    await Promise.all(
      n.map((i) => one.startRun(anna, command({ runId: uuid(`5${i}`), threadId: uuid(`4${i}`), message: say(i) }))),
    );
    const claims = await Promise.all(
      Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? one : two).claimRun(claimOf(`w${i}`), T0)),
    );
    const got = claims.flatMap((lease) => lease?.run.id ?? []);
    expect(new Set(got).size).toBe(got.length);
    // A claim passes over what another one is about to take: some may find nothing although something is there.
    for (let lease = await two.claimRun(claimOf('last'), T0); lease; lease = await two.claimRun(claimOf('last'), T0))
      got.push(lease.run.id);
    expect(got.sort()).toEqual(n.map((i) => uuid(`5${i}`)).sort());
  });

  it('make one run of what is sent to both at the same time', async () => {
    const once = { key: 'k', fingerprint: 'f' };
    const sent = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 === 0 ? one : two).startRun(anna, command({ runId: uuid(`e${i}`), threadId: uuid(`f${i}`), once })),
      ),
    );
    expect(new Set(sent.map(({ run }) => run.id)).size).toBe(1);
    expect(sent.filter(({ created }) => created)).toHaveLength(1);
  });

  it('keep the order of a thread that both write to', async () => {
    await one.startRun(anna, command());
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 === 0 ? one : two).startRun(anna, command({ runId: uuid(`5${i + 10}`), message: say(`m${i}`) })),
      ),
    );
    const ids = async (store: Store) => (await store.listMessageIds(anna, uuid('41'))).map(({ id }) => id);
    expect(await ids(one)).toHaveLength(21);
    expect(await ids(two)).toEqual(await ids(one));
  });

  it('cannot see what the other one has deleted', async () => {
    const { lease, run } = await begin(one);
    await one.append(lease, 2, [delta('a')], RUNNING);
    await two.deleteThread(anna, run.threadId);
    await expect(one.append(lease, 3, [delta('b')], RUNNING)).rejects.toBeInstanceOf(LeaseLost);
    await expect(one.readEvents(anna, run.id, 0, -1)).rejects.toMatchObject({ code: 'run_not_found' });
  });
});

describe('a database that goes away', () => {
  it('is told from a defect, and is used again once it is back', async () => {
    const { lease } = await begin(one);
    const reading = one.readRun(anna, lease.run.id).catch((error) => {
      expect(error).toMatchObject({ code: 'database_unavailable' });
    });
    await disconnect();
    await reading;
    await one.append(lease, 2, [delta('a')], RUNNING).catch((error) => {
      expect(error).toMatchObject({ code: 'database_unavailable' });
    });
    await one.check();
    expect((await one.readRun(anna, lease.run.id)).lastSeq).toBeGreaterThan(1);
  });

  it('leaves no run behind that was claimed without the worker hearing of it', async () => {
    const { lease, run } = await begin(two, { claim: claimOf('w') });
    // For `one` this is what a claim looks like whose answer was lost with its connection; a worker never takes from itself.
    expect(await one.claimRun(claimOf('w'), T0 + 99_000)).toBeUndefined();
    let lost: unknown;
    while (!lost) {
      const claim = one.claimRun(claimOf('w'), T0 + 99_000).catch((error) => {
        lost = error;
      });
      await disconnect();
      await claim;
    }
    expect(lost).toMatchObject({ code: 'database_unavailable' });
    const found = await one.claimRun(claimOf('w'), T0 + 99_000);
    expect(found).toMatchObject({ epoch: 2, run: { id: run.id } });
    await expect(two.append(lease, 2, [delta('zombie')], RUNNING)).rejects.toBeInstanceOf(LeaseLost);
  });
});
