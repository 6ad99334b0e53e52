import type {
  Event,
  MessagePart,
  Message as WireMessage,
  Run as WireRun,
  RunStatus as WireStatus,
} from '@clew/wire/acp';
import type { ErrorInfo, EventOf, RunEvent } from '../../model/index.ts';
import { encodeErrorInfo } from './errors.ts';
import { agentRole, encodeMessage, type MessageView, stepPart } from './message.ts';
import { labelOf } from './names.ts';
import { encodePart, textPart } from './parts.ts';
import { isoTime } from './times.ts';

/** A run as one caller sees it. */
export interface RunView extends MessageView {
  readonly runId: string;
  readonly sessionId: string;
  /** As the agent's file has it. */
  readonly agentName: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** A message that is being said. Texts grow by appending, so that a message costs what it is long. */
interface Draft {
  readonly createdAt: string;
  /** A question: it is shown with `run.awaiting` and not as an answer. */
  readonly interrupt: boolean;
  /** Steps that are done: they stand before the parts, whose places the log counts from 0. */
  readonly steps: MessagePart[];
  readonly parts: MessagePart[];
}

/** Where a projection stands in a log. */
export interface Projection {
  readonly view: RunView;
  status: WireStatus;
  /** Messages that are finished. */
  readonly output: WireMessage[];
  question: WireMessage | null;
  draft: Draft | undefined;
  error: ErrorInfo | null;
  finishedAt: string | null;
  /** The first worker has claimed the run: later claims show nothing. */
  begun: boolean;
  readonly steps: Map<string, EventOf<'step.started'>['data']>;
  readonly titles: Map<string, string>;
  /** Steps that are done and belong to the message that comes. */
  done: MessagePart[];
}

/** The projection of an empty log. */
export function openProjection(view: RunView): Projection {
  return {
    view,
    status: 'created',
    output: [],
    question: null,
    draft: undefined,
    error: null,
    finishedAt: null,
    begun: false,
    steps: new Map(),
    titles: new Map(),
    done: [],
  };
}

/**
 * Reads one event and gives back those of this wire. Events must come in the order of their `seq`, from the first. What is given back is never changed
 * afterwards, so that the list read later is the stream.
 */
export function project(state: Projection, event: RunEvent): Event[] {
  switch (event.type) {
    case 'run.created':
      return [{ type: 'run.created', run: runOf(state) }];
    case 'run.started':
      return state.begun ? [] : begin(state);
    case 'run.resumed':
      return begin(state);
    case 'step.started':
      return startStep(state, event);
    case 'step.completed':
      return completeStep(state, event);
    case 'message.started':
      return openMessage(state, event);
    case 'message.delta':
      return grow(state, event);
    case 'message.part':
      return addPart(state, event);
    case 'message.reset':
      return beginAnew(state, event);
    case 'message.completed':
      return completeMessage(state, event);
    case 'run.waiting':
      state.status = 'awaiting';
      return [{ type: 'run.awaiting', run: runOf(state) }];
    case 'run.completed':
      return end(state, 'completed', event.at);
    case 'run.failed':
      state.error = event.data.error;
      return end(state, 'failed', event.at);
    case 'run.cancelled':
      return end(state, 'cancelled', event.at);
    case 'context.updated':
      return [{ type: 'generic', generic: { context: event.data.context } }];
    case 'custom.emitted':
      return [{ type: 'generic', generic: event.data.value }];
    case 'step.delta':
    case 'log.pruned': // What it said stands in `message.completed`; cursors of this wire count by `seq`.
    case 'run.retried':
    case 'state.read':
    case 'state.updated':
      return [];
    default:
      return event satisfies never;
  }
}

/** The run as of now. What it holds is not changed by what is projected later. */
export function runOf({ view, status, output, question, draft, error, finishedAt }: Projection): WireRun {
  return {
    run_id: view.runId,
    agent_name: labelOf(view.agentName),
    session_id: view.sessionId,
    status,
    await_request: question && status === 'awaiting' ? { type: 'message', message: question } : null,
    output: draft && !draft.interrupt ? [...output, open(draft, view)] : [...output],
    error: error && encodeErrorInfo(error),
    created_at: isoTime(view.createdAt),
    finished_at: finishedAt,
  };
}

function begin(state: Projection): Event[] {
  state.begun = true;
  state.status = 'in-progress';
  state.question = null;
  return [{ type: 'run.in-progress', run: runOf(state) }];
}

function end(state: Projection, status: 'completed' | 'failed' | 'cancelled', at: number): Event[] {
  // Steps that led to no message any more are worth telling all the same.
  const rest = state.done.map((part): Event => ({ type: 'generic', generic: { trajectory: part.metadata } }));
  state.done = [];
  state.status = status;
  state.finishedAt = isoTime(at);
  return [...rest, { type: `run.${status}`, run: runOf(state) }];
}

/** That a step begins is told at once, in an event that is no part of a message: the step may take long. */
function startStep(state: Projection, { data }: EventOf<'step.started'>): Event[] {
  if (data.kind === 'model') return [];
  state.steps.set(data.stepId, data);
  state.titles.set(data.stepId, data.title);
  return [
    { type: 'generic', generic: { step: { id: data.stepId, kind: data.kind, name: data.name, title: data.title } } },
  ];
}

function completeStep(state: Projection, { data }: EventOf<'step.completed'>): Event[] {
  const step = state.steps.get(data.stepId);
  if (!step || !state.view.showsSteps(state.view.agentName)) return [];
  const part = stepPart({ ...step, ...data }, step.title);
  if (!state.draft || state.draft.interrupt) {
    state.done.push(part);
    return [];
  }
  state.draft.steps.push(part);
  return [partEvent(part)];
}

function openMessage(state: Projection, { at, data }: EventOf<'message.started'>): Event[] {
  const { interrupt = false } = data;
  const draft: Draft = { createdAt: isoTime(at), interrupt, steps: [], parts: [] };
  state.draft = draft;
  if (interrupt) return [];
  const created: Event = { type: 'message.created', message: open(draft, state.view) };
  const { done } = state;
  state.done = [];
  draft.steps.push(...done);
  return [created, ...done.map(partEvent)];
}

function grow({ draft }: Projection, { data }: EventOf<'message.delta'>): Event[] {
  if (!draft) return [];
  const { text } = data;
  const part = draft.parts[data.part];
  if (part) draft.parts[data.part] = { ...part, content: (part.content ?? '') + text };
  else draft.parts[data.part] = textPart(text);
  return draft.interrupt ? [] : [partEvent(textPart(text))];
}

function addPart({ draft }: Projection, { data }: EventOf<'message.part'>): Event[] {
  if (!draft) return [];
  const part = encodePart(data.value);
  draft.parts[data.part] = part;
  return draft.interrupt ? [] : [partEvent(part)];
}

/** The protocol has no word for taking something back: a message begins anew, and the one before it never completes. */
function beginAnew(state: Projection, { at }: EventOf<'message.reset'>): Event[] {
  if (!state.draft) return [];
  state.draft = { ...state.draft, createdAt: isoTime(at), parts: [] };
  return state.draft.interrupt ? [] : [{ type: 'message.created', message: open(state.draft, state.view) }];
}

function completeMessage(state: Projection, { data }: EventOf<'message.completed'>): Event[] {
  const { draft, view, titles } = state;
  const encoded = encodeMessage(data.message, view, titles);
  const message = draft ? { ...encoded, created_at: draft.createdAt } : encoded;
  state.draft = undefined;
  if (data.message.interrupt) {
    state.question = message;
    state.done = [];
    // A log of before questions were marked showed it as an answer; that is what its readers have.
    return draft?.interrupt === false ? [{ type: 'message.completed', message }] : [];
  }
  state.output.push(message);
  return data.message.incomplete ? [] : [{ type: 'message.completed', message }];
}

function partEvent(part: MessagePart): Event {
  return { type: 'message.part', part };
}

function open({ createdAt, steps, parts }: Draft, view: RunView): WireMessage {
  return { role: agentRole(view.agentName), parts: [...steps, ...parts], created_at: createdAt, completed_at: null };
}
