import { expect, test } from 'vitest';
import { textOf } from '../../../src/model/index.ts';
import type { Found } from '../../../src/runtimes/guide/find.ts';
import { Sources } from '../../../src/runtimes/llm/sources.ts';
import { Speaker } from '../../../src/runtimes/llm/speaker.ts';
import { recorder } from '../recorder.ts';

const passage = {
  knowledge_base: 'a',
  path: 'a.md',
  title: 'A',
  url: null,
  anchor: null,
  headings: ['A'],
  text: 'Text.',
  start: 0,
  end: 5,
  score: 1,
  coverage: 1,
  in_heading: 0,
  heading_fits: 0,
  words: [],
};
const found: Found = { passages: [passage, { ...passage, start: 6, end: 9 }], unknown: [], weights: {} };

/** What two replies become, each said in pieces of a length. */
async function say(replies: readonly string[], length: number) {
  const sources = new Sources();
  sources.describe(found);
  const { emit, messages } = recorder();
  const speaker = new Speaker(emit, sources);
  for (const reply of replies) {
    for (const piece of reply.match(new RegExp(`[^]{1,${length}}`, 'g')) ?? []) speaker.say(piece);
    speaker.endReply();
  }
  await speaker.cite();
  return messages;
}

const CASES: readonly {
  readonly replies: readonly string[];
  readonly text: string;
  readonly cited: readonly string[];
}[] = [
  {
    replies: ['  One. [1] Two [2].\n', '\n\n- Three [1][2]\n- Four `a[1]` [2] '],
    text: 'One. Two.\n\n\n- Three\n- Four `a[1]` ',
    cited: ['One.', 'Two', 'Three', 'Four `a[1]`'],
  },
  { replies: ['', ' \n', 'Only\u{1F600} this. [1]'], text: 'Only\u{1F600} this.', cited: ['Only\u{1F600} this.'] },
  { replies: ['[1]Begins', '[2]'], text: 'Begins\n\n', cited: ['Begins'] },
];

test.each(CASES)('$replies are the same in pieces and as a whole', async ({ replies, text, cited }) => {
  const [whole = []] = await say(replies, 10_000);
  for (const length of [1, 2, 3, 7]) expect(await say(replies, length)).toEqual([whole]);
  expect(textOf(whole)).toBe(text);
  const points = [...text];
  const ranges = whole.flatMap((part) =>
    part.type === 'citation' ? [points.slice(part.start, part.end).join('')] : [],
  );
  expect(ranges).toEqual(cited);
});
