import { readFileSync } from 'node:fs';
import type { Frame } from '@clew/wire/client';
import { describe, expect, test } from 'vitest';
import { discardOpen, NO_ANSWER, readFrame } from '../src/transcript/answer.ts';
import { textOf } from './answer-text.ts';

const read = (frames: readonly Frame[]) => frames.reduce(readFrame, NO_ANSWER);
const frame = (event: string, data: object): Frame => ({ id: '1-0', event, data }) as unknown as Frame;
const delta = (id: string, text: string) =>
  frame('message.delta', { delta: { content: [{ id, response_type: 'text', text }] } });

function recorded(name: string): Frame[] {
  const file = new URL(`../../../test/transcripts/${name}.ndjson`, import.meta.url);
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('an answer', () => {
  test.each([
    ['seed-1', 'Hello! I am Watsonx Orchestrate, an AI assistant, created by IBM. How can I help you today?'],
    [
      'seed-2',
      'The user is asking about the context variables that I accept. To answer this, I need to recall the list of accepted variables.',
    ],
  ])('is read from the recorded %s, whose deltas may be empty', (name, text) => {
    const answer = read(recorded(name));
    expect(answer).toMatchObject({ phase: 'done', activity: undefined, problem: undefined });
    expect(answer.messages).toHaveLength(1);
    expect(textOf(answer)).toBe(text);
  });

  test('shows what comes, and then what it was', () => {
    const frames = recorded('seed-1');
    const before = frames.findIndex(({ event }) => event === 'message.delta');
    expect(read(frames.slice(0, before))).toMatchObject({
      phase: 'working',
      activity: { key: 'pullingEverythingTogether', text: 'Pulling everything together…' },
      messages: [],
    });
    const open = read([delta('1', 'Hel'), delta('1', 'lo'), delta('2', 'Bye')]);
    expect(open.messages).toEqual([
      {
        id: undefined,
        incomplete: false,
        interim: false,
        interrupt: false,
        state: null,
        content: [
          { response_type: 'text', id: '1', text: 'Hello' },
          { response_type: 'text', id: '2', text: 'Bye' },
        ],
      },
    ]);
    expect(discardOpen(open).messages).toEqual([]);
  });

  test('names its steps by what was said of them', () => {
    const step = (detail: object) => frame('run.step.delta', { delta: { role: 'assistant', step_details: [detail] } });
    const answer = read([
      frame('run.step.intermediate', { message: { key: 'search', text: 'Looking it up' } }),
      step({ type: 'tool_calls', tool_calls: [{ id: 's1', name: 'search', args: { words: 'clew' } }] }),
      step({ type: 'tool_response', name: 'search', tool_call_id: 's1', content: '{"found":2}' }),
    ]);
    expect(answer.steps).toEqual([
      {
        id: 's1',
        title: 'Looking it up',
        name: 'search',
        input: '{\n  "words": "clew"\n}',
        output: '{\n  "found": 2\n}',
      },
    ]);
  });

  test('keeps the identity of the items that did not change', () => {
    const before = read([delta('1', 'a'), delta('2', 'b')]);
    const after = readFrame(before, delta('2', 'c'));
    expect(after.messages[0]?.content[0]).toBe(before.messages[0]?.content[0]);
    expect(after.messages[0]?.content[1]).toMatchObject({ text: 'bc' });
    expect(after.steps).toBe(before.steps);
  });

  test('passes over what it does not know', () => {
    expect(read([frame('planning', {})])).toBe(NO_ANSWER);
  });
});
