import { expect, onTestFinished, test, vi } from 'vitest';
import type { Talk } from '../../src/conversation/talk.ts';
import { type Channel, createTabs } from '../../src/tabs/tabs.ts';
import { OPTIONS, reads, sharedOutbox, tab, told } from './kit.ts';
import { ScriptedServer } from './server.ts';

/** Tabs of one browser, with the platform's own locks and channels. `hears`: whether the nth message, counted over all tabs, comes through. */
function browser(hears: (n: number) => boolean = () => true) {
  let told = 0;
  const channel = (name: string): Channel => {
    const real = new BroadcastChannel(name);
    const post = real.postMessage.bind(real);
    real.postMessage = (message) => {
      told += 1;
      if (hears(told)) post(message);
    };
    return real;
  };
  const name = crypto.randomUUID();
  const server = new ScriptedServer();
  const outbox = sharedOutbox();
  server.store('t0', 'user', 'before', { id: 'q0' });
  server.store('t0', 'assistant', 'Before.', { id: 'a0' });
  const open = async (threadId: string | undefined = 't0') => {
    const it = tab({ server, outbox, tabs: createTabs<Talk>({ name, channel }), options: { ...OPTIONS, threadId } });
    await it.chat.open();
    return it;
  };
  return { server, outbox, open };
}

test('a dozen tabs stay in step over one connection', async () => {
  const { server, open } = browser();
  const tabs = await Promise.all(Array.from({ length: 12 }, () => open()));
  const all = (...lines: string[]) => Promise.all(tabs.map(({ chat }) => reads(chat, '> before', 'Before.', ...lines)));
  await tabs[7]?.chat.say({ content: 'from the eighth' });
  await vi.waitFor(() => server.run);
  for (const text of ['a', 'b', 'c']) server.run.delta(text);
  await all('> from the eighth', 'abc (working)');
  expect(server.streams).toBe(1);
  expect(tabs.every(({ chat }) => chat.state.busy)).toBe(true);
  server.run.say('abcd');
  server.run.end();
  await all('> from the eighth', 'abcd');
  expect(server.runs).toHaveLength(1);
  expect(server.streams).toBe(0);
  const said = tabs[3]?.chat.state.entries.at(-1);
  const id = said?.kind === 'reply' ? (said.answer.messages[0]?.id ?? '') : '';
  await tabs[3]?.chat.giveFeedback(id, '1', { is_positive: true });
  await vi.waitFor(() => {
    for (const { chat } of tabs) expect(JSON.stringify(chat.state.entries.at(-1))).toContain('is_positive');
  });
});

test('a tab that joins late shows what the others show', async () => {
  const { server, open } = browser();
  const first = await open();
  await first.chat.say({ content: 'long' });
  await vi.waitFor(() => server.run);
  server.run.delta('so far');
  const late = await open();
  await reads(late.chat, '> before', 'Before.', '> long', 'so far (working)');
  server.run.delta(' so good');
  await reads(late.chat, '> before', 'Before.', '> long', 'so far so good (working)');
  expect(server.streams).toBe(1);
  late.chat.stop();
  await reads(first.chat, '> before', 'Before.', '> long', 'so far so good (stopped)');
  await reads(late.chat, '> before', 'Before.', '> long', 'so far so good (stopped)');
});

test('a tab that misses some of what the others tell asks for it', async () => {
  const { server, open } = browser((n) => n % 3 !== 0);
  const first = await open();
  const second = await open();
  await first.chat.say({ content: 'long' });
  await vi.waitFor(() => server.run);
  for (let n = 0; n < 20; n += 1) server.run.delta(`${n} `);
  await vi.waitFor(() => expect(told(first.chat.state).at(-1)).toContain('18 19 '));
  server.run.delta('x');
  server.run.delta('y');
  server.run.say('All of it.');
  server.run.push('message.completed');
  server.run.end();
  await reads(second.chat, '> before', 'Before.', '> long', 'All of it.');
  expect(server.cursors).toEqual([]);
});

