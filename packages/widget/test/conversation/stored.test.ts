import { ApiError } from '@clew/wire/client';
import { describe, expect, test, vi } from 'vitest';
import { reads, tab } from './kit.ts';
import { item } from './server.ts';

const DOWN = new ApiError('unreachable', 'The server cannot be reached.');

describe('what is stored with a message', () => {
  async function answered() {
    const it = tab();
    await it.chat.open();
    await it.chat.say({ content: 'hi' });
    await vi.waitFor(() => it.server.run);
    const { id } = it.server.run.say([item('Hello.')]);
    it.server.run.end();
    await reads(it.chat, '> hi', 'Hello.');
    const state = () => {
      const reply = it.chat.state.entries[1];
      return reply?.kind === 'reply' ? reply.answer.messages[0]?.state : undefined;
    };
    return { ...it, id, state };
  }

  test('is feedback, shown at once, merged and taken back', async () => {
    const { chat, server, id, state } = await answered();
    const given = chat.giveFeedback(id, '1', { is_positive: true });
    expect(state()).toEqual({ content: { 1: { feedback: { is_positive: true } } } });
    await given;
    await chat.updateUserDefined(id, { seen: true });
    await chat.giveFeedback(id, '1', undefined);
    expect(server.patches.map(({ change }) => change.message_state)).toEqual([
      { content: { 1: { feedback: { is_positive: true } } } },
      { content: { 1: { feedback: { is_positive: true } } }, user_defined: { seen: true } },
      { content: { 1: {} }, user_defined: { seen: true } },
    ]);
    await chat.say({ content: 'more' });
    await reads(chat, '> hi', 'Hello.', '> more', ' (working)');
    expect(state()).toMatchObject({ user_defined: { seen: true } });
  });

  test('is as before when the server cannot keep it', async () => {
    const { chat, server, id, state } = await answered();
    server.failure = DOWN;
    await expect(chat.giveFeedback(id, '1', { is_positive: false })).rejects.toBe(DOWN);
    expect(state()).toBeNull();
  });
});
