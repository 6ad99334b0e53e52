import { expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../src/model/index.ts';
import { createRuntimes } from '../../src/runtimes/index.ts';
import { definePlugin } from '../../src/runtimes/plugins/index.ts';
import { agentNamed, createTestEngine } from '../engine/kit.ts';
import { failureOf, NO_DOCUMENTS, of, streamed, textIn } from './llm/kit.ts';

const masking = definePlugin({
  name: 'masking',
  before: ({ text }) => (text.includes('bomb') ? { refuse: 'Not that.' } : text.replace(/\d{4,}/g, '****')),
  after: ({ text, question }) =>
    text.includes('secret') ? { refuse: 'I cannot say that.' } : { text: `${text} (${question})` },
});

/** An agent in code, with plugins around it. */
function around(run: unknown, plugins: JsonObject, more = [masking]) {
  const agent = { ...agentNamed('speaker'), llm: 'code', spec: { plugins } };
  const runtimes = createRuntimes({
    index: NO_DOCUMENTS,
    findPlugin: (name) => more.map((one) => ({ name: '', ...one })).find((one) => one.name === name),
  });
  const runtime = runtimes(agent, run);
  const engine = createTestEngine({ speaker: runtime! }, { settings: { coalesceMs: 0 } });
  onTestFinished(() => engine.close());
  return {
    ...engine,
    async ask(text: string, given: object = {}) {
      const { run: started } = await engine.send('speaker', text, given);
      return engine.log(started.id);
    },
  };
}

const before = { agent_pre_invoke: [{ plugin_name: 'masking' }] };
const after = { agent_post_invoke: [{ plugin_name: 'masking' }] };
type Turn = { text: string; history(): Promise<{ role: string; parts: { text?: string }[] }[]> };

test('a plugin before changes what the agent reads, for good, or refuses it', async () => {
  const { ask } = around(async (turn: Turn) => {
    const earlier = (await turn.history()).map(({ parts }) => parts[0]?.text);
    return JSON.stringify([...earlier, turn.text]);
  }, before);
  const first = await ask('Card 12345');
  expect(textIn(first)).toBe('["Card ****"]');
  const threadId = of(first, 'run.created')[0]?.data.threadId;
  expect(JSON.parse(textIn(await ask('And now', { threadId })))).toEqual(['Card ****', '["Card ****"]', 'And now']);
  expect(textIn(await ask('A bomb'))).toBe('Not that.');
});

test('a plugin after sees a whole message before anybody does, and may change or refuse it', async () => {
  const { ask } = around(async function* (turn: Turn) {
    yield 'The ';
    yield turn.text === 'Tell' ? 'secret' : 'weather';
  }, after);
  const events = await ask('Sun?');
  expect(textIn(events)).toBe('The weather (Sun?)');
  expect(streamed(events)).toBe('');
  const refused = await ask('Tell');
  expect(textIn(refused)).toBe('I cannot say that.');
  expect(JSON.stringify(refused)).not.toContain('secret');
});

test('a plugin that fails or is missing lets nothing pass', async () => {
  const broken = definePlugin({
    name: 'masking',
    before: () => {
      throw new Error('broken');
    },
  });
  const failing = await around(() => 'Hello', before, [broken]).ask('Hi');
  expect([failureOf(failing), textIn(failing)]).toEqual(['agent_failed', '']);
  const missing = await around(() => 'Hello', after, [broken]).ask('Hi');
  expect([failureOf(missing), textIn(missing)]).toEqual(['plugin_unknown', '']);
});