test('when the tab that leads dies, another goes on where it was', async () => {
  const { server, open } = browser();
  const tabs = await Promise.all([open(), open(), open()]);
  await tabs[0]?.chat.say({ content: 'long' });
  await vi.waitFor(() => server.run);
  server.run.delta('1 ');
  await Promise.all(tabs.map(({ chat }) => reads(chat, '> before', 'Before.', '> long', '1  (working)')));
  tabs[0]?.chat.destroy();
  server.run.delta('2 ');
  await Promise.all(tabs.slice(1).map(({ chat }) => reads(chat, '> before', 'Before.', '> long', '1 2  (working)')));
  expect(server.streams).toBe(1);
  tabs[1]?.chat.destroy();
  server.run.say('1 2 3');
  server.run.end();
  await reads(tabs[2]?.chat as never, '> before', 'Before.', '> long', '1 2 3');
  expect(server.runs).toHaveLength(1);
});

test('what waits in one tab is sent once, by the tab that leads, though the one that said it is gone', async () => {
  const { server, outbox, open } = browser();
  const leader = await open();
  const follower = await open();
  for (const { network } of [leader, follower]) network.set(false);
  await follower.chat.say({ content: 'later' });
  await reads(leader.chat, '> before', 'Before.', '> later (waiting)');
  follower.chat.destroy();
  leader.network.set(true);
  await reads(leader.chat, '> before', 'Before.', '> later', ' (working)');
  expect(server.runs).toHaveLength(1);
  await vi.waitFor(async () => expect(await outbox.rows()).toEqual([]));
});

test('a run that began elsewhere is followed when a tab comes that knows of it', async () => {
  const { server, open } = browser();
  const first = await open();
  const elsewhere = server.client();
  await elsewhere.createRun({
    content: 'x',
    messageId: 'q9',
    more: { thread_id: 't0', message: { id: 'q9', content: 'from my phone' } },
  });
  server.run.delta('Hello ');
  const second = await open();
  await reads(second.chat, '> before', 'Before.', '> from my phone', 'Hello  (working)');
  server.run.delta('phone');
  await reads(second.chat, '> before', 'Before.', '> from my phone', 'Hello phone (working)');
  await reads(first.chat, '> before', 'Before.', '> from my phone', 'Hello phone (working)');
  expect(server.streams).toBe(1);
});

const refusing = { request: () => Promise.reject(new DOMException('No.', 'SecurityError')) };

test.each([
  ['has no locks', { locks: undefined }],
  ['has no channels', { channel: undefined }],
  ['refuses locks', { locks: refusing }],
])('where the browser %s, each tab leads and sends for itself', async (_, missing) => {
  const server = new ScriptedServer();
  const tabs = createTabs<Talk>({ name: 'x', ...missing });
  const act = vi.fn(async () => {});
  await tabs.alone('r', act);
  expect(act).toHaveBeenCalledOnce();
  const { chat } = tab({ server, tabs });
  await chat.open();
  await chat.say({ content: 'hi' });
  await reads(chat, '> hi', ' (working)');
});

test('a room is taken up when it is free, and only then by whoever wants it alone', async () => {
  const tabs = createTabs<string>({ name: crypto.randomUUID() });
  const heard: string[] = [];
  const lead = vi.fn();
  const one = tabs.join('r', { onLead: lead, onHear: (text) => void heard.push(text) });
  await vi.waitFor(() => expect(one.leads).toBe(true));
  const two = tabs.join('r', { onLead: lead, onHear: () => {} });
  onTestFinished(() => two.leave());
  const act = vi.fn(async () => {});
  await tabs.alone('r', act);
  expect(act).not.toHaveBeenCalled();
  two.tell('hello');
  await vi.waitFor(() => expect(heard).toEqual(['hello']));
  expect(two.leads).toBe(false);
  one.leave();
  await vi.waitFor(() => expect(two.leads).toBe(true));
  expect(lead).toHaveBeenCalledTimes(2);
  await tabs.alone('other', act);
  expect(act).toHaveBeenCalledOnce();
});
