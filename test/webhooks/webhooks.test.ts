import { Webhook } from 'standardwebhooks';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Guarded, say, start } from '../identity/start.ts';
import { type Received, type Receiver, receive } from '../kit/receiver.ts';
import { serve } from '../kit/server.ts';

const secret = (n: number) => `whsec_${Buffer.alloc(32, n).toString('base64')}`;
const SHOP = secret(1);

/** A receiver, and a server that tells it of these events. */
async function both(webhook: object, env = { SHOP_SECRET: SHOP }): Promise<{ server: Guarded; receiver: Receiver }> {
  const receiver = await receive();
  onTestFinished(() => receiver.close());
  const webhooks = [{ name: 'shop', url: `${receiver.url}/hooks?k=1`, secretEnv: 'SHOP_SECRET', ...webhook }];
  const channels = { default: { mode: 'open' }, shop: { mode: 'anonymous' } };
  const server = await start(channels, [], { config: { webhooks }, env });
  onTestFinished(() => server.end());
  return { server, receiver };
}

/** What was received, checked as a subscriber does. Throws when the signature is not right. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every kind
function opened({ body, headers }: Received, key = SHOP): any {
  return new Webhook(key).verify(body, headers as Record<string, string>);
}

/** What operators see, as soon as it fits. */
function eventually(server: Guarded, expected: object) {
  const seen = async () => (await server.call('/private/webhooks', { token: await server.operator() })).body;
  return vi.waitFor(async () => expect(await seen()).toMatchObject(expected), { timeout: 20_000, interval: 50 });
}

