import { describe, expect, test } from 'vitest';
import type { CitationPart, Part, RunEvent } from '../../src/model/index.ts';
import { answerOf, withMarks } from '../../src/runtimes/collaborators/answer.ts';
import { call, house } from './house.ts';
import { of, textIn } from './llm/kit.ts';

const text = (said: string): Part => ({ type: 'text', text: said });
const cited = (title: string, start?: number, end?: number): CitationPart => ({
  type: 'citation',
  title,
  ...(start === undefined ? {} : { start }),
  ...(end === undefined ? {} : { end }),
});
const citationsIn = (events: readonly RunEvent[]) =>
  of(events, 'message.completed')
    .flatMap(({ data }) => data.message.parts)
    .filter(({ type }) => type === 'citation');

/** Says two sentences of two documents. */
const library = {
  run: async function* () {
    yield 'Oslo has 700,000 people. ';
    yield 'Bergen has rain.';
    yield cited('towns.md', 0, 24);
    yield cited('weather.md', 25, 41);
  },
};

describe('citations of a collaborator', () => {
  test('are sources of the agent that asked: its marks become citations of its own sentences', async () => {
    const { model, ask } = await house({ boss: { collaborators: ['library'] }, library });
    model.script([call('library', 'Towns?')], [{ text: 'It rains in Bergen [2]. Oslo is large. [1]' }]);
    const { events } = await ask();
    expect(model.requests[1]?.body.messages.at(-1).content).toBe(
      'Oslo has 700,000 people. [1] Bergen has rain. [2]\n\nThe numbers in square brackets name sources: put them after the sentences that you take over or build on, in the same way.',
    );
    expect(textIn(events)).toBe('It rains in Bergen. Oslo is large.');
    expect(citationsIn(events)).toEqual([
      { type: 'citation', title: 'weather.md', start: 0, end: 18 },
      { type: 'citation', title: 'towns.md', start: 20, end: 34 },
    ]);
  });

  test('have one number each, also over several collaborators that work at the same time', async () => {
    const other = { run: () => [text('Oslo is wet.'), cited('weather.md')] };
    const { model, ask } = await house({ boss: { collaborators: ['library', 'other'] }, library, other });
    model.script([call('other', 'x', 'a'), call('library', 'y', 'b')], [{ text: 'Wet. [1, 2]' }]);
    const { events } = await ask();
    const read = model.requests[1]?.body.messages.filter(({ role }: { role: string }) => role === 'tool');
    expect(read.map(({ content }: { content: string }) => content.split('\n')[0])).toEqual([
      'Oslo is wet. [1]',
      'Oslo has 700,000 people. [2] Bergen has rain. [1]',
    ]);
    expect(citationsIn(events)).toMatchObject([{ title: 'weather.md' }, { title: 'towns.md' }]);
  });

  test('come to an agent in code with the parts, and are said with them', async () => {
    const { ask } = await house({
      boss: {
        collaborators: ['library'],
        run: async function* (turn: { handOff(name: string, text: string, how?: object): Promise<readonly Part[]> }) {
          yield await turn.handOff('library', 'Towns?', { as: 'parts' });
          yield await turn.handOff('library', 'Again?');
        },
      },
      library,
    });
    const { events } = await ask();
    expect(textIn(events).split('|')).toHaveLength(2);
    expect(citationsIn(events)).toEqual([cited('towns.md', 0, 24), cited('weather.md', 25, 41)]);
  });

  test('of a task of a plan are cited in the answer', async () => {
    const { model, ask } = await house({ boss: { collaborators: ['library'], style: 'planner' }, library });
    model.script(
      [{ text: '{"tasks":[{"id":"a","task":"Towns"}]}' }],
      [call('library', 'Towns?')],
      [{ text: 'Oslo is large. [1]' }],
      [{ text: 'Large: Oslo. [1]' }],
    );
    const { events } = await ask();
    expect(JSON.stringify(model.requests[3]?.body.messages.at(-1))).toContain('Oslo is large. [1]');
    expect(citationsIn(events)).toEqual([{ type: 'citation', title: 'towns.md', start: 0, end: 12 }]);
  });
});

describe('an answer of several messages', () => {
  test('keeps each citation at its place, in code points', () => {
    const { text: whole, citations } = answerOf([
      [text('  😀 One. '), cited('a', 2, 8), { type: 'file', contentType: 'image/png', url: 'http://x/y.png' }],
      [text('Two.'), { type: 'text', text: 'Three.', citation: { title: 'c' } }, cited('b')],
      [cited('lost')],
    ]);
    expect(whole).toBe('😀 One.\n\n[A file of type image/png, which you cannot read]\n\nTwo.\n\nThree.');
    const points = [...whole];
    expect(citations.map(({ title, start, end }) => [title, points.slice(start, end).join('')])).toEqual([
      ['a', '😀 One.'],
      ['c', 'Three.'],
      ['b', 'Two.\n\nThree.'],
    ]);
  });

  test('has marks for those who read it, and none without sources', () => {
    const answer = { text: 'One. Two.', citations: [cited('a', 0, 4), cited('b', 0, 4), cited('a', 5, 9)] };
    const numbers = ['a', 'b'];
    expect(withMarks(answer, ({ title }) => numbers.indexOf(title as string) + 1)).toMatch(
      /^One\. \[1, 2\] Two\. \[1\]\n\n/,
    );
    expect(withMarks({ text: 'One.', citations: [] }, () => 1)).toBe('One.');
  });
});
