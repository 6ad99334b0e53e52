import { createClient } from '@clew/wire/client';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ChatOptions } from '../../packages/widget/src/config/options.ts';
import { type Conversation, createConversation } from '../../packages/widget/src/conversation/conversation.ts';
import type { Talk } from '../../packages/widget/src/conversation/talk.ts';
import { createBus } from '../../packages/widget/src/events/bus.ts';
import { ENGLISH } from '../../packages/widget/src/locale/words.ts';
import { memoryOutbox } from '../../packages/widget/src/outbox/outbox.ts';
import { createTabs } from '../../packages/widget/src/tabs/tabs.ts';
import { textOf } from '../../packages/widget/test/answer-text.ts';
import { start } from './start.ts';

const { url } = await start();

/** What outlives a tab, and is shared by all of a browser. */
function browser(agentId: string) {
  const outbox = memoryOutbox();
  const kept = new Map<string, string>();
  const drawer = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const name = crypto.randomUUID();
  /** A tab. Its `fetch` may misbehave. */
  const open = async (threadId?: string, fetch: typeof globalThis.fetch = globalThis.fetch): Promise<Conversation> => {
    const options = { hostUrl: url, agentId, environmentId: '', threadId, rememberThread: true };
    const chat = createConversation({
      client: createClient({ baseUrl: url, fetch, retry: { firstMs: 1, longestMs: 5 } }),
      bus: createBus(() => undefined),
      options: options as unknown as ChatOptions,
      words: ENGLISH,
      outbox,
      drawer,
      tabs: createTabs<Talk>({ name }),
    });
    onTestFinished(() => chat.destroy());
    await chat.open();
    return chat;
  };
  return { open, outbox };
}

const answerOf = ({ state }: Conversation): string => {
  const reply = state.entries.findLast((entry) => entry.kind === 'reply');
  return reply?.kind === 'reply' ? textOf(reply.answer) : '';
};
const ends = (chat: Conversation) =>
  vi.waitFor(() => expect(chat.state).toMatchObject({ busy: false, entries: [{}, {}] }), {
    timeout: 30_000,
    interval: 10,
  });
const messagesOf = async (threadId: string | undefined) =>
  (await (await fetch(`${url}/api/v1/threads/${threadId}/messages`)).json()) as {
    role: string;
    content: { text: string }[];
  }[];

describe('a chat in a page', () => {
  test('says a message once, though its answers are lost, it is sent by two tabs, and the page is loaded again', async () => {
    const { open, outbox } = browser('echo');
    let sent = 0;
    const losing: typeof globalThis.fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (init?.method !== 'POST') return response;
      sent += 1;
      if (sent > 3) return response;
      await response.body?.cancel();
      throw new TypeError('The network is gone.');
    };
    const chat = await open(undefined, losing);
    await chat.say({ content: 'exactly once' });
    await ends(chat);
    expect(sent).toBe(4);
    const { threadId } = chat.state;
    const key = chat.state.entries[0]?.key ?? '';
    const body = {
      message: {
        id: key,
        role: 'user' as const,
        content: 'exactly once',
        message_state: { input: { display_text: 'exactly once' } },
      },
      context: {},
      additional_properties: {},
      environment_id: '',
      agent_id: chat.state.agent?.id ?? '',
    };
    // As tabs find it that come after one that died before it noticed.
    for (const room of ['new:gone', 'new:other']) {
      await outbox.put({ key, room, at: 1, text: 'exactly once', silent: false, body });
      const late = await open();
      await vi.waitFor(async () => expect(await outbox.rows()).toEqual([]), { timeout: 10_000 });
      expect(late.state.threadId).toBe(threadId);
    }
    expect((await messagesOf(threadId)).map(({ content }) => content[0]?.text)).toEqual([
      'exactly once',
      'exactly once',
    ]);
    const { total } = (await (await fetch(`${url}/api/v1/threads`)).json()) as { total: number };
    expect(total).toBe(1);
  });

  test('loses and doubles nothing of an answer over a reload, broken streams and the death of the tab that leads', async () => {
    const { open } = browser('slow');
    const first = await open();
    await first.say({ content: 'count' });
    await vi.waitFor(() => expect(answerOf(first).length).toBeGreaterThan(20), { timeout: 10_000 });
    const { threadId } = first.state;
    // The second hears the first; its own streams break after a while, again and again.
    const breaking: typeof globalThis.fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (!String(input).includes('after=')) return response;
      let left = 3;
      const cut = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, to) {
          to.enqueue(chunk);
          left -= 1;
          if (left === 0) to.error(new Error('The network is gone.'));
        },
      });
      return new Response(response.body?.pipeThrough(cut), response);
    };
    const second = await open(threadId, breaking);
    await vi.waitFor(() => expect(answerOf(second).length).toBeGreaterThanOrEqual(answerOf(first).length - 10), 10_000);
    first.destroy();
    const before = answerOf(second).length;
    await vi.waitFor(() => expect(answerOf(second).length).toBeGreaterThan(before + 100), { timeout: 20_000 });
    // A page that is loaded in the middle, and follows by itself.
    const other = await browser('slow').open(threadId);
    expect(answerOf(other).length).toBeGreaterThan(before);
    expect(numbers(answerOf(second))).toBe(true);
    second.stop();
    await Promise.all([ends(second), ends(other)]);
    const stored = (await messagesOf(threadId)).at(-1)?.content[0]?.text;
    expect(answerOf(second)).toBe(stored);
    expect(answerOf(other)).toBe(stored);
    expect(numbers(stored ?? '')).toBe(true);
    expect(second.state.entries.at(-1)).toMatchObject({ answer: { phase: 'stopped' } });
  });

  test('answers the question of an agent in the same run, and reads the same afterwards', async () => {
    const { open } = browser('asker');
    const chat = await open();
    const lines = ({ state }: Conversation) =>
      state.entries.map((entry) => (entry.kind === 'question' ? entry.text : textOf(entry.answer)));
    await chat.say({ content: 'a scarf' });
    await ends(chat);
    await chat.say({ content: 'green' });
    const told = ['a scarf', 'It costs 42. Which colour?', 'green', 'One in green.'];
    await vi.waitFor(() => expect(lines(chat)).toEqual(told), { timeout: 10_000 });
    await expect.poll(() => chat.state.busy).toBe(false);
    const later = await open(chat.state.threadId);
    expect(lines(later)).toEqual(told);
    expect(later.state.entries.map(({ key }) => key)).toEqual(chat.state.entries.map(({ key }) => key));
    const steps = ({ state }: Conversation) =>
      state.entries.flatMap((entry) => (entry.kind === 'reply' ? entry.answer.steps.map(({ name }) => name) : []));
    expect(steps(later)).toEqual(steps(chat));
  });
});

/** Whether a text counts from one, without a gap. */
function numbers(text: string): boolean {
  const told = text.trim().split(' ').map(Number);
  return told.every((n, place) => n === place + 1);
}
