import { ClewError, type JsonObject } from '../model/index.ts';
import type { Delivery, DeliveryCounts, DeliveryEnd, Store } from '../ports/index.ts';
import { channelOf, payloadOf, teller, testPayload } from './payload.ts';
import { nextAttempt } from './schedule.ts';
import { type Subscriber, wants } from './subscriber.ts';

export interface WebhooksOptions {
  readonly subscribers: readonly Subscriber[];
  readonly store: Store;
  readonly clock: { now(): number; id(): string };
  /** Posts, and follows no redirect. Rejects with an `Error` whose message is a sentence. */
  readonly post: (
    url: string,
    what: {
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      readonly timeoutMs: number;
      readonly signal?: AbortSignal;
    },
  ) => Promise<{ readonly status: number; readonly retryAfter: string | undefined }>;
  /** What the server calls itself to subscribers. */
  readonly userAgent: string;
  /** Told of every attempt that failed. */
  readonly onFailure: (about: { id: string; webhook: string; type: string; attempts: number; problem: string }) => void;
  /** Told of what must not happen: the database refuses, say. The next round tries again. */
  readonly onDefect: (error: unknown) => void;
  /** Numbers from 0 to 1. Default `Math.random`. */
  readonly random?: () => number;
}

/** A subscriber, as its operator sees it. */
export interface WebhookInfo extends Omit<Subscriber, 'secrets'>, DeliveryCounts {}

/** What came of a test. */
export interface TestResult {
  /** Null: there was no answer. */
  readonly status: number | null;
  /** Null: it was taken. */
  readonly problem: string | null;
  readonly ms: number;
}

/** Tells subscribers what happened. Every node that shares the store may do so: each delivery is made by one of them at a time. */
export interface Webhooks {
  /** Says in the store what subscribers want to hear of, and begins to deliver. */
  start(): Promise<void>;
  /** Begins no more attempts; those under way get the grace, then are given up for another node. */
  stop(graceMs: number): Promise<void>;
  list(): Promise<readonly WebhookInfo[]>;
  /** What was not delivered yet, or never will be, the newest first. */
  deliveries(limit: number): Promise<readonly Delivery[]>;
  /** Makes these deliveries due at once, or all that are dead. How many. */
  retry(ids: readonly string[] | null): Promise<number>;
  /** Sends a `webhook.test` now. Throws `webhook_not_found`. */
  test(name: string): Promise<TestResult>;
}

/** How often the outbox is looked at: what happened is told about this late. */
const ROUND_MS = 1_000;
/** Attempts to one subscriber under way at once on this node: a slow one is in nobody's way. */
const AT_ONCE = 8;
const ENTRIES = 100;
/** An attempt whose node has died is begun again so long after it should have ended. */
const MARGIN_MS = 5_000;
const PRUNE_MS = 3_600_000;
const DEAD_MS = 30 * 86_400_000;

