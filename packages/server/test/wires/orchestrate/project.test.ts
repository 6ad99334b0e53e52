import { frame } from '@clew/wire/orchestrate';
import { describe, expect, test } from 'vitest';
import { compareWithTrace, readTranscript } from '../../../../../test/kit/trace.ts';
import {
  AGENT,
  ANSWER,
  BEGIN,
  framesOf,
  logOf,
  messageWith,
  outline,
  QUESTION,
  RUN,
  START,
  show,
  THREAD,
  viewOf,
  withSteps,
} from './logs.ts';

const text = 'Hello! How can I help?';
const simple = logOf(
  ...BEGIN,
  ['message.started', { messageId: ANSWER }],
  ['message.delta', { messageId: ANSWER, part: 0, text }],
  ['message.completed', { message: messageWith([{ type: 'text', text }]) }],
  ['run.completed', { context: {} }],
);

test('a thought in words is read like what a tool gave back, by those who see steps', () => {
  const log = logOf(
    ...BEGIN,
    ['step.started', { stepId: 's1', kind: 'thought', name: 'thought', title: 'Thinking' }],
    ['step.completed', { stepId: 's1', output: 'Two and two …' }],
    ['run.completed', { context: {} }],
  );
  const details = (view = viewOf()) =>
    show(log, view).flatMap(({ event, data }) => (event === 'run.step.delta' ? data.delta.step_details : []));
  expect(details()).toEqual([
    { type: 'tool_calls', agent_display_name: 'The guide', tool_calls: [{ id: 's1', name: 'thought', args: {} }] },
    { type: 'tool_response', name: 'thought', tool_call_id: 's1', content: 'Two and two …' },
  ]);
  expect(details(viewOf({ showsSteps: () => false }))).toEqual([]);
});

describe('an answer', () => {
  test('has the structure of the recorded ones', () => {
    const produced = framesOf(simple)
      .map(({ line }) => `${line}\n`)
      .join('');
    const exchange = { threadId: THREAD, agentId: AGENT, messageId: QUESTION };
    expect(compareWithTrace(readTranscript('seed-1'), produced, exchange)).toEqual([]);
  });

  test('is written as the schemas say', () => {
    for (const shown of [...show(simple), ...show(withSteps)]) expect(frame.parse(shown)).toEqual(shown);
  });

  test('has the same bytes around the texts as the recorded ones, where those are copied well enough to tell', () => {
    const [started] = framesOf(simple);
    expect(started?.line).toBe(
      `{"id": "${START + 10}-0", "event": "run.started", "data": {"run_id": "${RUN}", "agent_id": "${AGENT}", "thread_id": "${THREAD}"}}`,
    );
  });

  test('gives the message as the thread keeps it', () => {
    const created = show(simple).find(({ event }) => event === 'message.created');
    expect(created?.data).toEqual({
      thread_id: THREAD,
      message_id: ANSWER,
      agent_id: AGENT,
      run_id: RUN,
      message: {
        id: ANSWER,
        tenant_id: '575ef8ef-c00f-42c6-9c62-374d7f5e7ce3',
        created_by: 'f242eadf-0dc9-4eae-b2d7-65b09b4b4b16',
        created_by_username: 'wxo.archer@ibm.com',
        created_on: '2026-02-06T16:57:07.195000Z',
        updated_at: '2026-02-06T16:57:07.195000Z',
        thread_id: THREAD,
        assistant: { is_default: true, assistant_name: 'guide' },
        parent_message_id: QUESTION,
        role: 'assistant',
        content: [{ response_type: 'text', id: '1', text }],
        mentions: null,
        document_ids: null,
        additional_properties: { display_properties: { skip_render: false, is_async: false }, is_interrupt: false },
        context: null,
        step_history: [],
        message_state: null,
      },
    });
  });

  test('announces each message once, the second as well', () => {
    const second = messageWith([{ type: 'text', text: 'Two' }], { id: QUESTION });
    const log = logOf(
      ...BEGIN,
      ['message.started', { messageId: ANSWER }],
      ['message.delta', { messageId: ANSWER, part: 0, text: 'On' }],
      ['message.delta', { messageId: ANSWER, part: 0, text: 'e' }],
      ['message.completed', { message: messageWith([{ type: 'text', text: 'One' }]) }],
      ['message.started', { messageId: QUESTION }],
      ['message.part', { messageId: QUESTION, part: 0, value: { type: 'text', text: 'Two' } }],
      ['message.completed', { message: second }],
      ['run.completed', { context: {} }],
    );
    expect(outline(show(log))).toEqual([
      ...['run.started', 'message.started', 'thinkingThisThrough'],
      ...['pullingEverythingTogether', 'message.delta', 'message.delta'],
      ...['wrappingUpFinalResponse', 'message.created', 'message.completed'],
      ...['message.started', 'pullingEverythingTogether', 'message.delta'],
      ...['wrappingUpFinalResponse', 'message.created', 'message.completed'],
      ...['run.completed', 'done'],
    ]);
  });

  test('that begins anew is told by message.created alone', () => {
    const log = logOf(
      ...BEGIN,
      ['message.started', { messageId: ANSWER }],
      ['message.delta', { messageId: ANSWER, part: 0, text: 'Wrong' }],
      ['run.started', { epoch: 2 }],
      ['message.reset', { messageId: ANSWER }],
      ['message.delta', { messageId: ANSWER, part: 0, text: 'Right' }],
      ['message.completed', { message: messageWith([{ type: 'text', text: 'Right' }]) }],
      ['run.completed', { context: {} }],
    );
    expect(outline(show(log)).filter((event) => event.startsWith('run.') || event.startsWith('message.'))).toEqual([
      ...['run.started', 'message.started', 'message.delta', 'message.delta'],
      ...['message.created', 'message.completed', 'run.completed'],
    ]);
  });
});

