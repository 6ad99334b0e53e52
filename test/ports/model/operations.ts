import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { isEnded } from '../../../packages/server/src/model/index.ts';
import type { Lease, Started, Store } from '../../../packages/server/src/ports/index.ts';
import { anna, operator, visitor } from '../store/kit.ts';
import { starting, writing } from './drafts.ts';
import { isRefusal, KEPT, type Lots, oneOf, storeOf, type World } from './world.ts';

type Operation = (world: World, lots: Lots) => Promise<unknown>;

/** More than any run or thread has. */
const ALL = 10_000;
const LATER_MS = 5_000;
const FOR_EVER_MS = 1_000_000_000;

/** What nodes do, by name; a name stands in `OFTEN` as often as it is worth. */
export const OPERATIONS = {
  async start(world, lots) {
    await took(world, storeOf(world, lots), await storeOf(world, lots).startRun(...starting(world, lots)));
  },
  /** Some messages for one thread at once, each at another node. */
  async burst(world, lots) {
    const threadId = world.threads[lots.a % KEPT] as string;
    const sending = world.stores.concat(world.stores).map(async (store, node) => {
      const [, asked] = starting(world, { ...lots, node, a: 0, c: 6 * (lots.c + node) });
      const { claim } = asked;
      await took(world, store, await store.startRun(anna, { ...asked, threadId, claim, answerWaiting: false }));
    });
    const refused = (await Promise.allSettled(sending)).flatMap((one) =>
      one.status === 'rejected' ? [one.reason] : [],
    );
    const fault = refused.find((reason) => !isRefusal(reason));
    if (fault) throw fault;
  },
  async startTwice(world, { a, b, ...lots }) {
    const key = `k${b % 4}`;
    const once = { key, fingerprint: 'f' };
    // A key is of one thread, which is kept: what it led to is not taken away.
    const thread = { threadId: world.threads[b % KEPT] as string, doubleTexting: 'enqueue' } as const;
    const send = (store: Store) => {
      const [, asked] = starting(world, { ...lots, a: 0, b });
      return store.startRun(anna, { ...asked, ...thread, once, queue: null, answerWaiting: a % 2 === 0 });
    };
    const both = await Promise.all([
      send(storeOf(world, { ...lots, a, b })),
      send(storeOf(world, { ...lots, a, b }, 1)),
    ]);
    const runs = world.sent.get(key) ?? new Set();
    world.sent.set(key, runs);
    for (const [next, started] of both.entries()) {
      await took(world, storeOf(world, { ...lots, a, b }, next), started);
      runs.add(`${started.run.id} ${started.message.id}`);
    }
  },
  async append(world, { a, b, c }) {
    // The newest more often: those before have ended, or are lost.
    const held = oneOf(a % 4 === 0 ? world.leases : world.leases.slice(-6), b);
    if (!held) return;
    const { events, after } = writing(world, held, c);
    const seq = held.seq - (a % 13 === 0 ? 1 : 0);
    const node = world.stores[Number(held.lease.worker.slice(1, 2)) % world.stores.length] as Store;
    await node.append(held.lease, seq, events, after);
    held.seq = seq + events.length;
  },
  async claim(world, { node, a, b }) {
    const worker = { worker: `w${node % world.stores.length}.${a % 2}`, ttlMs: 1_000 };
    const store = storeOf(world, { node, a, b, c: 0 });
    const lease = await store.claimRun(worker, world.now() + (b % 4 === 0 ? LATER_MS : 0));
    if (!lease) return;
    world.leases.push({ lease, seq: lease.run.lastSeq });
    await expectTurn(store, lease);
  },
  renew: (world, lots) => storeOf(world, lots).renew(some(world, lots), world.now()),
  release: (world, lots) => storeOf(world, lots).release(some(world, lots).slice(-2)),
  cancel: (world, lots) =>
    onRun(world, lots, (store, id) =>
      store.requestCancel(operator, id, { type: 'run.cancelled', at: world.now(), data: { reason: 'requested' } }),
    ),
  answer: (world, lots) =>
    onRun(world, lots, (store, id) =>
      store.answerRun(operator, id, {
        id: randomUUID(),
        parts: [{ type: 'text', text: 'yes' }],
        at: world.now(),
        ...(lots.c % 3 === 0 ? { waitId: 'w1' } : {}),
      }),
    ),
  expire(world, lots) {
    const at = world.now();
    const data = { error: { code: 'answer_timeout', message: 'late' } };
    return storeOf(world, lots).expireWaits(lots.a % 2 === 0 ? at - 20 : null, { type: 'run.failed', at, data });
  },
  remove: (world, lots) => storeOf(world, lots).deleteThread(operator, lost(world, lots.a)),
  sweep(world, lots) {
    const thread = { id: lost(world, lots.a), tenantId: anna.tenantId, userId: anna.userId, mayHaveFiles: false };
    const idle = { visitors: world.now() + FOR_EVER_MS, users: world.now() + FOR_EVER_MS };
    return storeOf(world, lots).removeThreads([thread], lots.b % 2 === 0 ? idle : null);
  },
  move: (world, lots) => storeOf(world, lots).moveThreads(visitor, anna),
  rename: (world, lots) =>
    storeOf(world, lots).updateThread(operator, oneOf(world.threads, lots.a) as string, {
      title: 'x',
      at: world.now(),
    }),
  prune: (world, lots) => storeOf(world, lots).pruneDeltas(world.now() + FOR_EVER_MS, 3),
  archive: (world, lots) => storeOf(world, lots).archiveRuns(world.now() + FOR_EVER_MS, 3),
  async fanOut(world, lots) {
    const entries = await storeOf(world, lots).readOutbox(10);
    const made = entries.map(({ n, ...fact }) => ({ ...fact, entry: n, id: randomUUID(), endpoint: 'shop' }));
    const numbers = entries.map(({ n }) => n);
    world.told.push(...entries);
    const again = made.map((one) => ({ ...one, id: randomUUID() }));
    await Promise.all([
      storeOf(world, lots).fanOut(numbers, made, world.now()),
      storeOf(world, lots, 1).fanOut(numbers, again, world.now()),
    ]);
  },
  /** Goes on reading a log where the last one who did stopped. */
  read: (world, lots) =>
    onRun(world, lots, async (store, id) => {
      const known = world.read.get(id) ?? [];
      const after = known.at(-1)?.seq ?? 0;
      const events = await store.readEvents(operator, id, after, 3);
      // Another one may have read on meanwhile.
      if (world.read.get(id) === undefined || world.read.get(id) === known) world.read.set(id, [...known, ...events]);
    }),
  async list(world, { a, ...lots }) {
    const thread = world.threads[a % KEPT] as string;
    const known = world.listed.get(thread) ?? [];
    const ids = (await storeOf(world, { a, ...lots }).listMessageIds(operator, thread)).map(({ id }) => id);
    expect(ids.slice(0, known.length), 'nothing comes before what was read').toEqual(known);
    if (ids.length > (world.listed.get(thread)?.length ?? 0)) world.listed.set(thread, ids);
  },
  async look(world, lots) {
    const { items } = await storeOf(world, lots).listRuns(operator, { status: ['running'], limit: ALL, offset: 0 });
    const threads = items.map(({ threadId }) => threadId);
    expect(new Set(threads).size, 'runs of a thread that are worked on at once').toBe(threads.length);
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;

/** Names as often as they shall come. */
export const OFTEN: readonly OperationName[] = (
  [
    ['start', 12],
    ['startTwice', 3],
    ['burst', 3],
    ['append', 22],
    ['claim', 12],
    ['answer', 6],
    ['read', 6],
    ['cancel', 4],
    ['renew', 3],
    ['release', 2],
    ['list', 3],
    ['look', 3],
    ['expire', 2],
    ['remove', 3],
    ['sweep', 2],
    ['move', 2],
    ['rename', 1],
    ['prune', 1],
    ['archive', 2],
    ['fanOut', 1],
  ] as const
).flatMap(([name, count]) => Array<OperationName>(count).fill(name));

async function took(world: World, store: Store, { run, lease }: Started): Promise<void> {
  if (!world.runs.includes(run.id)) world.runs.push(run.id);
  if (!lease) return;
  world.leases.push({ lease, seq: 2 });
  await expectTurn(store, lease);
}

/** Whoever has a run has it because all before it in their thread have ended; what has ended stays so. */
async function expectTurn(store: Store, { run: { id: own, threadId } }: Lease): Promise<void> {
  const { items } = await store.listRuns(operator, { threadId, limit: ALL, offset: 0 });
  const place = items.findIndex(({ id }) => id === own);
  const before = place < 0 ? [] : items.slice(place + 1);
  expect(
    before.filter(({ status }) => !isEnded(status)),
    'runs before the one that is worked on',
  ).toEqual([]);
}

function some({ leases }: World, { a, b }: Lots) {
  return leases.filter((_, place) => (place + a) % (1 + (b % 3)) === 0).map(({ lease }) => lease);
}

function lost({ threads }: World, lot: number): string {
  return threads[KEPT + (lot % (threads.length - KEPT))] as string;
}

/** Does it with a run, a new one more often than an old one. */
async function onRun(world: World, lots: Lots, work: (store: Store, id: string) => Promise<unknown>): Promise<void> {
  const id = oneOf(lots.a % 3 === 0 ? world.runs : world.runs.slice(-8), lots.b);
  if (id !== undefined) await work(storeOf(world, lots), id);
}
