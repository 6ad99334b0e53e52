import type { Frame } from '@clew/wire/orchestrate';
import { describe, expect, test } from 'vitest';
import { answerReader } from '../../src/cli/chat/answer.ts';
import { answerView } from '../../src/cli/chat/view.ts';
import { type ConsoleOptions, testConsole } from './console.ts';
import { frames, RUN, THREAD, text } from './frames.ts';

function read(stream: readonly Frame[]) {
  return stream.flatMap(answerReader());
}

function show(stream: readonly Frame[], options: ConsoleOptions = {}) {
  const console = testConsole(options);
  const view = answerView(console.io);
  for (const saying of read(stream)) view.show(saying);
  return console.stdout();
}

const search = {
  response_type: 'conversational_search',
  id: '1',
  text: 'Put it there. And here.',
  citations: [
    { url: 'https://example.com/a', title: 'Embedding', text: 'Put it there.', range_start: 0, range_end: 13 },
    { url: 'https://example.com/a', title: 'Embedding', text: 'And here.', range_start: 14, range_end: 23 },
    { url: '', title: 'Local', text: 'And here.', range_start: 14, range_end: 23, search_result_idx: 0 },
  ],
  search_results: [
    { url: '', title: 'Local', body: '', result_metadata: { score: 1, document_retrieval_source: 'docs/b.md#c' } },
  ],
};

describe('reading an answer', () => {
  test('says what each frame says', () => {
    const said = read([
      frames.started(),
      frames.status('Thinking …', 'thinking'),
      frames.status('Searching', 'search'),
      frames.call('search', { query: 'embed' }),
      frames.delta('Put it '),
      frames.delta('there.'),
      frames.created([search]),
      frames.completed(),
      frames.done(),
    ]);
    expect(said).toEqual([
      { kind: 'begun', runId: RUN, threadId: THREAD },
      { kind: 'status', text: 'Thinking …' },
      { kind: 'status', text: 'Searching' },
      { kind: 'step', title: 'Searching', args: { query: 'embed' } },
      { kind: 'text', text: 'Put it ' },
      { kind: 'text', text: 'there.' },
      { kind: 'text', text: ' And here.' },
      {
        kind: 'message',
        message: {
          texts: ['Put it there. And here.'],
          sources: [
            { title: 'Embedding', place: 'https://example.com/a' },
            { title: 'Local', place: 'docs/b.md#c' },
          ],
          question: '',
          choices: [],
          others: [],
          incomplete: false,
        },
      },
      { kind: 'ended', end: { status: 'completed' } },
    ]);
  });

  test('takes the stored message for the truth', () => {
    const said = read([frames.delta('Wrong'), frames.created([text('Right')]), frames.completed(), frames.done()]);
    expect(said.slice(0, 3)).toEqual([
      { kind: 'text', text: 'Wrong' },
      { kind: 'revised' },
      { kind: 'text', text: 'Right' },
    ]);
  });

  test('tells the whole message when the deltas were empty', () => {
    expect(read([frames.delta(''), frames.created([text('Hi')])])[0]).toEqual({ kind: 'text', text: 'Hi' });
  });

  test('puts a space between items', () => {
    const said = read([
      frames.delta('One', '1'),
      frames.delta('Two', '2'),
      frames.created([text('One', '1'), text('Two', '2')]),
    ]);
    expect(said.map((saying) => (saying.kind === 'text' ? saying.text : saying.kind))).toEqual([
      'One',
      '\n\nTwo',
      'message',
    ]);
  });

  test('knows the same text when citations have joined its items', () => {
    const said = read([
      frames.delta('One. ', '1'),
      frames.delta('Two', '2'),
      frames.created([{ ...search, text: 'One. Two.' }]),
    ]);
    expect(said.map((saying) => (saying.kind === 'text' ? saying.text : saying.kind))).toEqual([
      'One. ',
      '\n\nTwo',
      '.',
      'message',
    ]);
  });

  test('says when a step failed', () => {
    expect(
      read([
        frames.response('search', '{"error":{"code":"x","message":"No index."}}'),
        frames.response('search', '{"error":1}'),
      ]),
    ).toEqual([{ kind: 'step-failed', error: 'No index.' }]);
  });

  test.each([
    [frames.failed('No luck.'), { status: 'failed', error: 'No luck.' }],
    [frames.cancelled(), { status: 'cancelled' }],
    [frames.delta(''), { status: 'waiting' }],
  ])('knows how a run ended (%#)', (frame, end) => {
    expect(read([frame, frames.done()])).toEqual([{ kind: 'ended', end }]);
  });

  test('offers choices and names what it cannot show', () => {
    const option = {
      response_type: 'option',
      id: '1',
      title: 'Which one?',
      options: [{ label: 'First', value: { input: { text: 'the first' } } }, { label: 'Second' }],
    };
    const others = [
      { response_type: 'image', id: '2', title: 'A cat', source: 'https://example.com/cat.png' },
      {
        response_type: 'file_download',
        id: '3',
        files: [{ fileName: 'a.pdf', url: 'data:application/pdf;base64,AA' }],
      },
      { response_type: 'forms', id: '4' },
    ];
    const stream = [frames.created([option, ...others])];
    expect(read(stream)[0]).toMatchObject({
      message: {
        texts: [],
        question: 'Which one?',
        choices: [
          { label: 'First', value: 'the first' },
          { label: 'Second', value: 'Second' },
        ],
        others: [{ kind: 'image' }, { kind: 'file' }, { kind: 'forms' }],
      },
    });
    expect(show(stream)).toBe(
      [
        '· image: A cat · https://example.com/cat.png',
        '· file: a.pdf',
        '(Here a page shows what a terminal cannot: forms.)',
        '',
        'Which one?',
        '1. First',
        '2. Second',
        '',
      ].join('\n'),
    );
  });

  test('passes over frames and items that it does not know', () => {
    const unknown = { id: '1-0', event: 'planning', data: { anything: 1 } } as unknown as Frame;
    expect(read([unknown, frames.created([{ response_type: 'option', id: '1', options: 7 }])])).toHaveLength(1);
  });
});