describe('ids', () => {
  test('are the time and a number that counts within one millisecond', () => {
    const log = logOf(
      ...BEGIN.slice(0, 1),
      ['run.started', { epoch: 1 }, START],
      ['message.started', { messageId: ANSWER }, START],
      ['message.delta', { messageId: ANSWER, part: 0, text }, START + 1],
      ['message.delta', { messageId: ANSWER, part: 0, text }, START - 50],
      ['message.delta', { messageId: ANSWER, part: 0, text }, START + 2],
      ['run.completed', { context: {} }, START + 2],
    );
    expect(show(log).map(({ id }) => id)).toEqual([
      ...[`${START}-0`, `${START}-1`, `${START}-2`],
      ...[`${START + 1}-0`, `${START + 1}-1`, `${START + 1}-2`],
      ...[`${START + 2}-0`, `${START + 2}-1`, `${START + 2}-2`],
    ]);
  });

  test('are the same for a caller who may not see everything', () => {
    const all = new Set(show(withSteps).map(({ id }) => id));
    const visitors = show(withSteps, viewOf({ showsSteps: () => false })).map(({ id }) => id);
    expect(visitors.length).toBeLessThan(all.size);
    expect(visitors.filter((id) => !all.has(id))).toEqual([]);
    expect(visitors.at(-1)).toBe([...all].at(-1));
  });

  test('do not count what the chat does not show', () => {
    const end = ['run.completed', { context: {} }] as const;
    const more = logOf(
      ...BEGIN,
      ['state.read', {}],
      ['state.updated', { state: 1 }],
      ['custom.emitted', { value: { progress: 0.5 } }],
      end,
    ).map((event) => ({ ...event, at: START }));
    const fewer = logOf(...BEGIN, end).map((event) => ({ ...event, at: START }));
    expect(show(more)).toEqual(show(fewer));
  });

  test('do not depend on how texts are joined', () => {
    const joined = viewOf({ multipleContent: false });
    expect(show(simple, joined).map(({ id }) => id)).toEqual(show(simple).map(({ id }) => id));
  });
});

describe('ends', () => {
  const end = { run_id: RUN, agent_id: AGENT, thread_id: THREAD };
  const last = (events: Parameters<typeof logOf>) => show(logOf(...BEGIN, ...events)).slice(-2);

  test('completed, with the context that the agent changed', () => {
    const [completed, done] = last([
      ['context.updated', { context: { name: 'Ada' } }],
      ['run.completed', { context: { name: 'Ada' } }],
    ]);
    expect(completed).toMatchObject({ event: 'run.completed', data: { ...end, context: { name: 'Ada' } } });
    expect(done).toMatchObject({ event: 'done', data: completed?.data });
  });

  test('failed, with the text where the ADK looks for it', () => {
    const [failed, done] = last([['run.failed', { error: { code: 'invalid_input', message: 'Not "this".' } }]]);
    expect(failed).toMatchObject({
      event: 'run.failed',
      data: { ...end, context: {}, error: 'Not "this".', code: 'invalid_input' },
    });
    expect(done).toMatchObject({ event: 'done', data: { ...end, context: {} } });
  });

  test('cancelled, the partial message before it', () => {
    const message = messageWith([{ type: 'text', text: 'Half' }], { incomplete: true });
    const frames = show(
      logOf(
        ...BEGIN,
        ['message.started', { messageId: ANSWER }],
        ['message.delta', { messageId: ANSWER, part: 0, text: 'Half' }],
        ['message.completed', { message }],
        ['run.cancelled', { reason: 'requested' }],
      ),
    );
    expect(outline(frames).slice(-4)).toEqual(['message.created', 'message.completed', 'run.cancelled', 'done']);
    expect(frames.at(-4)?.data.message.additional_properties).toMatchObject({ is_incomplete: true });
    expect(frames.at(-2)?.data).toEqual({ ...end, context: {}, reason: 'requested' });
  });

  test('cancelled before a worker had it', () => {
    expect(outline(show(logOf(BEGIN[0]!, ['run.cancelled', { reason: 'requested' }])))).toEqual([
      'run.cancelled',
      'done',
    ]);
  });

  test('waiting for a person, and what follows the answer is an exchange of its own', () => {
    const question = messageWith([{ type: 'text', text: 'Which?' }], { interrupt: true });
    const frames = show(
      logOf(
        ...BEGIN,
        ['message.started', { messageId: ANSWER }],
        ['message.part', { messageId: ANSWER, part: 0, value: { type: 'text', text: 'Which?' } }],
        ['message.completed', { message: question }],
        ['run.waiting', { waitId: 'w1', messageId: ANSWER }],
        ['run.resumed', { waitId: 'w1', answer: messageWith([{ type: 'text', text: 'This.' }]) }],
        ['run.started', { epoch: 2 }],
        ['message.started', { messageId: QUESTION }],
        ['message.delta', { messageId: QUESTION, part: 0, text: 'Good.' }],
        ['message.completed', { message: messageWith([{ type: 'text', text: 'Good.' }], { id: QUESTION }) }],
        ['run.completed', { context: {} }],
      ),
    );
    const events = outline(frames);
    const pause = events.indexOf('done');
    expect(frames[pause - 2]?.data.message.additional_properties.is_interrupt).toBe(true);
    expect(events.slice(pause + 1)).toEqual([
      ...['run.started', 'message.started', 'thinkingThisThrough', 'pullingEverythingTogether', 'message.delta'],
      ...['wrappingUpFinalResponse', 'message.created', 'message.completed', 'run.completed', 'done'],
    ]);
  });
});
