import type { Event, MessagePart } from '@clew/wire/acp-client';
import { describe, expect, test } from 'vitest';
import { acpAnswerReader } from '../../src/cli/acp/answer.ts';
import type { Saying } from '../../src/cli/chat/answer.ts';

const run = (type: string, more: object = {}) =>
  ({ type, run: { run_id: 'r', session_id: 's', status: 'x', output: [], error: null, ...more } }) as unknown as Event;
const part = (content: string | null, more: object = {}) =>
  ({ type: 'message.part', part: { content, ...more } }) as unknown as Event;
const message = (type: 'message.created' | 'message.completed', ...parts: MessagePart[]) =>
  ({ type, message: { role: 'agent', parts } }) as Event;
const CREATED = message('message.created');

/** What events say, in few words. */
function read(...events: Event[]): (string | object)[] {
  return events.flatMap(acpAnswerReader()).map((saying: Saying) => {
    if (saying.kind === 'text') return saying.text;
    if (saying.kind === 'message') return { texts: saying.message.texts };
    if (saying.kind === 'ended') return saying.end.error ?? saying.end.status;
    return saying.kind;
  });
}

describe('the events of an answer', () => {
  test('are texts as they come, and the message once it is whole', () => {
    const whole = message('message.completed', { content: 'Hello world' });
    const events = [run('run.created'), CREATED, part('Hello'), part(' world'), whole, run('run.completed')];
    expect(read(...events)).toEqual(['begun', 'Hello', ' world', { texts: ['Hello world'] }, 'completed']);
  });

  test('are texts apart where something stands between them', () => {
    const image = { content_type: 'image/png', content: 'aGk=', content_encoding: 'base64' };
    const events = [
      part('a'),
      part(null, { metadata: { kind: 'citation' } }),
      part('b'),
      part('aGk=', image),
      part('c'),
    ];
    expect(read(...events, run('run.completed'))).toEqual(['a', 'b', '\n\nc', { texts: ['ab', 'c'] }, 'completed']);
  });

  test('are steps, sources and files', () => {
    const reader = acpAnswerReader();
    const step = { kind: 'trajectory', tool_name: 'look', tool_input: { q: 1 }, tool_output: {} };
    expect(reader(part(null, { metadata: step }))).toEqual([{ kind: 'step', title: 'look', args: { q: 1 } }]);
    expect(reader(part(null, { metadata: { kind: 'trajectory', message: 'Hm' } }))).toEqual([
      { kind: 'step', title: 'Hm', args: {} },
    ]);
    const source = { kind: 'citation', title: 'A page', url: 'https://example.com' };
    for (const one of [source, source]) reader(part('cited ', { metadata: one }));
    reader(part('named', { name: 'a.txt', content_type: 'text/plain' }));
    expect(reader(message('message.completed'))).toEqual([
      {
        kind: 'message',
        message: expect.objectContaining({
          texts: ['cited cited '],
          sources: [{ title: 'A page', place: 'https://example.com' }],
          others: [{ kind: 'text/plain', title: 'a.txt', place: '' }],
        }),
      },
    ]);
  });

  test('of a message in one piece, and of a run that only its end tells', () => {
    const one = message('message.completed', { content: 'Hi' });
    expect(read(message('message.created', { content: 'Hi' }), one)).toEqual(['Hi', { texts: ['Hi'] }]);
    const output = [{ role: 'agent', parts: [{ content: 'Hi' }] }];
    expect(read(run('run.created'), run('run.completed', { output }))).toEqual([
      'begun',
      'Hi',
      { texts: ['Hi'] },
      'completed',
    ]);
    expect(read(run('run.in-progress'), run('run.completed', { output }))).toEqual(['begun', 'completed']);
  });

  test('of a message over a question, each part once', () => {
    const await_request = { type: 'message', message: { parts: [{ content: 'Which?' }] } };
    const before = [run('run.created'), CREATED, part('Before.'), run('run.awaiting', { await_request })];
    const whole = message('message.completed', { content: 'Before.' }, { content: 'After.' });
    const asked = ['begun', 'Before.', { texts: ['Before.'] }, 'Which?', { texts: ['Which?'] }, 'waiting'];
    expect(read(...before, part('After.'), whole, run('run.completed'))).toEqual([
      ...asked,
      'After.',
      { texts: ['After.'] },
      'completed',
    ]);
    expect(read(...before, whole, run('run.completed'))).toEqual([...asked, 'completed']);
  });

  test('of a run that fails or is cancelled keep what was said', () => {
    const error = { code: 'server_error', message: 'Broken.' };
    expect(read(CREATED, part('a'), run('run.failed', { error }))).toEqual(['a', { texts: ['a'] }, 'Broken.']);
    expect(read(CREATED, part('a'), run('run.cancelled'))).toEqual(['a', { texts: ['a'] }, 'cancelled']);
    expect(read(run('run.failed'))).toEqual(['The server does not say why.']);
  });

  test('take back a message that begins anew, and pass over what is unknown', () => {
    const events = [CREATED, part('wrong'), CREATED, part('right'), message('message.completed')];
    expect(read(...events)).toEqual(['wrong', 'revised', 'right', { texts: ['right'] }]);
    const odd = [
      { type: 'generic', generic: { thought: 'x' } },
      { type: 'custom', x: 1 },
    ] as unknown as Event[];
    expect(read(...odd)).toEqual([]);
  });
});
