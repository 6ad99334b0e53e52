import type { Frame } from '@clew/wire/client';
import { expect, test } from 'vitest';
import { Turn } from '../../src/conversation/turn.ts';
import { createBus } from '../../src/events/bus.ts';
import { NO_ANSWER } from '../../src/transcript/answer.ts';
import { textOf } from '../answer-text.ts';
import { item } from './server.ts';

const delta = (id: string, text: string) =>
  ({ id, event: 'message.delta', data: { delta: { content: [item(text)] } } }) as unknown as Frame;

test.each([false, true])('a turn takes each frame once, whoever brings it (a handler listens: %s)', async (listens) => {
  const bus = createBus(() => undefined);
  if (listens) bus.on('pre:stream:delta', () => new Promise<void>((resolve) => setImmediate(resolve)));
  const reply = { kind: 'reply', key: 'q-reply', agent: '', at: 0, answer: NO_ANSWER } as const;
  const turn = new Turn({ key: 'q', reply, shown: new Set(), bus, onSave: () => {} });
  const frames = [delta('99-0', 'a'), delta('100-0', 'b'), delta('100-1', 'c'), delta('100-10', 'd')];
  const read = frames.flatMap((frame, n) => [turn.read(frame), ...frames.slice(0, n + 1).map((old) => turn.read(old))]);
  expect(read.some((one) => one instanceof Promise)).toBe(listens);
  await Promise.all(read);
  expect(textOf(turn.reply.answer)).toBe('abcd');
  expect(turn.cursor).toBe('100-10');
  expect(turn.has('100-9')).toBe(true);
  expect(turn.has('101-0')).toBe(false);
});
