import { describe, expect, test } from 'vitest';
import { ANSWER, BEGIN, logOf, messageWith, outline, show, viewOf, withSteps } from './logs.ts';

describe('steps', () => {
  test('are lines of progress, with what they were given and gave back for those who may see it', () => {
    expect(outline(show(withSteps))).toEqual([
      ...['run.started', 'message.started', 'thinkingThisThrough'],
      ...['weather', 'run.step.delta', 'run.step.delta', 'plan', 'docs', 'run.step.delta', 'run.step.delta'],
      ...['run.completed', 'done'],
    ]);
    const details = show(withSteps).flatMap(({ data }) => data.delta?.step_details ?? []);
    expect(details).toEqual([
      {
        type: 'tool_calls',
        agent_display_name: 'The guide',
        tool_calls: [{ id: 's1', name: 'weather', args: { city: 'Ulm' } }],
      },
      { type: 'tool_response', name: 'weather', tool_call_id: 's1', content: '{"sky":"blue"}' },
      {
        type: 'tool_calls',
        agent_display_name: 'The guide',
        tool_calls: [{ id: 's3', name: 'docs', args: { input: 'embed' } }],
      },
      {
        type: 'tool_response',
        name: 'docs',
        tool_call_id: 's3',
        content: '{"error":{"code":"agent_failed","message":"No."}}',
      },
    ]);
  });

  test('are titles only for everybody else', () => {
    const visitor = show(withSteps, viewOf({ showsSteps: () => false }));
    expect(outline(visitor)).toEqual([
      ...['run.started', 'message.started', 'thinkingThisThrough', 'weather', 'plan', 'docs', 'run.completed', 'done'],
    ]);
    expect(JSON.stringify(visitor)).not.toMatch(/Ulm|blue|embed|secret/);
  });

  test('are the history of a message, one detail an entry', () => {
    const message = messageWith([], {
      steps: [{ stepId: 's1', kind: 'tool', name: 'weather', input: {}, output: 'blue' }],
    });
    const log = logOf(...BEGIN, ['message.started', { messageId: ANSWER }], ['message.completed', { message }]);
    const history = show(log).find(({ event }) => event === 'message.created')?.data.message.step_history;
    expect(history).toEqual([
      {
        role: 'assistant',
        step_details: [
          {
            type: 'tool_calls',
            agent_display_name: 'The guide',
            tool_calls: [{ id: 's1', name: 'weather', args: {} }],
          },
        ],
      },
      {
        role: 'assistant',
        step_details: [{ type: 'tool_response', name: 'weather', tool_call_id: 's1', content: 'blue' }],
      },
    ]);
  });
});

describe('parts while they come', () => {
  const started = ['message.started', { messageId: ANSWER }] as const;
  const part = (index: number, value: Parameters<typeof messageWith>[0][number]) =>
    ['message.part', { messageId: ANSWER, part: index, value }] as const;
  const log = logOf(
    ...BEGIN,
    started,
    ['message.delta', { messageId: ANSWER, part: 0, text: 'a' }],
    part(1, { type: 'citation', url: 'https://example.org' }),
    part(2, { type: 'item', kind: 'option', value: { title: 'Pick' } }),
    ['message.delta', { messageId: ANSWER, part: 3, text: 'b' }],
    ['message.delta', { messageId: ANSWER, part: 3, text: 'c' }],
  );
  const deltas = (multipleContent: boolean) =>
    show(log, viewOf({ multipleContent })).flatMap(({ data }) => data.delta?.content ?? []);

  test('are content items; citations wait for the whole message', () => {
    expect(deltas(true)).toEqual([
      { id: '1', response_type: 'text', text: 'a' },
      { response_type: 'option', id: '2', title: 'Pick' },
      { id: '3', response_type: 'text', text: 'b' },
      { id: '3', response_type: 'text', text: 'c' },
    ]);
  });

  test('are one text where the client wants one', () => {
    expect(deltas(false).map(({ id }) => id)).toEqual(['1', '2', '1', '1']);
  });
});
