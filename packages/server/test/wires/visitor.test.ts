import { describe, expect, test } from 'vitest';
import {
  type EventData,
  type EventType,
  fold,
  type RunEvent,
  visibleMessage,
  visibleTo,
} from '../../src/model/index.ts';
import * as acp from '../../src/wires/acp/project.ts';
import { encodeMessage } from '../../src/wires/orchestrate/message.ts';
import * as orchestrate from '../../src/wires/orchestrate/project.ts';
import { ANSWER, BEGIN, logOf, messageWith, QUESTION, RUN, START, THREAD, viewOf } from './orchestrate/logs.ts';

/** What no visitor may read, each in a place of its own. */
const step = { stepId: 's1', kind: 'tool', name: 'look_up' } as const;
const model = { stepId: 'm1', kind: 'model', name: 'CANARY-model-name' } as const;
const ERROR = { code: 'model_refused', message: 'CANARY-model-name is not at CANARY-address, see CANARY/path' };
const message = messageWith([{ type: 'text', text: 'The answer.' }], {
  steps: [
    { ...step, input: { key: 'CANARY-input' }, output: 'CANARY-output' },
    {
      ...model,
      name: 'model',
      input: { system: 'CANARY-instructions' },
      output: { text: 'CANARY-raw', model: 'CANARY' },
    },
    { ...step, stepId: 's2', input: 'CANARY-input', error: { code: 'e', message: 'CANARY-tool-error' } },
  ],
});

/** One event of each type. The type makes it exhaustive: a new event that is not here does not compile. */
const EVENTS: { readonly [T in EventType]: EventData[T] } = {
  'run.created': (BEGIN[0] as unknown as [string, EventData['run.created']])[1],
  'run.started': { epoch: 1 },
  'run.retried': {},
  'step.started': { ...step, title: 'Looking it up', input: { key: 'CANARY-input' } },
  'step.delta': { stepId: 's1', text: 'CANARY-progress' },
  'step.completed': { stepId: 's1', output: 'CANARY-output', error: { code: 'e', message: 'CANARY-tool-error' } },
  'message.started': { messageId: ANSWER },
  'message.delta': { messageId: ANSWER, part: 0, text: 'The answer.' },
  'message.part': { messageId: ANSWER, part: 1, value: { type: 'text', text: 'More.' } },
  'message.reset': { messageId: ANSWER },
  'message.completed': { message },
  'run.waiting': { waitId: 'w1', messageId: ANSWER },
  'run.resumed': {
    waitId: 'w1',
    answer: messageWith([{ type: 'text', text: 'Yes.' }], { id: QUESTION, role: 'user' }),
  },
  'context.updated': { context: { secret: 'CANARY-context' } },
  'state.read': { state: 'CANARY-state' },
  'state.updated': { state: 'CANARY-state' },
  'custom.emitted': { value: { secret: 'CANARY-custom' } },
  'log.pruned': { from: 1, kinds: 't', times: [0] },
  'run.completed': { context: {} },
  'run.failed': { error: ERROR },
  'run.cancelled': { reason: 'requested' },
};

const VISITOR = { audience: 'visitor' } as const;
const seen = (log: readonly RunEvent[]) => log.flatMap((event) => visibleTo(VISITOR, event) ?? []);

const orchestrateView = viewOf({ showsSteps: () => false });
const acpView = { runId: RUN, sessionId: THREAD, agentName: 'guide', createdAt: START, showsSteps: () => false };

function shown(log: readonly RunEvent[]) {
  const states = { orchestrate: orchestrate.openProjection(orchestrateView), acp: acp.openProjection(acpView) };
  return seen(log).map((event) => ({
    event: event.type,
    data: event.data,
    orchestrate: orchestrate.project(states.orchestrate, event).map(({ line }) => JSON.parse(line)),
    acp: acp.project(states.acp, event),
  }));
}

describe('a visitor', () => {
  test.each(Object.keys(EVENTS) as EventType[])('sees of %s what this shows, on either wire', async (type) => {
    const data = EVENTS[type];
    const before = type.startsWith('run.c') || type === 'run.started' ? [] : BEGIN;
    const begun = type === 'step.completed' ? [['step.started', EVENTS['step.started']]] : [];
    const log = logOf(...([...before, ...begun, [type, data]] as Parameters<typeof logOf>));
    const [last] = shown(log).filter(({ event }) => event === type);
    expect(JSON.stringify(last ?? null)).not.toContain('CANARY');
    expect(last?.data ?? 'nothing').toMatchSnapshot();
  });

  test('sees nothing of the calls of a model', () => {
    const log = logOf(
      ...BEGIN,
      ['step.started', { ...model, title: 'CANARY', input: { system: 'CANARY-instructions' } }],
      ['step.delta', { stepId: 'm1', kind: 'model', text: 'CANARY' }],
      ['step.completed', { stepId: 'm1', kind: 'model', output: { text: 'CANARY' } }],
    );
    expect(JSON.stringify(shown(log))).not.toContain('CANARY');
  });

  test('reads messages without what their steps were given and gave back', () => {
    const read = encodeMessage(visibleMessage(VISITOR, message), orchestrateView);
    expect(JSON.stringify(read)).toContain('The answer.');
    expect(JSON.stringify(read)).not.toContain('CANARY');
  });
});

test('an operator sees all of it', () => {
  const text = JSON.stringify(
    Object.entries(EVENTS).map(([type, data]) =>
      visibleTo({ audience: 'operator' }, { seq: 1, at: START, type, data } as RunEvent),
    ),
  );
  for (const canary of ['input', 'output', 'instructions', 'state', 'custom', 'context', 'tool-error', 'model-name']) {
    expect(text).toContain(`CANARY-${canary}`);
  }
});

test('nobody is shown an event of a type that only a newer node knows, and the rest of the log is read', () => {
  const unknown = { seq: 3, at: START, type: 'run.invented', data: { secret: 'CANARY' } } as unknown as RunEvent;
  for (const audience of ['visitor', 'user', 'operator'] as const)
    expect(visibleTo({ audience }, unknown)).toBeUndefined();
  const [first, ...rest] = logOf(...BEGIN);
  const log = [...(first ? [first] : []), unknown, ...rest];
  expect(fold(log)).toMatchObject({ status: 'running' });
  expect(shown(log).map(({ event }) => event)).toEqual(BEGIN.map(([type]) => type));
});
