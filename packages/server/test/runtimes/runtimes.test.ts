import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { createRuntimes } from '../../src/runtimes/index.ts';
import { createKnowledgeIndex } from '../../src/storage/sqlite/knowledge.ts';
import { agentOf, attempt, turnOf } from './recorder.ts';

const find = createRuntimes({ index: createKnowledgeIndex(new DatabaseSync(':memory:')) });

test('a runtime is found by the llm of the agent', async () => {
  const hi = turnOf('hi');
  expect((await attempt(find(agentOf({ llm: 'clew/echo' }))!, hi)).text()).toBe('hi');
  expect(
    (await attempt(find(agentOf({ llm: 'clew/script', spec: { script: [{ say: 'scripted' }] } }))!, hi)).text(),
  ).toBe('scripted');
  expect((await attempt(find(agentOf({ llm: 'clew/guide' }))!, hi)).text()).toMatch(/^Hello! I am Tester\./);
  for (const module of [() => 'coded', { default: () => 'coded' }]) {
    expect((await attempt(find(agentOf({ llm: 'code' }), module)!, hi)).text()).toBe('coded');
  }
});

test('what is not ours is left to others', () => {
  expect(find(agentOf({ llm: 'openai/gpt-9' }))).toBeUndefined();
  expect(find(agentOf({ llm: 'clew/unknown' }))).toBeUndefined();
  expect(find(agentOf({ llm: 'code' }))).toBeUndefined();
  expect(find(agentOf({ llm: 'code' }), { agent: {} })).toBeUndefined();
});

test('echo gives back every part as it came', async () => {
  const parts = [
    { type: 'text', text: 'a' },
    { type: 'text', text: 'b', contentType: 'text/plain', name: 'b.txt', extra: { x: 1 } },
    { type: 'file', contentType: 'application/x-unheard-of', content: '\u0000', encoding: 'plain' },
    { type: 'citation', url: 'https://example.com' },
    { type: 'item', kind: 'option', value: { title: 'x' } },
  ] as const;
  expect((await attempt(find(agentOf({ llm: 'clew/echo' }))!, turnOf(parts))).messages).toEqual([parts]);
});
