import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { type CitationPart, type Part, textOf } from '../../src/model/index.ts';
import { createGuideRuntime } from '../../src/runtimes/index.ts';
import { createKnowledgeIndex } from '../../src/storage/sqlite/knowledge.ts';
import { attempt, turnOf } from './recorder.ts';
import { agent, ask, talked } from './trains.ts';

function citations(parts: readonly Part[] | undefined): CitationPart[] {
  return (parts ?? []).filter((part) => part.type === 'citation');
}

describe('an answer', () => {
  test('is the passage, code kept whole, without repeating the question', async () => {
    const { text } = await ask('How do I take a bicycle on the train?');
    expect(text()).toMatch(
      /^Buy a bicycle ticket at the machine:\n\n```text\nTickets > Extras > Bicycle\n```\n\nBicycles travel in the last coach\./,
    );
  });

  test('names the passage when the question is worded otherwise', async () => {
    const { text } = await ask('What do kids... I mean children pay?');
    expect(text()).toMatch(/^\*\*Children\*\*\n\nChildren under six travel free\./);
  });

  test('cites where it comes from, in code points of its text', async () => {
    const { messages } = await ask('From which track does the night train leave?');
    const [first, ...others] = citations(messages[0]);
    expect(first).toEqual({
      type: 'citation',
      start: expect.any(Number),
      end: expect.any(Number),
      url: 'https://example.com/docs/trains#which-trains-run-at-night',
      title: 'Trains › Which trains run at night?',
      description: expect.stringContaining('from track 5'),
      source: 'docs/trains.md#which-trains-run-at-night',
      score: expect.any(Number),
    });
    const points = [...textOf(messages[0]!)];
    expect(points.slice(first?.start, first?.end).join('')).toBe(
      'The night train leaves at 23:10 from track 5. \u{1D6D1} It has a sleeping car; see [fares](https://example.com/docs/fares.md#night-trains).',
    );
    for (const { start, end } of others) expect(points.slice(start, end).join('')).not.toBe('');
    expect(messages[0]?.map(({ type }) => type)).toEqual(['text', ...citations(messages[0]).map(() => 'citation')]);
  });

  test('cites a document without an address by its path', async () => {
    const { messages } = await ask('May I bring a large dog?');
    expect(citations(messages[0])[0]).toMatchObject({ title: 'Dogs', source: 'docs/dogs.md#dogs' });
    expect(citations(messages[0])[0]).not.toHaveProperty('url');
  });

  test('links to passages that say more', async () => {
    const { text } = await ask('night trains');
    expect(text()).toContain('A bed in the sleeping car costs 40, a seat 15.');
    expect(text()).toContain('Which trains run at night?');
  });

  test('says which word it knows nothing about', async () => {
    const { text } = await ask('How do I take a bicycle to Kathmandu?');
    expect(text()).toContain('“kathmandu”');
    expect(text()).toContain('Bicycles travel in the last coach.');
  });

  test('comes in pieces', async () => {
    const { calls } = await ask('How do I take a bicycle on the train?');
    expect(calls.filter((call) => call.startsWith('text ')).length).toBeGreaterThan(3);
  });
});

describe('the search', () => {
  test('is a step with its finding', async () => {
    const { steps } = await ask('How do I take a bicycle on the train?');
    expect(steps).toHaveLength(1);
    expect(steps[0]?.info).toEqual({
      kind: 'search',
      name: 'knowledge_search',
      title: 'Searching the documents',
      input: { query: 'bicycle train' },
    });
    expect(steps[0]?.output).toMatchObject({
      passages: expect.arrayContaining([
        expect.objectContaining({
          path: 'docs/trains.md',
          anchor: 'how-do-i-take-a-bicycle-on-a-train',
          words: ['bicycle', 'train'],
        }),
      ]),
      unknown: [],
    });
  });

  test.each([
    'How do I take a bicycle on the train?',
    'night trains',
    'Who won the world cup?',
    'silver discount card',
  ])('is not done again after a crash, and the answer is the same letter by letter: %s', async (question) => {
    const empty = createGuideRuntime({ index: createKnowledgeIndex(new DatabaseSync(':memory:')) });
    const prompts = [{ id: '1', title: 't', subtitle: '', prompt: 'Fixed?', state: 'active' as const }];
    const stable = { ...agent, starterPrompts: prompts };
    const original = await ask(question, { agent: stable });
    const again = await attempt(empty, turnOf(question, { agent: stable, attempt: 2 }), { steps: original.steps });
    expect(again.messages).toEqual(original.messages);
    expect(again.steps[0]?.worked).toBe(1);
  });
});

describe('follow-ups', () => {
  test('a short message that points back is understood with the one before', async () => {
    const history = await talked('What do children pay?');
    const { steps } = await ask('and dogs?', { history });
    expect(steps[0]?.info.input).toEqual({ query: 'dogs children pay' });
    expect(citations((await ask('and dogs?', { history })).messages[0])[0]?.source).toBe('docs/dogs.md#dogs');
  });

  test('a question that stands for itself does not', async () => {
    const history = await talked('What do children pay?');
    expect((await ask('Delays', { history })).steps[0]?.info.input).toEqual({ query: 'delays' });
  });

  test('"tell me more" leaves out what was shown, and ends', async () => {
    const history = await talked('night trains');
    const shown = citations(history[1]?.parts).map(({ source }) => source);
    const more = await ask('Tell me more', { history });
    for (const { source } of citations(more.messages[0])) expect(shown).not.toContain(source);
    const end = await talked('night trains', 'tell me more', 'more', 'more', 'more please');
    expect(textOf(end.at(-1)!.parts)).toMatch(/^That is all I have about it\./);
  });

  test('at the start of a conversation it is looked up as it is', async () => {
    expect((await ask('tell me more')).text()).not.toBe('');
    expect((await ask('and it?')).text()).not.toBe('');
  });
});

test('whatever is asked, it answers', async () => {
  const odd = [
    '"',
    '\0',
    '\ud800',
    '* OR *',
    'x'.repeat(100_000),
    'why '.repeat(5_000),
    '```',
    '{country}',
    '聊天',
    '\u202e',
    '-'.repeat(9_999),
    '[a](b)',
  ];
  for (const text of odd) expect((await ask(text)).text().length, JSON.stringify(text.slice(0, 20))).toBeGreaterThan(0);
});
