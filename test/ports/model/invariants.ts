import { expect } from 'vitest';
import { isEnded, isTerminal, PROGRESS, type Run, type RunEvent } from '../../../packages/server/src/model/index.ts';
import type { Store } from '../../../packages/server/src/ports/index.ts';
import { operator } from '../store/kit.ts';
import type { World } from './world.ts';

const ALL = 10_000;
const LAPSED_MS = 1_000_000;
/** Longer than a store waits until it looks again for runs that nobody let begin. */
const AGAIN_MS = 10_000;

/** Ends everything that has not ended, as other nodes would: a run that nobody can claim and nobody can cancel is left over. */
export async function settle(world: World): Promise<void> {
  const store = world.stores[0] as Store;
  await expectQueue(store);
  let at = world.now() + LAPSED_MS;
  for (let idle = 0; idle < 3; ) {
    at += AGAIN_MS;
    const { items } = await store.listRuns(operator, { status: ['waiting'], limit: ALL, offset: 0 });
    for (const { id } of items)
      await store.requestCancel(operator, id, { type: 'run.cancelled', at, data: { reason: 'requested' } });
    const lease = await (world.stores[at % world.stores.length] as Store).claimRun({ worker: 'last', ttlMs: 1e9 }, at);
    if (lease) {
      const end = { type: 'run.completed', at, data: { context: {} } } as const;
      await store.append(lease, lease.run.lastSeq, [end], { status: 'completed' });
    }
    idle = lease || items.length > 0 ? 0 : idle + 1;
  }
}

/** What holds when all is over, on each node. */
export async function expectTruth(world: World): Promise<void> {
  for (const store of world.stores) {
    const runs = await runsOf(store);
    const logs = new Map<string, readonly RunEvent[]>();
    for (const run of runs) {
      const log = await store.readEvents(operator, run.id, 0, -1);
      logs.set(run.id, log);
      expectLog(run, log);
      expectPrefix(world.read.get(run.id) ?? [], log);
    }
    await expectThreads(store, runs, logs);
    await expectQueue(store);
    await expectTold(store, runs, logs);
  }
  for (const [key, runs] of world.sent) expect([...runs], `what key ${key} led to`).toHaveLength(1);
}

/** The oldest first. */
async function runsOf(store: Store): Promise<readonly Run[]> {
  return (await store.listRuns(operator, { limit: ALL, offset: 0 })).items.toReversed();
}

function expectLog(run: Run, log: readonly RunEvent[]): void {
  const types = log.map(({ seq, type }) => `${seq} ${type}`);
  let next = 1;
  for (const event of log) {
    expect(event.type === 'log.pruned' ? event.data.from : event.seq, `no gap in ${types}`).toBe(next);
    next = event.seq + 1;
  }
  expect(run.lastSeq).toBe(next - 1);
  expect(log.filter(isTerminal), `one end in ${types}`).toHaveLength(1);
  expect(log.at(-1)?.type, `the end of ${types}`).toBe(`run.${run.status}`);
  const epochs = log.flatMap((event) => (event.type === 'run.started' ? [event.data.epoch] : []));
  expect(epochs, `epochs in ${types}`).toEqual(Array.from({ length: run.epoch }, (_, n) => n + 1));
  for (const [n, { type }] of log.entries())
    if (type === 'run.waiting') expect(types[n + 1]).toMatch(/run\.(resumed|cancelled|failed)$/);
}

/** What a reader got while it was written is the beginning of what stands there: deltas may have been pruned since, or been so by then. */
function expectPrefix(read: readonly RunEvent[], log: readonly RunEvent[]): void {
  const lasting = (events: readonly RunEvent[]) =>
    events.filter(({ type }) => !PROGRESS.has(type) && type !== 'log.pruned');
  const got = lasting(read);
  expect(got, 'what a reader got').toEqual(lasting(log).slice(0, got.length));
}

async function expectThreads(store: Store, runs: readonly Run[], logs: ReadonlyMap<string, readonly RunEvent[]>) {
  const { items: threads } = await store.listThreads(operator, { limit: ALL, offset: 0 });
  for (const { id: threadId } of threads) {
    const { items } = await store.listMessages(operator, threadId, { limit: ALL, offset: 0 });
    const ids = items.map(({ id }) => id);
    expect(new Set(ids).size, 'each message once').toBe(ids.length);
    const own = runs.filter((run) => run.threadId === threadId);
    for (const run of own) {
      const made = (logs.get(run.id) ?? []).flatMap(messagesIn);
      expect(
        ids.filter((id) => made.includes(id)),
        'messages of a run in the order of its log',
      ).toEqual(made);
      expect(ids.filter((id) => id === run.messageId)).toHaveLength(1);
    }
    const said = items.flatMap(({ role, runId }) => (role === 'assistant' && runId !== null ? [runId] : []));
    const turns = said.filter((runId, n) => said[n - 1] !== runId);
    const order = own.map(({ id }) => id);
    expect(turns, 'answers in the order of the runs').toEqual(order.filter((id) => turns.includes(id)));
    const assistant = items.filter(({ role }) => role === 'assistant').map(({ id }) => id);
    expect(assistant.length).toBe(own.flatMap(({ id }) => (logs.get(id) ?? []).flatMap(answersIn)).length);
  }
}

function answersIn(event: RunEvent): string[] {
  return event.type === 'message.completed' ? [event.data.message.id] : [];
}

function messagesIn(event: RunEvent): string[] {
  if (event.type === 'run.resumed' && !event.data.answer.expired) return [event.data.answer.id];
  return answersIn(event);
}

async function expectQueue(store: Store): Promise<void> {
  const [measured, { items }] = await Promise.all([
    store.measureQueue(),
    store.listRuns(operator, { limit: ALL, offset: 0 }),
  ]);
  const count = (status: Run['status']) => items.filter((run) => run.status === status).length;
  expect(measured.queued).toBe(count('queued'));
  expect(measured.waiting).toBe(count('waiting'));
  expect(measured.running.reduce((sum, { runs }) => sum + runs, 0)).toBe(count('running'));
}

/** Subscribers are told once of each end and of each question. */
async function expectTold(store: Store, runs: readonly Run[], logs: ReadonlyMap<string, readonly RunEvent[]>) {
  const facts = [...(await store.readOutbox(ALL)), ...(await store.listDeliveries({ limit: ALL }))];
  const told = new Map<string, string[]>();
  for (const { runId, type } of facts) told.set(runId, [...(told.get(runId) ?? []), type]);
  for (const run of runs.filter(({ status }) => isEnded(status))) {
    const happened = (logs.get(run.id) ?? []).flatMap((event) =>
      isTerminal(event) || event.type === 'run.waiting' ? [event.type] : [],
    );
    expect((told.get(run.id) ?? []).toSorted(), `what webhooks tell of ${run.id}`).toEqual(happened.toSorted());
  }
}
