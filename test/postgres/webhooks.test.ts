import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import type { Store } from '../../packages/server/src/ports/index.ts';
import { createDatabase } from '../../packages/server/src/storage/postgres/database.ts';
import { createStore } from '../../packages/server/src/storage/postgres/store.ts';
import { createWebhooks, type Webhooks, type WebhooksOptions } from '../../packages/server/src/webhooks/index.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { begin, say, uuid } from '../ports/store/kit.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const subscriber = {
  name: 'shop',
  url: 'https://shop.example.com/',
  events: ['run.completed'],
  secrets: [`whsec_${Buffer.alloc(32, 1).toString('base64')}`],
  channels: null,
  agents: null,
  include: [],
  timeoutSeconds: 15,
} as const;

/** Nodes on one database, whose clock the test turns. */
function cluster() {
  let past = 0;
  let made = 0;
  const clock = { now: () => Date.now() + past, id: () => uuid(`9${++made}`) };
  const defects: unknown[] = [];
  const node = (post: WebhooksOptions['post']): { store: Store; webhooks: Webhooks } => {
    const store = createStore(createDatabase({ url: database.url, connections: 4, prepare: true }));
    const webhooks = createWebhooks({
      subscribers: [subscriber],
      store,
      clock,
      post,
      userAgent: 'Clew/test',
      onFailure: () => {},
      onDefect: (error) => defects.push(error),
    });
    onTestFinished(async () => {
      await webhooks.stop(0);
      await store.close();
      expect(defects).toEqual([]);
    });
    return { store, webhooks };
  };
  return { node, later: (ms: number) => (past += ms) };
}

async function complete(store: Store, n: number): Promise<void> {
  const { lease } = await begin(store, { runId: uuid(`5${n}`), threadId: uuid(`4${n}`), message: say('Hello') });
  const done = { type: 'run.completed', at: Date.now(), data: { context: {} } } as const;
  await store.append(lease, 2, [done], { status: 'completed' });
}

it('tells of each run once, whichever of two nodes does', async () => {
  await database.empty();
  const { node } = cluster();
  const told: string[][] = [[], []];
  const nodes = told.map((by) =>
    node(async (_, { body }) => {
      by.push(JSON.parse(body).data.run_id);
      return { status: 200, retryAfter: undefined };
    }),
  );
  const { store } = nodes[0] as (typeof nodes)[number];
  await Promise.all(nodes.map(({ webhooks }) => webhooks.start()));
  const runs = Array.from({ length: 40 }, (_, n) => n + 100);
  await Promise.all(runs.map((n) => complete(store, n)));
  await vi.waitFor(async () => {
    expect(told.flat()).toHaveLength(runs.length);
    expect(await store.countDeliveries()).toEqual({});
  }, 10_000);
  expect(told.flat().sort()).toEqual(runs.map((n) => uuid(`5${n}`)).sort());
});

it('goes on with what a node that died has begun, under the same id', async () => {
  await database.empty();
  const { node, later } = cluster();
  const ids: string[] = [];
  const dead = node((_, { headers, signal }) => {
    ids.push(headers['webhook-id'] as string);
    return new Promise((_done, failed) => signal?.addEventListener('abort', () => failed(new Error('dead'))));
  });
  await dead.webhooks.start();
  await complete(dead.store, 200);
  await vi.waitFor(() => expect(ids).toHaveLength(1), 10_000);
  // It begins nothing more, and never hears how the attempt ends.
  void dead.webhooks.stop(60_000);
  const next = node(async (_, { headers }) => {
    ids.push(headers['webhook-id'] as string);
    return { status: 204, retryAfter: undefined };
  });
  later(60_000);
  await next.webhooks.start();
  await vi.waitFor(async () => {
    expect(new Set(ids).size).toBe(1);
    expect(await next.store.countDeliveries()).toEqual({});
  }, 10_000);
  expect(ids).toHaveLength(2);
});