describe('a webhook', () => {
  test('is told of a run that has ended, signed, and gone from the list when it has said yes', async () => {
    const { server, receiver } = await both({ events: ['run.completed', 'feedback'] });
    const { runId, threadId } = await say(server, 'CANARY words');
    const first = await receiver.nth(1);
    expect(opened(first)).toEqual({
      type: 'run.completed',
      timestamp: expect.any(String),
      data: expect.objectContaining({ run_id: runId, thread_id: threadId, agent_name: 'echo', channel: null }),
    });
    expect([first.path, first.headers['content-type'], first.headers['webhook-id']]).toEqual([
      '/hooks?k=1',
      'application/json',
      expect.stringMatching(/^msg_[\da-f-]{36}$/),
    ]);
    expect(first.headers['user-agent']).toMatch(/^Clew\//);
    expect(() => opened(first, secret(9))).toThrow();
    expect(first.body).not.toContain('CANARY');

    const messages = (await server.call(`/threads/${threadId}/messages`)).body;
    const answer = messages.at(-1).id;
    const feedback = { is_positive: false, text: 'CANARY why', selected_categories: ['Wrong'] };
    await server.call(`/threads/${threadId}/messages/${answer}`, {
      method: 'PATCH',
      body: { message_state: { content: { 1: { feedback } } } },
    });
    const second = await receiver.nth(2);
    expect(opened(second)).toMatchObject({
      type: 'feedback',
      data: { run_id: runId, message_id: answer, is_positive: false, categories: ['Wrong'] },
    });
    expect(second.body).not.toContain('CANARY');
    await eventually(server, { webhooks: [{ name: 'shop', pending: 0, dead: 0 }], deliveries: [] });
    expect(server.output()).not.toContain(SHOP);
  });

  test('is told of nothing that it did not ask for', async () => {
    const { server, receiver } = await both({
      events: ['run.completed'],
      channel: 'shop',
      agents: ['echo'],
      include: ['text'],
    });
    await say(server, 'by the open channel');
    const headers = { 'x-ibm-wo-orchestrate-id': 'shop', origin: server.url };
    const { access_token: token } = (await server.call('/auth/visitor', { method: 'POST', headers })).body;
    await say(server, 'to another agent', { token, headers, agent: 'secretive' });
    await say(server, 'hello', { token, headers });
    const only = opened(await receiver.nth(1));
    expect(only.data).toMatchObject({ channel: 'shop', agent_name: 'echo', text: expect.stringContaining('hello') });
    await eventually(server, { deliveries: [] });
    expect(receiver.received).toHaveLength(1);
  });

  test('that fails is told again under the same id, and shows why until then', async () => {
    const { server, receiver } = await both({ events: ['run.completed'], secretEnv: 'BOTH' }, {
      BOTH: `${secret(2)} ${SHOP}`,
    } as never);
    receiver.answer((response) => response.writeHead(302, { location: `${receiver.url}/elsewhere` }).end());
    await say(server, 'hello');
    const first = await receiver.nth(1);
    await eventually(server, {
      webhooks: [{ pending: 1 }],
      deliveries: [{ attempts: 1, problem: 'It answered with a redirect (status 302), which is not followed.' }],
    });
    receiver.answer((response) => response.writeHead(204).end());
    const id = String(first.headers['webhook-id']);
    const retried = await server.call('/private/webhooks/retry', {
      method: 'POST',
      token: await server.operator(),
      body: { ids: [id] },
    });
    expect(retried.body).toEqual({ retried: 1 });
    const second = await receiver.nth(2);
    expect(second.headers['webhook-id']).toBe(id);
    expect(second.body).toBe(first.body);
    // While one secret takes over from another, both sign.
    for (const key of [secret(2), SHOP]) expect(opened(second, key).type).toBe('run.completed');
    await eventually(server, { deliveries: [] });
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hooks?k=1', '/hooks?k=1']);
  });

  test('that is gone is given up at once; one that is silent has its time', async () => {
    const { server, receiver } = await both({ events: ['run.completed'], timeoutSeconds: 1 });
    receiver.answer(undefined);
    await say(server, 'hello');
    await eventually(server, {
      deliveries: [{ attempts: 1, problem: 'No answer within 1 s.', next_on: expect.any(String) }],
    });
    receiver.answer((response) => response.writeHead(410).end());
    await say(server, 'hello');
    await eventually(server, {
      webhooks: [{ pending: 1, dead: 1 }],
      deliveries: [{ attempts: 1, problem: 'It answered with status 410.', next_on: null }, {}],
    });
  });

  test('is told though the server was killed before it had heard of it', async () => {
    const { server, receiver } = await both({ events: ['run.completed'], timeoutSeconds: 1 });
    receiver.answer(undefined);
    const { runId } = await say(server, 'hello');
    const first = await receiver.nth(1);
    await server.stop('SIGKILL');
    receiver.answer((response) => response.writeHead(200).end());
    const again = await serve({ project: server.folder, args: ['--log-level', 'debug'], env: { SHOP_SECRET: SHOP } });
    onTestFinished(() => again.stop().then(() => undefined));
    const second = await receiver.nth(2);
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(opened(second).data.run_id).toBe(runId);
  });

  test('is told though the server was killed right after the answer', async () => {
    const { server, receiver } = await both({ events: ['run.completed'] });
    const { runId } = await say(server, 'hello');
    await server.stop('SIGKILL');
    const again = await serve({ project: server.folder, env: { SHOP_SECRET: SHOP } });
    onTestFinished(() => again.stop().then(() => undefined));
    expect(opened(await receiver.nth(1)).data.run_id).toBe(runId);
  });
});

describe('setting up a webhook', () => {
  test('is tried with a test, which says what comes back', async () => {
    const { server, receiver } = await both({ events: ['run.failed'] });
    const token = await server.operator();
    const tried = (name: string) => server.call(`/private/webhooks/${name}/test`, { method: 'POST', token });
    expect((await tried('shop')).body).toEqual({ status: 204, problem: null, ms: expect.any(Number) });
    expect(opened(await receiver.nth(1))).toMatchObject({ type: 'webhook.test', data: { webhook: 'shop' } });
    receiver.answer((response) => response.writeHead(401).end());
    expect((await tried('shop')).body).toMatchObject({ status: 401, problem: 'It answered with status 401.' });
    expect(await tried('nobody')).toMatchObject({ status: 404, body: { code: 'webhook_not_found' } });
    // It is all for operators.
    const headers = { 'x-ibm-wo-orchestrate-id': 'shop', origin: server.url };
    const { access_token: visitor } = (await server.call('/auth/visitor', { method: 'POST', headers })).body;
    for (const [path, method] of [
      ['', 'GET'],
      ['/retry', 'POST'],
      ['/shop/test', 'POST'],
    ] as const) {
      const reply = await server.call(`/private/webhooks${path}`, { method, token: visitor, headers });
      expect([path, reply.status, reply.body.code]).toEqual([path, 403, 'operator_only']);
    }
  });

  test('needs a secret before a server starts', async () => {
    const webhooks = [{ url: 'https://x.example.com', events: ['run.failed'], secretEnv: 'NOT_SET' }];
    await expect(start({ default: { mode: 'open' } }, [], { config: { webhooks } })).rejects.toThrow(
      'The webhook x.example.com needs its secret in NOT_SET',
    );
  });
});
