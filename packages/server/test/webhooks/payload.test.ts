import { describe, expect, test } from 'vitest';
import { ClewError, type Message, type Run } from '../../src/model/index.ts';
import { type PayloadStore, payloadOf } from '../../src/webhooks/payload.ts';
import { type Subscriber, wants } from '../../src/webhooks/subscriber.ts';

const at = Date.parse('2026-02-06T10:00:00.000Z');
const run = {
  id: 'run-1',
  tenantId: 'tenant',
  userId: 'user-1',
  userName: 'CANARY Ana',
  threadId: 'thread-1',
  agentId: 'agent-1',
  agentName: 'guide',
  status: 'completed',
  messageId: 'asked',
  context: { secret: 'CANARY context' },
  options: { channel: 'shop', user_payload: 'CANARY payload' },
  createdAt: at - 1_000,
  endedAt: at,
  error: null,
} as unknown as Run;
const said = (id: string, createdAt: number, text: string) =>
  ({
    id,
    createdAt,
    parts: [{ type: 'text', text }],
    steps: [{ stepId: 's1', kind: 'tool', name: 'look_up', input: 'CANARY input' }],
    state: { content: { 1: { feedback: { is_positive: false, text: 'CANARY why', selected_categories: ['Slow'] } } } },
  }) as unknown as Message;

/** A store that has one run with two messages, or not any more. */
function storeOf(change: Partial<Run> = {}, gone = false): PayloadStore {
  const found = <T>(value: T) => (gone ? Promise.reject(new ClewError('run_not_found')) : Promise.resolve(value));
  return {
    readRun: () => found({ ...run, ...change }),
    listRunMessages: () => found([said('m1', at - 5, 'CANARY question'), said('m2', at + 5, 'CANARY answer')]),
    findMessage: () => found(said('m1', at, 'CANARY answer')),
  };
}

const fact = { tenantId: 'tenant', runId: 'run-1', messageId: null, at };
const tell = (type: 'run.completed' | 'run.failed' | 'run.waiting' | 'feedback', include: Subscriber['include'] = []) =>
  payloadOf({ ...fact, type, messageId: type === 'feedback' ? 'm1' : null }, { include }, storeOf());

const ids = {
  run_id: 'run-1',
  thread_id: 'thread-1',
  agent_id: 'agent-1',
  agent_name: 'guide',
  channel: 'shop',
  user_id: 'user-1',
  created_at: '2026-02-06T09:59:59.000Z',
};

describe('what a subscriber is told', () => {
  test('is ids, times and codes', async () => {
    expect(await tell('run.completed')).toEqual({
      type: 'run.completed',
      timestamp: '2026-02-06T10:00:00.000Z',
      data: { ...ids, ended_at: '2026-02-06T10:00:00.000Z', message_id: 'm1' },
    });
    expect(await tell('feedback')).toMatchObject({
      data: { ...ids, message_id: 'm1', is_positive: false, categories: ['Slow'] },
    });
    const all = await Promise.all(
      (['run.completed', 'run.failed', 'run.waiting', 'feedback'] as const).map((type) => tell(type)),
    );
    expect(JSON.stringify(all)).not.toContain('CANARY');
  });

  test('is texts and names where it asked for them, and never what tools were given', async () => {
    expect(await tell('run.waiting', ['text', 'user'])).toMatchObject({
      data: { user_name: 'CANARY Ana', message_id: 'm1', text: 'CANARY question' },
    });
    expect(await tell('feedback', ['text'])).toMatchObject({ data: { text: 'CANARY why' } });
    const everything = JSON.stringify([
      await tell('run.completed', ['text', 'user']),
      await tell('feedback', ['text']),
    ]);
    expect(everything).not.toMatch(/CANARY (input|payload|context)/);
  });

  test('is of a failure what a visitor would read', async () => {
    const error = { code: 'model_refused', message: 'CANARY https://models.internal refused the key' };
    const payload = await payloadOf({ ...fact, type: 'run.failed' }, { include: ['text'] }, storeOf({ error }));
    expect(payload.data).toMatchObject({ error: { code: 'model_refused', message: expect.any(String) } });
    expect(JSON.stringify(payload)).not.toContain('CANARY');
  });

  test('is nothing of a conversation that was deleted', async () => {
    const told = payloadOf({ ...fact, type: 'run.completed' }, { include: [] }, storeOf({}, true));
    await expect(told).rejects.toMatchObject({ code: 'run_not_found' });
  });
});

test('a subscriber hears of its events, channels and agents', () => {
  const all = { events: ['run.completed'], channels: null, agents: null } as unknown as Subscriber;
  const done = { type: 'run.completed', agentName: 'guide', channel: 'shop' } as const;
  expect(wants(all, done)).toBe(true);
  expect(wants(all, { ...done, type: 'run.failed' })).toBe(false);
  expect(wants(all, { ...done, channel: null })).toBe(true);
  expect(wants({ ...all, channels: ['shop'] }, done)).toBe(true);
  expect(wants({ ...all, channels: ['shop'] }, { ...done, channel: null })).toBe(false);
  expect(wants({ ...all, agents: ['echo'] }, done)).toBe(false);
});
