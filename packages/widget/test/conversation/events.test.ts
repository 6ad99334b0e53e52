import { createClient } from '@clew/wire/client';
import { expect, test, vi } from 'vitest';
import { createTokens } from '../../src/conversation/tokens.ts';
import { createBus } from '../../src/events/bus.ts';
import { OPTIONS, reads, tab } from './kit.ts';
import { item } from './server.ts';

const pause = () => new Promise<void>((resolve) => setImmediate(resolve));

test('pre:send changes what leaves and what the bubble shows; send tells the thread', async () => {
  const { chat, bus, server } = tab();
  const sent = vi.fn();
  bus.on('pre:send', async ({ message }) => {
    await pause();
    expect(message.message.message_state?.input?.display_text).toBe('hi');
    message.message.content = 'hi, says Ada';
    message.context = { name: 'Ada' };
    message.message.id = 'another';
  });
  bus.on('pre:send', ({ message }) => {
    message.message.message_state = { input: { display_text: 'hi!' } };
  });
  bus.on('send', ({ message }, instance) => sent(message.thread_id, message.message.content, instance));
  await chat.open();
  await chat.say({ content: 'hi' });
  await reads(chat, '> hi!', ' (working)');
  expect(server.bodies[0]).toMatchObject({ context: { name: 'Ada' }, message: { content: 'hi, says Ada' } });
  expect((server.bodies[0] as { message: { id: string } }).message.id).toBe(chat.state.entries[0]?.key);
  expect(sent.mock.calls).toEqual([['t1', 'hi, says Ada', 'instance']]);
});

test('pre:stream:delta holds back pieces, awaited and in their order', async () => {
  const { chat, bus, server } = tab();
  bus.on('pre:stream:delta', async (event) => {
    expect(event).toMatchObject({ threadId: 't1', runId: 'r1', messageId: undefined });
    await pause();
    if (event.delta.content[0]?.text === 'secret ') event.delta.content = [];
    else event.delta.content = event.delta.content.map((one) => ({ ...one, text: String(one.text).toUpperCase() }));
  });
  await chat.open();
  await chat.say({ content: 'hi' });
  await vi.waitFor(() => server.run);
  for (const text of ['a ', 'secret ', 'b ', 'c']) server.run.delta(text);
  await reads(chat, '> hi', 'A B C (working)');
});

test('pre:receive changes what is shown, and stores it where asked; receive tells what is shown', async () => {
  const { chat, bus, server } = tab();
  const received = vi.fn();
  bus.on('pre:receive', async (event) => {
    await pause();
    event.message.content = [item('Changed.')];
    event.message.message_state = { user_defined: { by: 'page' } };
    event.saveUpdate = true;
  });
  bus.on('receive', ({ message }) => received(message.content));
  await chat.open();
  await chat.say({ content: 'hi' });
  await vi.waitFor(() => server.run);
  server.run.delta('Hel');
  const { id } = server.run.say('Hello.');
  server.run.end();
  await reads(chat, '> hi', 'Changed.');
  expect(received.mock.calls).toEqual([[[item('Changed.')]]]);
  await vi.waitFor(() => expect(server.patches).toHaveLength(1));
  expect(server.patches[0]).toEqual({
    messageId: id,
    change: { content: [item('Changed.')], message_state: { user_defined: { by: 'page' } } },
  });
});

test('pre:threadLoaded changes a thread before it is shown, and stores what it names', async () => {
  const { chat, bus, server } = tab();
  server.store('t1', 'user', 'hi', { id: 'q1' });
  server.store('t1', 'assistant', 'Hello.', { id: 'a1' });
  bus.on('pre:threadLoaded', async (event) => {
    await pause();
    expect(event.messages).toMatchObject([
      { messageId: 'q1', id: 'q1', sender: 'user', content: [item('hi')] },
      { messageId: 'a1', sender: 'response' },
    ]);
    (event.messages[1] as { content: unknown[] }).content = [item('Good day.')];
    event.messageIdsForUpdate = ['a1'];
  });
  await chat.open();
  await chat.openThread('t1');
  await reads(chat, '> hi', 'Good day.');
  await vi.waitFor(() =>
    expect(server.patches).toMatchObject([{ messageId: 'a1', change: { content: [item('Good day.')] } }]),
  );
});

test('authTokenNeeded is fired once for all calls that were refused, and each is made once more', async () => {
  const bus = createBus(() => undefined);
  const tokens = createTokens(bus, { token: 'old', getToken: undefined });
  const asked = vi.fn();
  bus.on('authTokenNeeded', async (event) => {
    asked(event.authToken);
    await pause();
    event.authToken = 'fresh';
  });
  const used: (string | null)[] = [];
  const fetch = async (_: unknown, init?: RequestInit) => {
    const authorization = new Headers(init?.headers).get('authorization');
    used.push(authorization);
    return authorization === 'Bearer fresh' ? Response.json([]) : Response.json({ detail: 'No.' }, { status: 401 });
  };
  const client = createClient({ baseUrl: 'http://localhost', token: tokens.source, fetch });
  await Promise.all([client.agents(), client.messages('t')]);
  expect(asked.mock.calls).toEqual([['old']]);
  expect(used).toEqual(['Bearer old', 'Bearer old', 'Bearer fresh', 'Bearer fresh']);
});

test('without a handler the page is asked for a token; with none there is trouble', async () => {
  const bus = createBus(() => undefined);
  const getToken = vi.fn(() => 'from the page');
  const tokens = createTokens(bus, { token: undefined, getToken });
  const source = tokens.source as (why: 'needed' | 'refused') => Promise<string | undefined>;
  expect(await source('needed')).toBe('from the page');
  expect(await source('needed')).toBe('from the page');
  expect(getToken).toHaveBeenCalledOnce();
  const nobody = createTokens(bus, OPTIONS).source as typeof source;
  expect(await nobody('refused')).toBeUndefined();
});