const whole = [
  frames.started(),
  frames.status('Thinking …'),
  frames.call('search', { query: 'embed' }),
  frames.status('Writing …'),
  frames.delta('Put it there.'),
  frames.created([search]),
  frames.completed(),
  frames.done(),
];

describe('showing an answer', () => {
  test('in a file: steps, text, sources', () => {
    expect(show(whole)).toBe(
      [
        '· search (query: embed)',
        '',
        'Put it there. And here.',
        '',
        'Sources',
        '[1] Embedding · https://example.com/a',
        '[2] Local · docs/b.md#c',
        '',
      ].join('\n'),
    );
  });

  test('on a terminal: passing remarks come and go', () => {
    const screen = show(whole, { terminal: true });
    expect(screen).toContain('Thinking …\r\u001b[K· search');
    expect(screen).toContain('Writing …\r\u001b[K\nPut it');
  });

  test('on a narrow terminal: a place that does not fit stands on its own line', () => {
    expect(show(whole, { terminal: true, columns: 30 })).toContain(
      '[1] Embedding\n    https://example.com/a\n[2] Local · docs/b.md#c\n',
    );
  });

  test('says why it ended', () => {
    expect(show([frames.failed('No luck.'), frames.done()])).toBe('The run failed: No luck.\n');
    expect(
      show([frames.delta('Half a '), frames.created([text('Half a ')], true), frames.cancelled(), frames.done()]),
    ).toBe('Half a\nStopped.\n');
    expect(show([frames.status('Thinking …'), frames.cancelled(), frames.done()], { terminal: true })).toBe(
      'Thinking …\r\u001b[KStopped.\n',
    );
  });

  test('separates messages', () => {
    expect(show([frames.created([text('One')]), frames.created([text('Two')])])).toBe('One\n\nTwo\n');
  });

  test('lets nothing through that would steer the terminal', () => {
    const screen = show([
      frames.status('a\u001b[2J'),
      frames.call('b\u001b[2J', { c: '\u001b[2J' }),
      frames.delta('d\u001b[2J'),
      frames.created([{ ...search, text: 'd', citations: [{ title: 'e\u001b[2J', url: 'f\u001b[2J' }] }]),
      frames.failed('g\u001b[2J'),
      frames.done(),
    ]);
    expect(screen).not.toContain('\u001b');
  });
});
