import { ApiError } from '@clew/wire/client';
import { describe, expect, test, vi } from 'vitest';
import { memoryOutbox } from '../../src/outbox/outbox.ts';
import { drawer, OPTIONS, reads, tab, told } from './kit.ts';
import { item, ScriptedServer } from './server.ts';

const DOWN = new ApiError('unreachable', 'The server cannot be reached.');

describe('a conversation', () => {
  test('begins with a welcome, says something, and shows the answer as it comes', async () => {
    const { chat, server } = tab();
    await chat.open();
    expect(chat.state).toMatchObject({
      loading: false,
      threadId: undefined,
      welcome: { message: 'Welcome.', description: 'Ask me.', prompts: [{ title: 'Begin', prompt: 'Let us begin' }] },
    });
    await chat.say({ content: 'hi' });
    await vi.waitFor(() => server.run);
    server.run.delta('Hel');
    server.run.delta('lo');
    await reads(chat, '> hi', 'Hello (working)');
    expect(chat.state).toMatchObject({ busy: true, threadId: 't1' });
    server.run.say('Hello!');
    server.run.end();
    await reads(chat, '> hi', 'Hello!');
    expect(chat.state.busy).toBe(false);
    expect(server.bodies[0]).toMatchObject({
      agent_id: 'a1',
      environment_id: '',
      message: { role: 'user', content: 'hi', message_state: { input: { display_text: 'hi' } } },
    });
  });

  test('keeps what did not change, and tells subscribers once for all that came at a time', async () => {
    const { chat, server } = tab();
    await chat.open();
    await chat.say({ content: 'one' });
    await vi.waitFor(() => server.run);
    server.run.say('1');
    server.run.end();
    await reads(chat, '> one', '1');
    const before = chat.state;
    await chat.say({ content: 'two' });
    await vi.waitFor(() => expect(server.runs).toHaveLength(2));
    server.run.delta('a', '1');
    server.run.delta('b', '2');
    await reads(chat, '> one', '1', '> two', 'a\nb (working)');
    const first = chat.state.entries.at(-1);
    const listener = vi.fn();
    chat.subscribe(listener);
    server.run.delta('c', '2');
    await reads(chat, '> one', '1', '> two', 'a\nbc (working)');
    const second = chat.state.entries.at(-1);
    expect(chat.state.entries[0]).toBe(before.entries[0]);
    expect(chat.state.entries[1]).toBe(before.entries[1]);
    if (first?.kind !== 'reply' || second?.kind !== 'reply') throw new Error('There is no reply.');
    expect(second.answer.messages[0]?.content[0]).toBe(first.answer.messages[0]?.content[0]);
    expect(second.answer.steps).toBe(first.answer.steps);
    expect(listener.mock.calls.length).toBeLessThanOrEqual(2);
    expect(listener).toHaveBeenLastCalledWith(chat.state);
  });

  test('sends what is said meanwhile afterwards, in its order', async () => {
    const { chat, server } = tab();
    await chat.open();
    await Promise.all([chat.say({ content: 'one' }), chat.say({ content: 'two' })]);
    await reads(chat, '> one', ' (working)', '> two (waiting)');
    server.run.say('1');
    server.run.end();
    await vi.waitFor(() => expect(server.runs).toHaveLength(2));
    server.run.say('2');
    server.run.end();
    await reads(chat, '> one', '1', '> two', '2');
    expect(server.bodies[1]).toMatchObject({ thread_id: 't1' });
  });

  test('says something silently, now and after a reload', async () => {
    const { chat, server } = tab();
    await chat.open();
    await chat.say({ content: 'psst', silent: true, context: { page: 'home' } });
    await vi.waitFor(() => server.run);
    server.run.say('Heard.');
    server.run.end();
    await reads(chat, 'Heard.');
    expect(server.bodies[0]).toMatchObject({ context: { page: 'home' } });
    const later = tab({ server, options: { ...OPTIONS, threadId: 't1' } });
    await later.chat.open();
    expect(told(later.chat.state)).toEqual(['Heard.']);
  });

  test('stops, also when the run is not known yet', async () => {
    const { chat, server } = tab();
    await chat.open();
    server.onRun = () => chat.stop();
    void chat.say({ content: 'count' });
    await reads(chat, '> count', ' (stopped)');
    server.onRun = (run) => run.delta('1 2 3');
    await chat.say({ content: 'again' });
    await reads(chat, '> count', ' (stopped)', '> again', '1 2 3 (working)');
    chat.stop();
    await reads(chat, '> count', ' (stopped)', '> again', '1 2 3 (stopped)');
    expect(server.calls.filter((name) => name === 'cancel')).toHaveLength(2);
  });

  test('answers a question of a run, with a form that reads well', async () => {
    const { chat, server } = tab();
    await chat.open();
    await chat.say({ content: 'order' });
    await vi.waitFor(() => server.run);
    server.run.say('Which size?', { additional_properties: { is_interrupt: true } });
    server.run.status = 'requires_input';
    server.run.push('done');
    await reads(chat, '> order', 'Which size?');
    const operation = { response_type: 'form_operation', id: '1', form_operation: 'submit', form_data: { size: 'M' } };
    await chat.say({ content: [operation], display: 'Size: M' });
    await vi.waitFor(() => expect(server.runs).toHaveLength(2));
    server.run.say('Done.');
    server.run.end();
    await reads(chat, '> order', 'Which size?', '> Size: M', 'Done.');
    const later = tab({ server, options: { ...OPTIONS, threadId: 't1' } });
    await later.chat.open();
    expect(told(later.chat.state)).toEqual(['> order', 'Which size?', '> Size: M', 'Done.']);
    expect(later.chat.state.entries.map(({ key }) => key)).toEqual(chat.state.entries.map(({ key }) => key));
  });

  test('shows neither what is hidden nor what only stood in', async () => {
    const { chat, server } = tab();
    await chat.open();
    await chat.say({ content: 'flow' });
    await vi.waitFor(() => server.run);
    const about = (display_properties: object) => ({ additional_properties: { display_properties } });
    server.run.say('A flow has started.', about({ is_async: true, skip_render: false }));
    await reads(chat, '> flow', 'A flow has started. (working)');
    server.run.say('secret', about({ is_async: false, skip_render: true }));
    server.run.say('Here it is.');
    server.run.end();
    await reads(chat, '> flow', 'Here it is.');
    const later = tab({ server, options: { ...OPTIONS, threadId: 't1' } });
    await later.chat.open();
    expect(told(later.chat.state)).toEqual(['> flow', 'Here it is.']);
  });

  test('asks anew what an agent failed at, and says what failed after a reload, too', async () => {
    const { chat, server } = tab();
    await chat.open();
    const content = [{ ...item('try it'), sub_type: 'x' }];
    await chat.say({ content, display: 'try' });
    await vi.waitFor(() => server.run);
    server.run.end('run.failed', 'failed', { error: 'It broke.' });
    await reads(chat, '> try', ' (failed)');
    const later = tab({ server, options: { ...OPTIONS, threadId: 't1' } });
    await later.chat.open();
    expect(later.chat.state.entries.at(-1)).toMatchObject({ answer: { phase: 'failed', problem: 'It broke.' } });
    chat.retry(chat.state.entries[1]?.key ?? '');
    await reads(chat, '> try', ' (failed)', '> try', ' (working)');
    expect(server.bodies[1]).toMatchObject({ message: { content } });
  });

  test('keeps a message that the server refuses, to try again', async () => {
    const { chat, server } = tab();
    await chat.open();
    server.failure = new ApiError('too_large', 'The request is too large.', { status: 413 });
    await chat.say({ content: 'long' });
    await reads(chat, '> long (failed)', ' (lost)');
    expect(chat.state.entries[1]).toMatchObject({ answer: { problem: 'The request is too large.' } });
    server.failure = undefined;
    chat.retry(chat.state.entries[1]?.key ?? '');
    await reads(chat, '> long', ' (working)');
  });

  test.for([
    ['rate_limited', 429, 40_000, 'That was a lot at once. Please try again in 40 seconds.'],
    ['rate_limited', 429, 61_000, 'That was a lot at once. Please try again in 2 minutes.'],
    ['budget_exhausted', 429, 7_200_000, 'This chat has reached its limit for today. Please try again in 2 hours.'],
    ['channel_paused', 503, 30_000, 'This chat is taking a break. Please try again later.'],
    ['message_too_long', 413, undefined, 'This message is too long. Please shorten it.'],
  ] as const)('says in words of its own what the channel does not take for now: %s', async (refusal) => {
    const [code, status, retryAfterMs, problem] = refusal;
    const { chat, server } = tab();
    await chat.open();
    server.failure = new ApiError(code, 'Refused.', { status, retryAfterMs });
    await chat.say({ content: 'again' });
    await reads(chat, '> again (failed)', ' (lost)');
    expect(chat.state.entries[1]).toMatchObject({ answer: { problem } });
    expect(chat.state.connection).toBe('online');
    server.failure = undefined;
    chat.retry(chat.state.entries[1]?.key ?? '');
    await reads(chat, '> again', ' (working)');
  });

  test('restarts, and opens threads; one that is not there changes nothing', async () => {
    const { chat, server, bus } = tab({ drawer: drawer() });
    const seen: string[] = [];
    bus.on('pre:restartConversation', ({ interactionType }) => void seen.push(`pre ${interactionType}`));
    bus.on('restartConversation', ({ interactionType }) => void seen.push(interactionType));
    await chat.open();
    await chat.say({ content: 'hi' });
    await vi.waitFor(() => server.run);
    server.run.say('Hello.');
    server.run.end();
    await reads(chat, '> hi', 'Hello.');
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    await chat.openThread('nothing');
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
    expect(told(chat.state)).toEqual(['> hi', 'Hello.']);
    await chat.restart('restart_button');
    expect(chat.state).toMatchObject({ entries: [], threadId: undefined, welcome: { message: 'Welcome.' } });
    expect(seen).toEqual(['pre restart_button', 'restart_button']);
    await chat.openThread('t1');
    expect(told(chat.state)).toEqual(['> hi', 'Hello.']);
    await chat.openThread(undefined);
    await chat.say({ content: 'new' });
    await vi.waitFor(() => expect(chat.state.threadId).toBe('t2'));
  });

  test('is remembered by its tab, unless the page does not want that', async () => {
    const server = new ScriptedServer();
    const storage = drawer();
    const key = 'clew:http://localhost:4321:';
    const forgetful = tab({ server, drawer: storage, options: { ...OPTIONS, rememberThread: false } });
    await forgetful.chat.open();
    await forgetful.chat.say({ content: 'hi' });
    await vi.waitFor(() => expect(forgetful.chat.state.threadId).toBe('t1'));
    expect(storage.getItem(key)).toBeNull();
    const first = tab({ server, drawer: storage, outbox: memoryOutbox() });
    await first.chat.open();
    await first.chat.say({ content: 'hello' });
    await vi.waitFor(() => expect(storage.getItem(key)).toBe('t2'));
    server.run.say('Yes?');
    server.run.end();
    const second = tab({ server, drawer: storage });
    await second.chat.open();
    expect(told(second.chat.state)).toEqual(['> hello', 'Yes?']);
  });

  test('changes its welcome as the page says: what is absent stays, what is empty goes', async () => {
    const { chat } = tab();
    await chat.open();
    chat.setWelcome({ welcomeMessage: 'Ahoy', starterPrompts: [] });
    expect(chat.state.welcome).toMatchObject({ message: 'Ahoy', description: 'Ask me.', prompts: [] });
    chat.setWelcome({ description: '', starterPrompts: [{ title: 'Go' }] });
    expect(chat.state.welcome).toMatchObject({
      message: 'Ahoy',
      description: '',
      prompts: [{ id: '1', prompt: 'Go' }],
    });
  });
});

describe('trouble', () => {
  test('is told, and over when the server is back', async () => {
    const { chat, server, network } = tab();
    server.failure = DOWN;
    await chat.open();
    expect(chat.state.trouble).toMatchObject({ kind: 'unreachable' });
    server.failure = undefined;
    network.set(true);
    await vi.waitFor(() =>
      expect(chat.state).toMatchObject({ trouble: undefined, loading: false, agent: { id: 'a1' } }),
    );
  });

  test('with the agent is told', async () => {
    const { chat } = tab({ options: { ...OPTIONS, agentId: 'nobody' } });
    await chat.open();
    expect(chat.state.trouble?.kind).toBe('agent');
  });

  test('with the token in mid-conversation loses nothing', async () => {
    const { chat, server } = tab();
    await chat.open();
    server.failure = new ApiError('token_expired', 'The token has expired.', { status: 401 });
    await chat.say({ content: 'hi' });
    await reads(chat, '> hi (waiting)');
    expect(chat.state.trouble?.kind).toBe('auth');
    server.failure = undefined;
    chat.setToken('fresh');
    await reads(chat, '> hi', ' (working)');
    expect(chat.state.trouble).toBeUndefined();
  });
});
