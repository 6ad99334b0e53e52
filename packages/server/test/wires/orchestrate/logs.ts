import type { EventData, EventType, Message, Part, RunEvent } from '../../../src/model/index.ts';
import type { RunView } from '../../../src/wires/orchestrate/lines.ts';
import { type Frame, openProjection, project } from '../../../src/wires/orchestrate/project.ts';

export const RUN = 'a6d81785-d70e-4e9d-a858-6df96b4d383e';
export const THREAD = 'fd438015-df29-4b3b-9fa3-d84c61871336';
export const AGENT = '0c191f04-78cd-45e3-a99a-988cfb29434d';
export const QUESTION = 'f55ce8b9-a222-4a62-9a85-70c7eed5322f';
export const ANSWER = '060f231a-bac4-484d-9181-17e8f04e64ad';
export const TENANT = '575ef8ef-c00f-42c6-9c62-374d7f5e7ce3';
export const USER = 'f242eadf-0dc9-4eae-b2d7-65b09b4b4b16';
export const START = 1770397025369;

type Entry = { [T in EventType]: readonly [type: T, data: EventData[T], at?: number] }[EventType];

/** A log of the given events, 10 ms apart unless they say when. */
export function logOf(...entries: Entry[]): RunEvent[] {
  return entries.map(([type, data, at], i) => ({ seq: i + 1, type, data, at: at ?? START + i * 10 }) as RunEvent);
}

/** How most logs begin. */
export const BEGIN: Entry[] = [
  ['run.created', { agentId: AGENT, agentName: 'guide', threadId: THREAD, messageId: QUESTION }],
  ['run.started', { epoch: 1 }],
];

export function messageWith(parts: readonly Part[], more: Partial<Message> = {}): Message {
  return {
    id: ANSWER,
    threadId: THREAD,
    runId: RUN,
    role: 'assistant',
    parts,
    parentId: QUESTION,
    agentName: 'guide',
    userId: USER,
    userName: 'wxo.archer@ibm.com',
    createdAt: START + 1826,
    updatedAt: START + 1826,
    incomplete: false,
    interrupt: false,
    steps: [],
    state: null,
    ...more,
  };
}

export function viewOf(more: Partial<RunView> = {}): RunView {
  return {
    tenantId: TENANT,
    multipleContent: true,
    showsSteps: () => true,
    displayName: () => 'The guide',
    runId: RUN,
    threadId: THREAD,
    agentId: AGENT,
    agentName: 'guide',
    ...more,
  };
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into frames of any kind
export type Shown = { id: string; event: string; data: any };

export function framesOf(events: readonly RunEvent[], view = viewOf()): Frame[] {
  const state = openProjection(view);
  return events.flatMap((event) => project(state, event));
}

/** The frames of a log, parsed. */
export function show(events: readonly RunEvent[], view = viewOf()): Shown[] {
  return framesOf(events, view).map(({ line }) => JSON.parse(line) as Shown);
}

/** The frames' events; an intermediate one by its key. */
export function outline(frames: readonly Shown[]): string[] {
  return frames.map(({ event, data }) => (event === 'run.step.intermediate' ? data.message.key : event));
}

/** A run with steps of three kinds: one with input, progress and output, one that is a secret, one that fails. */
export const withSteps = logOf(
  ...BEGIN,
  [
    'step.started',
    { stepId: 's1', kind: 'tool', name: 'weather', title: 'Looking at the sky', input: { city: 'Ulm' } },
  ],
  ['step.delta', { stepId: 's1', text: 'still looking' }],
  ['step.completed', { stepId: 's1', output: { sky: 'blue' } }],
  ['step.started', { stepId: 's2', kind: 'thought', name: 'plan', title: 'Making up its mind' }],
  ['step.completed', { stepId: 's2', output: 'secret' }],
  ['step.started', { stepId: 's3', kind: 'search', name: 'docs', title: 'Reading', input: 'embed' }],
  ['step.completed', { stepId: 's3', error: { code: 'agent_failed', message: 'No.' } }],
  ['run.completed', { context: {} }],
);
