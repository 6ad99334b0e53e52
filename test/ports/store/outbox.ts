import { describe, expect, it } from 'vitest';
import {
  type NewDelivery,
  type OutboxEntry,
  WEBHOOK_EVENTS,
  WEBHOOKS_SETTING,
  type WebhookEvent,
} from '../../../packages/server/src/ports/index.ts';
import { anna, answerTo, begin, command, type InTest, RUNNING, say, T0, uuid } from './kit.ts';

const done = { type: 'run.completed', at: T0 + 2, data: { context: {} } } as const;
const cancelled = { type: 'run.cancelled', at: T0 + 3, data: { reason: 'requested' } } as const;
const waiting = { type: 'run.waiting', at: T0 + 4, data: { waitId: 'w1', messageId: uuid('91') } } as const;

/** What one subscriber is told of an entry. */
function delivery(entry: OutboxEntry, change: Partial<NewDelivery> = {}): NewDelivery {
  const { n, ...fact } = entry;
  return { ...fact, entry: n, id: `msg_${n}`, endpoint: 'shop', ...change };
}

/** Cases of the contract of `Store`: the outbox of webhooks. */
export function outboxCases({ store }: InTest): void {
  const listen = (...types: WebhookEvent[]) => store().subscribe(types);
  const told = async () => (await store().readOutbox(10)).map(({ n: _, ...fact }) => fact);
  const started = (n: string) => ({ runId: uuid(`5${n}`), threadId: uuid(`4${n}`), message: say('Hello') });
  const complete = async (n: string) => {
    const { lease } = await begin(store(), started(n));
    await store().append(lease, 2, [done], { status: 'completed' });
  };
  /** One delivery to `shop`, due at T0. */
  const one = async () => {
    await listen('run.completed');
    await complete('1');
    const [entry] = (await store().readOutbox(1)) as [OutboxEntry];
    await store().fanOut([entry.n], [delivery(entry)], T0);
    return entry;
  };
  const claim = (at: number, until = at + 100, endpoints = ['shop']) =>
    store().claimDeliveries(endpoints, { at, until, limit: 10 });

  describe('the outbox', () => {
    it('holds nothing that nobody subscribes to', async () => {
      await complete('1');
      await listen('run.failed');
      await complete('2');
      expect(await told()).toEqual([]);
      await listen('run.completed');
      await listen();
      await complete('3');
      expect(await told()).toEqual([]);
    });

    it('leaves a store alone that nobody ever subscribed to', async () => {
      await listen();
      expect(await store().readSetting(WEBHOOKS_SETTING)).toBeUndefined();
      await listen('feedback');
      expect(await store().readSetting(WEBHOOKS_SETTING)).toEqual(['feedback']);
    });

    it('has an entry for every end of a run and every wait, whoever writes it', async () => {
      await listen(...WEBHOOK_EVENTS);
      await complete('1');
      const second = await begin(store(), started('2'));
      await store().append(second.lease, 2, [waiting], { status: 'waiting' });
      await store().requestCancel(anna, second.run.id, cancelled);
      const { run } = await store().startRun(anna, command(started('3')));
      await store().requestCancel(anna, run.id, cancelled);
      const fact = { tenantId: anna.tenantId, messageId: null };
      expect(await told()).toEqual([
        { ...fact, type: 'run.completed', runId: uuid('51'), at: T0 + 2 },
        { ...fact, type: 'run.waiting', runId: uuid('52'), at: T0 + 4 },
        { ...fact, type: 'run.cancelled', runId: uuid('52'), at: T0 + 3 },
        { ...fact, type: 'run.cancelled', runId: uuid('53'), at: T0 + 3 },
      ]);
    });

    it('has none for what was not written: an append whose lease is lost', async () => {
      await listen(...WEBHOOK_EVENTS);
      const { lease } = await begin(store());
      await store().append(lease, 2, [{ type: 'run.started', at: T0, data: { epoch: 1 } }], RUNNING);
      await expect(store().append(lease, 2, [done], { status: 'completed' })).rejects.toThrow();
      expect(await told()).toEqual([]);
    });

    it('has an entry for feedback on an answer, and for no other state that a client keeps', async () => {
      await listen('feedback');
      const { run, message, lease } = await begin(store());
      const answer = { ...answerTo(message, 'Hi'), runId: run.id };
      await store().append(lease, 2, [{ type: 'message.completed', at: T0, data: { message: answer } }, done], {
        status: 'completed',
      });
      const keep = (messageId: string, state: { [name: string]: boolean }, at: number) =>
        store().updateMessage(anna, run.threadId, messageId, { state: { content: { 1: state } }, at });
      await keep(answer.id, { read: true }, T0 + 5);
      await keep(message.id, { feedback: true }, T0 + 6);
      await keep(answer.id, { feedback: true }, T0 + 7);
      await keep(answer.id, { feedback: true }, T0 + 8);
      expect(await told()).toEqual([
        { type: 'feedback', tenantId: anna.tenantId, runId: run.id, messageId: answer.id, at: T0 + 7 },
      ]);
    });

    it('turns an entry into deliveries once, whoever asks', async () => {
      const entry = await one();
      await store().fanOut([entry.n], [delivery(entry, { id: 'msg_again' })], T0);
      expect(await store().readOutbox(10)).toEqual([]);
      const found = await store().listDeliveries({ limit: 10 });
      const { n: _, ...fact } = entry;
      expect(found).toEqual([
        { ...fact, id: `msg_${entry.n}`, endpoint: 'shop', attempts: 0, nextAt: T0, problem: null },
      ]);
    });

    it('gives each delivery to one who asks, when it is due, and again when its attempt is lost', async () => {
      await one();
      expect(await claim(T0 - 1)).toEqual([]);
      expect(await claim(T0, T0 + 100, ['other'])).toEqual([]);
      const both = await Promise.all([claim(T0), claim(T0)]);
      expect(both.flat()).toMatchObject([{ endpoint: 'shop', attempts: 1, nextAt: T0 + 100 }]);
      expect(await claim(T0 + 99)).toEqual([]);
      expect(await claim(T0 + 100)).toMatchObject([{ attempts: 2 }]);
    });

    it('keeps what failed until it is due again, and what is dead until it is asked for', async () => {
      await one();
      const [{ id, attempts }] = (await claim(T0)) as unknown as [{ id: string; attempts: number }];
      await store().settleDelivery(id, attempts, { state: 'failed', nextAt: T0 + 50, problem: 'status 500' });
      await store().settleDelivery(id, 7, { state: 'dead', problem: 'of another attempt' });
      expect(await claim(T0 + 49)).toEqual([]);
      expect(await claim(T0 + 50)).toMatchObject([{ id, attempts: 2, problem: 'status 500' }]);
      await store().settleDelivery(id, 2, { state: 'dead', problem: 'status 410' });
      expect(await claim(T0 + 1_000_000)).toEqual([]);
      expect(await store().countDeliveries()).toEqual({ shop: { pending: 0, dead: 1 } });
      expect(await store().retryDeliveries(['msg_unknown'], T0)).toBe(0);
      expect(await store().retryDeliveries(null, T0 + 60)).toBe(1);
      expect(await store().countDeliveries()).toEqual({ shop: { pending: 1, dead: 0 } });
      expect(await claim(T0 + 60)).toMatchObject([{ id, attempts: 1, problem: 'status 410' }]);
    });

    it('forgets what was delivered, and what has been dead for long', async () => {
      const entry = await one();
      const [first] = await claim(T0);
      await store().settleDelivery(first?.id ?? '', 1, { state: 'delivered' });
      expect(await store().listDeliveries({ limit: 10 })).toEqual([]);
      await complete('2');
      const [second] = (await store().readOutbox(1)) as [OutboxEntry];
      await store().fanOut(
        [second.n],
        [delivery(second, { id: 'a' }), delivery(second, { id: 'b', endpoint: 'crm' })],
        T0,
      );
      await claim(T0);
      await store().settleDelivery('a', 1, { state: 'dead', problem: 'p' });
      expect(await store().listDeliveries({ endpoint: 'crm', limit: 10 })).toMatchObject([{ id: 'b' }]);
      expect(await store().pruneDeliveries(entry.at)).toBe(0);
      expect(await store().pruneDeliveries(entry.at + 1)).toBe(1);
      expect(await store().listDeliveries({ limit: 10 })).toMatchObject([{ id: 'b' }]);
    });
  });
}
