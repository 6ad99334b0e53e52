import type { ContentItem } from '@clew/wire/client';
import { expect, test } from 'vitest';
import { Announcer } from '../src/answers/announcer.ts';
import type { Entry, State } from '../src/conversation/state.ts';
import { ENGLISH } from '../src/locale/words.ts';
import type { Answer } from '../src/transcript/answer.ts';

const STATE: State = {
  agent: undefined,
  agents: [],
  starters: undefined,
  welcome: undefined,
  threadId: undefined,
  entries: [],
  busy: false,
  loading: false,
  trouble: undefined,
  connection: 'online',
};
const QUESTION: Entry = { kind: 'question', key: 'q', text: 'Hi', files: [], delivery: 'sent', at: 0 };

function reply(phase: Answer['phase'], content: readonly ContentItem[], problem?: string, key = 'r'): Entry {
  const message = {
    id: phase === 'working' ? undefined : 'm',
    content,
    incomplete: false,
    interrupt: false,
    interim: false,
    state: null,
  };
  const messages = content.length > 0 ? [message] : [];
  const answer: Answer = { runId: 'run', threadId: 't', phase, activity: undefined, steps: [], messages, problem };
  return { kind: 'reply', key, agent: 'Guide', answer, at: 0 };
}

const text = (value: string): ContentItem => ({ id: '1', response_type: 'text', text: value });

function listen() {
  const heard: string[] = [];
  let due: (() => void) | undefined;
  const announcer = new Announcer({
    words: ENGLISH,
    say: (said) => heard.push(said),
    later(run) {
      due = run;
      return () => {
        due = undefined;
      };
    },
  });
  announcer.update(STATE);
  return {
    heard,
    show: (...entries: Entry[]) => announcer.update({ ...STATE, threadId: 't', entries }),
    pass: () => {
      const run = due;
      due = undefined;
      run?.();
    },
    announcer,
  };
}

test('an answer is told as it comes: that it begins, sentences in batches, that it is complete', () => {
  const { heard, show, pass } = listen();
  show(QUESTION, reply('working', []));
  show(QUESTION, reply('working', [text('High water')]));
  pass();
  show(QUESTION, reply('working', [text('High water is at 14:20. It lasts. The b')]));
  show(QUESTION, reply('working', [text('High water is at 14:20. It lasts. The basin has **a')]));
  pass();
  const more =
    'High water is at 14:20. It lasts. The basin has **a sill**.\n\n## Fees\n\n- [14 €](https://example.org)\n- `21` €\n\n```js\nlet a;\n```\n\nAsk';
  show(QUESTION, reply('working', [text(more)]));
  pass();
  const all = `${more} [me].\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[me]: https://example.org\n`;
  show(QUESTION, reply('working', [text(all)]));
  show(QUESTION, reply('done', [text(all)]));
  pass();
  expect(heard).toEqual([
    'Guide is answering.',
    'High water is at 14:20. It lasts.',
    'The basin has a sill.\nFees\n14 €\n21 €',
    'Code\nAsk me.\na, b\n1, 2',
    'The answer is complete.',
  ]);
});

test('what has been said is not said again when the stored message comes', () => {
  const { heard, show, pass } = listen();
  show(QUESTION, reply('working', [text('One. Two. Th')]));
  pass();
  show(QUESTION, reply('done', [text('One. Two. Three.')]));
  show(QUESTION, reply('done', [text('One. Two. Three.')]));
  expect(heard).toEqual(['Guide is answering.', 'One. Two.', 'Three.', 'The answer is complete.']);
});

test('an answer that is another one than was heard is read whole', () => {
  const { heard, show, pass } = listen();
  show(QUESTION, reply('working', [text('One. Two. Th')]));
  pass();
  show(QUESTION, reply('done', [text('Something else.')]));
  expect(heard.slice(2)).toEqual(['Something else.', 'The answer is complete.']);
});

test.each([
  ['stopped', undefined, 'Stopped.'],
  ['failed', 'The model is out.', 'The model is out.'],
  ['lost', undefined, 'Something went wrong.'],
] as const)('an answer that is %s says so', (phase, problem, last) => {
  const { heard, show } = listen();
  show(QUESTION, reply('working', []));
  show(QUESTION, reply(phase, [text('Half')], problem));
  expect(heard).toEqual(['Guide is answering.', 'Half', last]);
});

test('choices are read by their names', () => {
  const { heard, show } = listen();
  show(
    QUESTION,
    reply('done', [{ id: '1', response_type: 'option', title: 'Size?', options: [{ label: 'S' }, { label: 'M' }] }]),
  );
  expect(heard[1]).toBe('Size?\nS, M');
});

test('a thread that is opened is not read, but an answer that still comes is', () => {
  const { heard, announcer } = listen();
  announcer.update({ ...STATE, threadId: 'other', loading: true });
  announcer.update({ ...STATE, threadId: 'other', entries: [QUESTION, reply('done', [text('Old.')])] });
  expect(heard).toEqual([]);
  const entries = [QUESTION, reply('working', [], undefined, 'open')];
  announcer.update({ ...STATE, threadId: 'third', loading: true });
  announcer.update({ ...STATE, threadId: 'third', entries });
  expect(heard).toEqual(['Guide is answering.']);
});

test('a retry is told anew', () => {
  const { heard, show } = listen();
  show(QUESTION, reply('lost', [], 'No connection.'));
  show(QUESTION, reply('working', []));
  show(QUESTION, reply('done', [text('Back.')]));
  expect(heard.slice(2)).toEqual(['Guide is answering.', 'Back.', 'The answer is complete.']);
});
