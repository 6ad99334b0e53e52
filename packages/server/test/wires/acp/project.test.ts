import { event as eventSchema } from '@clew/wire/acp';
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/model/index.ts';
import { openProjection, type Projection, project, runOf } from '../../../src/wires/acp/project.ts';
import { ANSWER, BEGIN, logOf, messageWith, RUN, START, THREAD } from '../orchestrate/logs.ts';

const text = (words: string) => ({ type: 'text', text: words }) as const;

function open(showsSteps = true): Projection {
  return openProjection({
    runId: RUN,
    sessionId: THREAD,
    agentName: 'The_Guide',
    createdAt: START,
    showsSteps: () => showsSteps,
  });
}

function read(events: readonly RunEvent[], state = open()) {
  const shown = events.flatMap((event) => project(state, event));
  for (const one of shown) eventSchema.parse(one);
  return shown;
}

/** One line an event: its type and what it says. */
function outline(shown: ReturnType<typeof read>): string[] {
  return shown.map((one) => {
    switch (one.type) {
      case 'message.part':
        return `part ${one.part.content ?? JSON.stringify(one.part.metadata)}`;
      case 'message.created':
      case 'message.completed':
        return `${one.type} ${one.message.parts.map(({ content, metadata }) => content ?? metadata?.kind).join('|')}`.trim();
      case 'generic':
        return `generic ${JSON.stringify(one.generic)}`;
      case 'error':
        return one.type;
      default:
        return `${one.type} ${one.run.status} ${one.run.output.length}`;
    }
  });
}

const messageId = ANSWER;
const started = ['message.started', { messageId }] as const;
const delta = (words: string, part = 0) => ['message.delta', { messageId, part, text: words }] as const;
const completed = (parts: Parameters<typeof messageWith>[0], more = {}) =>
  ['message.completed', { message: messageWith(parts, more) }] as const;
const done = ['run.completed', { context: {} }] as const;

describe('a log as ACP events', () => {
  test.each([
    [
      'a crash in the middle shows nothing, and text that was taken back begins a new message',
      [
        ...BEGIN,
        started,
        delta('Hel'),
        ['run.started', { epoch: 2 }],
        ['message.reset', { messageId }],
        delta('Bye'),
        completed([text('Bye')]),
        done,
      ],
      [
        'run.created created 0',
        'run.in-progress in-progress 0',
        'message.created',
        'part Hel',
        'message.created',
        'part Bye',
        'message.completed Bye',
        'run.completed completed 1',
      ],
    ],
    [
      'steps before a message and within it',
      [
        ...BEGIN,
        ['step.started', { stepId: 's1', kind: 'tool', name: 'look', title: 'Looking', input: { q: 1 } }],
        ['step.completed', { stepId: 's1', output: 'found' }],
        started,
        delta('It'),
        ['step.started', { stepId: 's2', kind: 'thought', name: 'think', title: 'Thinking' }],
        ['step.completed', { stepId: 's2', error: { code: 'step_failed', message: 'No.' } }],
        delta(' is'),
        completed([text('It is')], {
          steps: [
            { stepId: 's1', kind: 'tool', name: 'look', input: { q: 1 }, output: 'found' },
            { stepId: 's2', kind: 'thought', name: 'think', error: { code: 'step_failed', message: 'No.' } },
          ],
        }),
        done,
      ],
      [
        'run.created created 0',
        'run.in-progress in-progress 0',
        'generic {"step":{"id":"s1","kind":"tool","name":"look","title":"Looking"}}',
        'message.created',
        'part {"kind":"trajectory","message":"Looking","tool_name":"look","tool_input":{"q":1},"tool_output":{"output":"found"}}',
        'part It',
        'generic {"step":{"id":"s2","kind":"thought","name":"think","title":"Thinking"}}',
        'part {"kind":"trajectory","message":"Thinking","tool_output":{"error":{"code":"step_failed","message":"No."}}}',
        'part  is',
        'message.completed trajectory|trajectory|It is',
        'run.completed completed 1',
      ],
    ],
    [
      'a change of context, a citation, and an end without an answer',
      [
        ...BEGIN,
        ['context.updated', { context: { colour: 'red' } }],
        started,
        ['message.part', { messageId, part: 0, value: { type: 'citation', start: 0, end: 2, url: 'https://a.org' } }],
        completed([{ type: 'citation', start: 0, end: 2, url: 'https://a.org' }]),
        ['run.failed', { error: { code: 'too_hot', message: 'No.' } }],
      ],
      [
        'run.created created 0',
        'run.in-progress in-progress 0',
        'generic {"context":{"colour":"red"}}',
        'message.created',
        'part {"kind":"citation","start_index":0,"end_index":2,"url":"https://a.org"}',
        'message.completed citation',
        'run.failed failed 1',
      ],
    ],
  ] as [string, Parameters<typeof logOf>, string[]][])('%s', (_, entries, expected) => {
    expect(outline(read(logOf(...entries)))).toEqual(expected);
  });

  test('what is shown is never changed by what follows', () => {
    const state = open();
    const log = logOf(...BEGIN, started, delta('a'), delta('b'), completed([text('ab')]), done);
    const frozen: string[] = [];
    const shown = log.flatMap((one) => {
      const here = project(state, one);
      frozen.push(...here.map((event) => JSON.stringify(event)));
      return here;
    });
    expect(shown.map((event) => JSON.stringify(event))).toEqual(frozen);
    expect(shown.at(-1)).toEqual({ type: 'run.completed', run: runOf(state) });
    expect(runOf(state)).toMatchObject({ agent_name: 'the-guide', finished_at: '2026-02-06T16:57:05.429Z' });
  });

  test('a run shows what it has said so far', () => {
    const state = open();
    read(logOf(...BEGIN, started, delta('Hel'), delta('lo')), state);
    expect(runOf(state).output).toEqual([
      {
        role: 'agent/the-guide',
        parts: [{ content_type: 'text/plain', content: 'Hello', content_encoding: 'plain' }],
        created_at: expect.stringMatching(/Z$/),
        completed_at: null,
      },
    ]);
  });

  test('who may not see steps sees that there are some', () => {
    const entries: Parameters<typeof logOf> = [
      ...BEGIN,
      ['step.started', { stepId: 's1', kind: 'tool', name: 'look', title: 'Looking' }],
      ['step.completed', { stepId: 's1' }],
      started,
      completed([text('x')], { steps: [{ stepId: 's1', kind: 'tool', name: 'look' }] }),
    ];
    expect(outline(read(logOf(...entries), open(false))).slice(2)).toEqual([
      'generic {"step":{"id":"s1","kind":"tool","name":"look","title":"Looking"}}',
      'message.created',
      'message.completed x',
    ]);
  });

  test('an error of an agent keeps its code beside one of the three', () => {
    const state = open();
    read(logOf(...BEGIN, ['run.failed', { error: { code: 'too_hot', message: 'No.' } }]), state);
    expect(runOf(state).error).toEqual({ code: 'server_error', message: 'No.', data: { code: 'too_hot' } });
  });
});