export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { subscribers, store, clock, onFailure, onDefect, random = Math.random } = options;
  const active = new Map<string, Set<Promise<void>>>(subscribers.map(({ name }) => [name, new Set()]));
  const stopping = new AbortController();
  let timer: ReturnType<typeof setInterval> | undefined;
  let round: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  let prunedAt = Number.NEGATIVE_INFINITY;

  /** One round at a time; a wish that comes during one is granted after it. */
  function wake(): void {
    again = true;
    if (round || stopped) return;
    round = work()
      .catch(onDefect)
      .finally(() => {
        round = undefined;
      });
  }

  async function work(): Promise<void> {
    while (again && !stopped) {
      again = false;
      if (await spread()) again = true;
      for (const subscriber of subscribers) await claim(subscriber);
      if (clock.now() - prunedAt > PRUNE_MS) {
        prunedAt = clock.now();
        await store.pruneDeliveries(prunedAt - DEAD_MS);
      }
    }
  }

  /** Turns entries of the outbox into deliveries. Whether there may be more. */
  async function spread(): Promise<boolean> {
    const entries = await store.readOutbox(ENTRIES);
    if (entries.length === 0) return false;
    const deliveries = await Promise.all(
      entries.map(async ({ n, ...fact }) => {
        const run = await store.readRun(teller(fact.tenantId), fact.runId).catch(unlessDeleted);
        if (!run) return [];
        const what = { type: fact.type, agentName: run.agentName, channel: channelOf(run) };
        return subscribers
          .filter((one) => wants(one, what))
          .map(({ name }) => ({ ...fact, entry: n, id: `msg_${clock.id()}`, endpoint: name }));
      }),
    );
    await store.fanOut(
      entries.map(({ n }) => n),
      deliveries.flat(),
      clock.now(),
    );
    return entries.length === ENTRIES;
  }

  async function claim(subscriber: Subscriber): Promise<void> {
    const under = active.get(subscriber.name) as Set<Promise<void>>;
    const limit = AT_ONCE - under.size;
    if (limit <= 0 || stopped) return;
    const at = clock.now();
    const until = at + subscriber.timeoutSeconds * 1_000 + MARGIN_MS;
    for (const delivery of await store.claimDeliveries([subscriber.name], { at, until, limit })) {
      const attempt = deliver(subscriber, delivery)
        .catch(onDefect)
        .finally(() => {
          under.delete(attempt);
          wake();
        });
      under.add(attempt);
    }
  }

  async function deliver(subscriber: Subscriber, delivery: Delivery): Promise<void> {
    const { id, attempts } = delivery;
    const payload = await payloadOf(delivery, subscriber, store).catch(unlessDeleted);
    // Whose conversation is deleted is told of no more.
    if (!payload) return store.settleDelivery(id, attempts, { state: 'delivered' });
    const { status, problem, retryAfter } = await send(subscriber, id, payload);
    const end = endOf({ status, problem, attempts, retryAfter });
    await store.settleDelivery(id, attempts, end);
    if (end.state !== 'delivered') {
      onFailure({ id, webhook: subscriber.name, type: delivery.type, attempts, problem: end.problem });
    }
  }

  function endOf(result: Answer & { readonly attempts: number }): DeliveryEnd {
    const { status, problem, attempts, retryAfter } = result;
    if (problem === null) return { state: 'delivered' };
    const at = clock.now();
    if (stopping.signal.aborted) return { state: 'failed', nextAt: at, problem: 'The server stopped meanwhile.' };
    // 410: the subscriber is gone for good.
    const nextAt = status === 410 ? undefined : nextAttempt(attempts, { at, random, retryAfter });
    return nextAt === undefined ? { state: 'dead', problem } : { state: 'failed', nextAt, problem };
  }

  async function send({ url, secrets, timeoutSeconds }: Subscriber, id: string, payload: JsonObject): Promise<Answer> {
    const body = JSON.stringify(payload);
    const at = new Date(clock.now());
    // Loaded when it is wanted: most servers tell nobody.
    const { Webhook } = await import('standardwebhooks');
    const headers = {
      'content-type': 'application/json',
      'user-agent': options.userAgent,
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
    };
    try {
      const { status, retryAfter } = await options.post(url, {
        headers,
        body,
        timeoutMs: timeoutSeconds * 1_000,
        signal: stopping.signal,
      });
      const taken = status >= 200 && status < 300;
      return { status, problem: taken ? null : problemOf(status), retryAfter };
    } catch (error) {
      return { status: null, problem: error instanceof Error ? error.message : String(error), retryAfter: undefined };
    }
  }

  return {
    async start() {
      await store.subscribe([...new Set(subscribers.flatMap(({ events }) => events))].sort());
      if (subscribers.length === 0) return;
      timer = setInterval(wake, ROUND_MS);
      wake();
    },
    async stop(graceMs) {
      stopped = true;
      clearInterval(timer);
      const late = setTimeout(() => stopping.abort(), graceMs);
      await round;
      await Promise.all([...active.values()].flatMap((under) => [...under]));
      clearTimeout(late);
    },
    async list() {
      const counts = await store.countDeliveries();
      return subscribers.map(({ secrets: _, ...one }) => ({
        ...one,
        ...(counts[one.name] ?? { pending: 0, dead: 0 }),
      }));
    },
    deliveries: (limit) => store.listDeliveries({ limit }),
    async retry(ids) {
      const count = await store.retryDeliveries(ids, clock.now());
      if (timer) wake();
      return count;
    },
    async test(name) {
      const subscriber = subscribers.find((one) => one.name === name);
      if (!subscriber) throw new ClewError('webhook_not_found');
      const from = clock.now();
      const { status, problem } = await send(subscriber, `msg_${clock.id()}`, testPayload(name, from));
      return { status, problem, ms: clock.now() - from };
    },
  };
}

/** What a subscriber answered. */
interface Answer {
  /** Null: nothing. */
  readonly status: number | null;
  /** Null: it was taken. */
  readonly problem: string | null;
  readonly retryAfter: string | undefined;
}

function problemOf(status: number): string {
  if (status >= 300 && status < 400) return `It answered with a redirect (status ${status}), which is not followed.`;
  return `It answered with status ${status}.`;
}

function unlessDeleted(error: unknown): undefined {
  if (error instanceof ClewError && /_not_found$/.test(error.code)) return undefined;
  throw error;
}
