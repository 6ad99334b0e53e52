import type { ErrorInfo } from './errors.ts';
import type { AskedCall, RunEvent, WaitEnd } from './event.ts';
import type { Json, JsonObject } from './json.ts';
import type { Message, MessageStep, StepKind } from './message.ts';
import type { Part } from './part.ts';
import type { RunStatus } from './run.ts';

/** A message of the run as far as its log tells. */
export interface FoldedMessage {
  readonly messageId: string;
  readonly parts: Part[];
  /** The stored message, once it is complete. */
  completed: Message | null;
}

/** A step of the run as far as its log tells. */
export interface FoldedStep {
  readonly stepId: string;
  readonly kind: StepKind;
  readonly name: string;
  readonly input?: Json;
  done: boolean;
  output?: Json;
  error?: ErrorInfo;
}

/** A question that the run asked and, once it is given, the answer. */
export interface FoldedWait {
  readonly waitId: string;
  readonly messageId: string;
  /** When it is over, if it is. */
  readonly expires?: WaitEnd;
  /** The calls it is about, for those who may know. */
  readonly calls?: readonly AskedCall[];
  answer: Message | null;
}

/** What a log says when it is read from the start. */
export interface RunState {
  status: RunStatus;
  epoch: number;
  lastSeq: number;
  readonly messages: FoldedMessage[];
  readonly steps: FoldedStep[];
  readonly waits: FoldedWait[];
  context: JsonObject;
  /** What the run found when it first asked for the thread's state; null when it did not ask. */
  stateRead: { readonly state?: Json } | null;
  /** Each state that it left, oldest first. */
  readonly stateUpdates: Json[];
  /** Values of custom events, oldest first. */
  readonly customs: JsonObject[];
  error: ErrorInfo | null;
}

/** The state of a run whose log is empty. */
export function emptyState(): RunState {
  return {
    status: 'queued',
    epoch: 0,
    lastSeq: 0,
    messages: [],
    steps: [],
    waits: [],
    context: {},
    stateRead: null,
    stateUpdates: [],
    customs: [],
    error: null,
  };
}

/** Reads `events` into `state` (a new one by default) and gives it back. Events must come in the order of their `seq`. */
export function fold(events: Iterable<RunEvent>, state: RunState = emptyState()): RunState {
  for (const event of events) apply(state, event);
  return state;
}

/** The question that the run waits on; undefined when it does not wait. */
export function openWait({ status, waits }: Pick<RunState, 'status' | 'waits'>): FoldedWait | undefined {
  return status === 'waiting' ? waits.at(-1) : undefined;
}

function apply(state: RunState, event: RunEvent): void {
  state.lastSeq = event.seq;
  switch (event.type) {
    case 'run.created':
    case 'run.retried':
      return;
    case 'run.started':
      state.status = 'running';
      state.epoch = event.data.epoch;
      return;
    case 'step.started': {
      const { stepId, kind, name, input } = event.data;
      state.steps.push({ stepId, kind, name, ...(input === undefined ? {} : { input }), done: false });
      return;
    }
    case 'step.delta':
    case 'log.pruned':
      return;
    case 'step.completed': {
      const step = state.steps.find((known) => known.stepId === event.data.stepId);
      if (!step) return;
      step.done = true;
      if (event.data.output !== undefined) step.output = event.data.output;
      if (event.data.error !== undefined) step.error = event.data.error;
      return;
    }
    case 'message.started':
      state.messages.push({ messageId: event.data.messageId, parts: [], completed: null });
      return;
    case 'message.delta':
      appendText(messageOf(state, event.data.messageId), event.data.part, event.data.text);
      return;
    case 'message.part': {
      const message = messageOf(state, event.data.messageId);
      if (message) message.parts[event.data.part] = event.data.value;
      return;
    }
    case 'message.reset': {
      const message = messageOf(state, event.data.messageId);
      if (message) message.parts.length = 0;
      return;
    }
    case 'message.completed': {
      const message = messageOf(state, event.data.message.id);
      if (message) message.completed = event.data.message;
      return;
    }
    case 'run.waiting':
      state.status = 'waiting';
      state.waits.push({ ...event.data, answer: null });
      return;
    case 'run.resumed': {
      state.status = 'queued';
      const wait = state.waits.find((known) => known.waitId === event.data.waitId);
      if (wait) wait.answer = event.data.answer;
      return;
    }
    case 'context.updated':
      state.context = { ...state.context, ...event.data.context };
      return;
    case 'state.read':
      state.stateRead = event.data;
      return;
    case 'state.updated':
      state.stateUpdates.push(event.data.state);
      return;
    case 'custom.emitted':
      state.customs.push(event.data.value);
      return;
    case 'run.completed':
      state.status = 'completed';
      return;
    case 'run.failed':
      state.status = 'failed';
      state.error = event.data.error;
      return;
    case 'run.cancelled':
      state.status = 'cancelled';
      return;
    default:
      event satisfies never;
  }
}

function messageOf(state: RunState, messageId: string): FoldedMessage | undefined {
  return state.messages.findLast((known) => known.messageId === messageId);
}

function appendText(message: FoldedMessage | undefined, index: number, text: string): void {
  if (!message) return;
  const part = message.parts[index];
  message.parts[index] = part?.type === 'text' ? { ...part, text: part.text + text } : { type: 'text', text };
}

/** The finished steps, as a message remembers them. */
export function finishedSteps(steps: readonly FoldedStep[]): MessageStep[] {
  return steps.filter((step) => step.done).map(({ done: _, ...step }) => step);
}
