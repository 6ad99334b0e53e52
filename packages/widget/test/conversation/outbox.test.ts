import { ApiError } from '@clew/wire/client';
import { describe, expect, test, vi } from 'vitest';
import { drawer, OPTIONS, reads, sharedOutbox, tab, told } from './kit.ts';
import { ScriptedServer } from './server.ts';

const LOST = new ApiError('unreachable', 'The server cannot be reached.');

describe('the outbox', () => {
  test('keeps what is said offline, and sends it in order, in one thread, when there is a network', async () => {
    const { chat, network, server } = tab();
    await chat.open();
    network.set(false);
    expect(chat.state.connection).toBe('offline');
    await chat.say({ content: 'one' });
    await chat.say({ content: 'two' });
    await reads(chat, '> one (waiting)', '> two (waiting)');
    expect(chat.state.busy).toBe(false);
    server.onRun = (run) => {
      run.say('Got it.');
      run.end();
    };
    network.set(true);
    await reads(chat, '> one', 'Got it.', '> two', 'Got it.');
    expect(chat.state.connection).toBe('online');
    expect(server.bodies.map(({ thread_id: id }) => id)).toEqual([undefined, 't1']);
  });

  test('outlives its tab: a reload shows what waits, and sends it', async () => {
    const server = new ScriptedServer();
    const shared = { server, outbox: sharedOutbox(), drawer: drawer() };
    const first = tab(shared);
    await first.chat.open();
    first.network.set(false);
    await first.chat.say({ content: 'wait for me' });
    first.chat.destroy();
    server.failure = LOST;
    const second = tab(shared);
    await second.chat.open();
    await reads(second.chat, '> wait for me (waiting)');
    server.failure = undefined;
    second.network.set(true);
    await reads(second.chat, '> wait for me', ' (working)');
    expect(server.runs).toHaveLength(1);
    expect(await shared.outbox.rows()).toEqual([]);
  });

  test('takes what is said in a thread that cannot be read, and sends it there', async () => {
    const server = new ScriptedServer();
    server.store('t9', 'user', 'hi', { id: 'q' });
    server.store('t9', 'assistant', 'Hello.', { id: 'a' });
    server.failure = LOST;
    const { chat, network } = tab({ server, options: { ...OPTIONS, threadId: 't9', agentId: 'a1' } });
    await chat.say({ content: 'are you there?' });
    await reads(chat, '> are you there? (waiting)');
    expect(chat.state.trouble?.kind).toBe('unreachable');
    server.failure = undefined;
    network.set(true);
    await reads(chat, '> hi', 'Hello.', '> are you there?', ' (working)');
    expect(server.bodies).toMatchObject([{ thread_id: 't9', agent_id: 'a1' }]);
  });

  test('is emptied by the next visit when its tab never comes back', async () => {
    const server = new ScriptedServer();
    const outbox = sharedOutbox();
    const first = tab({ server, outbox });
    await first.chat.open();
    first.network.set(false);
    await first.chat.say({ content: 'one' });
    await first.chat.say({ content: 'two' });
    first.chat.destroy();
    const second = tab({ server, outbox });
    await second.chat.open();
    await vi.waitFor(() => expect(server.runs).toHaveLength(2));
    expect(server.runs.map(({ threadId }) => threadId)).toEqual(['t1', 't1']);
    expect(told(second.chat.state)).toEqual([]);
    await vi.waitFor(async () => expect(await outbox.rows()).toEqual([]));
  });

  test('sends once what two tabs, or a tab that crashed in between, send', async () => {
    const server = new ScriptedServer();
    const shared = { server, outbox: sharedOutbox(), drawer: drawer() };
    const first = tab(shared);
    await first.chat.open();
    await first.chat.say({ content: 'once' });
    await reads(first.chat, '> once', ' (working)');
    // As if the tab had died before it noticed: the message is in the outbox still.
    const { body } = { body: server.bodies[0] as never };
    const key = first.chat.state.entries[0]?.key ?? '';
    await shared.outbox.put({ key, room: 't1', at: 1, text: 'once', silent: false, body });
    first.chat.destroy();
    const [second, third] = [tab(shared), tab({ ...shared, drawer: drawer() })];
    await Promise.all([second.chat.open(), third.chat.open()]);
    await reads(second.chat, '> once', ' (working)');
    server.run.say('Once.');
    server.run.end();
    await reads(second.chat, '> once', 'Once.');
    expect(server.runs).toHaveLength(1);
    expect(await shared.outbox.rows()).toEqual([]);
  });

  test('waits for a server that is down, and tries again by itself', async () => {
    const { chat, server, timers } = tab();
    await chat.open();
    server.failure = LOST;
    await chat.say({ content: 'hello?' });
    await reads(chat, '> hello? (waiting)');
    expect(chat.state.connection).toBe('reconnecting');
    server.failure = undefined;
    for (const run of timers) run();
    await reads(chat, '> hello?', ' (working)');
    expect(chat.state.connection).toBe('online');
  });
});

describe('an answer', () => {
  test('that is being given is shown whole after a reload, and goes on', async () => {
    const { chat, server } = tab();
    await chat.open();
    await chat.say({ content: 'count' });
    await vi.waitFor(() => server.run);
    server.run.say('One.');
    server.run.delta('Tw');
    await reads(chat, '> count', 'One.\nTw (working)');
    const later = tab({ server, options: { ...OPTIONS, threadId: 't1' } });
    const seen: string[][] = [];
    later.chat.subscribe((state) => seen.push(told(state)));
    await later.chat.open();
    expect(told(later.chat.state)).toEqual(['> count', 'One.\nTw (working)']);
    server.run.delta('o.');
    await reads(later.chat, '> count', 'One.\nTwo. (working)');
    server.run.say('Two.');
    server.run.end();
    await reads(later.chat, '> count', 'One.\nTwo.');
    // Never less than before, nothing twice.
    expect([...new Set(seen.filter((lines) => lines.length > 0).map((lines) => lines[1]))]).toEqual(
      expect.arrayContaining(['One.\nTw (working)', 'One.\nTwo.']),
    );
    expect(seen.flat().filter((line) => line.includes('One.\nOne.'))).toEqual([]);
    expect(later.chat.state.entries.map(({ key }) => key)).toEqual(chat.state.entries.map(({ key }) => key));
  });

  test('whose stream is lost is heard again from where it was, by itself', async () => {
    const { chat, server, network, timers } = tab();
    await chat.open();
    await chat.say({ content: 'count' });
    await vi.waitFor(() => server.run);
    server.run.delta('1 ');
    await reads(chat, '> count', '1  (working)');
    server.run.breakStreams();
    await reads(chat, '> count', '1  (lost)');
    expect(timers.size).toBe(1);
    server.run.delta('2 ');
    network.set(true);
    await reads(chat, '> count', '1 2  (working)');
    expect(server.cursors).toEqual([server.run.frames[1]?.id]);
    server.run.breakStreams();
    await reads(chat, '> count', '1 2  (lost)');
    server.run.say('1 2 3');
    server.run.end();
    chat.retry(chat.state.entries[1]?.key ?? '');
    await reads(chat, '> count', '1 2 3');
  });
});
