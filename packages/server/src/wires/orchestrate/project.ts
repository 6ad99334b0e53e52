import {
  type EventOf,
  type Message,
  type MessageStep,
  prunedEvents,
  type RunEvent,
  usageOf,
} from '../../model/index.ts';
import { encodeItem, type ItemlikePart } from './items.ts';
import { type Lines, linesOf, type RunView } from './lines.ts';
import { encodeMessage } from './message.ts';
import { callDetail, isCall, responseDetail } from './steps.ts';
import { encodeUsage } from './usage.ts';

/** One line of a stream: its cursor, and the whole JSON object without a line end. */
export interface Frame {
  readonly id: string;
  readonly line: string;
}

/** Where a projection stands in a log. */
export interface Projection {
  readonly view: RunView;
  readonly constant: Lines;
  /** Place of the last event. */
  seq: number;
  /** Time and number of the last id, and how ids of that time begin. */
  ms: number;
  n: number;
  msText: string;
  /** The first worker has claimed the run: later claims show nothing. */
  begun: boolean;
  /** `message.started` was shown and the message is not finished. */
  open: boolean;
  /** The open message has shown content. */
  speaking: boolean;
  /** Content item ids of the open message by part number; the last one used, with the head of its deltas. */
  readonly items: Map<number, string>;
  others: number;
  lastPart: number;
  lastHead: string;
  readonly steps: Map<string, Pick<MessageStep, 'kind' | 'name'>>;
  /** Frames of the event that is being read. */
  out: Frame[];
}

/** The projection of an empty log. */
export function openProjection(view: RunView): Projection {
  return {
    view,
    constant: linesOf(view),
    seq: 0,
    ms: -1,
    n: 0,
    msText: '',
    begun: false,
    open: false,
    speaking: false,
    items: new Map(),
    others: 0,
    lastPart: -1,
    lastHead: '',
    steps: new Map(),
    out: [],
  };
}

/**
 * Reads one event and gives back its frames. Events must come in the order of their `seq`, from the first: ids are counted, and the same log
 * gives the same ids to every caller, those that hide something from the caller included.
 */
export function project(state: Projection, event: RunEvent): Frame[] {
  state.out = [];
  read(state, event);
  state.seq = event.seq;
  return state.out;
}

/** The frames that end a stream whose log can no longer be read. They are not in the log: their ids are no cursors. */
export function projectBreak(state: Projection, at: number, error: { code: string; message: string }): Frame[] {
  return project(state, { type: 'run.failed', seq: 0, at, data: { error } });
}

function read(state: Projection, event: RunEvent): void {
  const { constant, view } = state;
  switch (event.type) {
    case 'run.started':
      if (!state.begun) begin(state, event.at);
      return;
    case 'run.resumed':
      begin(state, event.at);
      return;
    case 'step.started':
      startStep(state, event);
      return;
    case 'step.completed':
      completeStep(state, event);
      return;
    case 'message.started':
      if (!state.open) push(state, event.at, constant.messageStarted);
      openMessage(state);
      return;
    case 'message.delta':
      speak(state, event.at);
      push(state, event.at, `${deltaHead(state, event.data.part)}${JSON.stringify(event.data.text)}}]}}}`);
      return;
    case 'message.part':
      if (event.data.value.type !== 'citation') showPart(state, event, event.data.value);
      return;
    case 'message.reset':
      startOver(state);
      return;
    case 'log.pruned':
      passOver(state, event);
      return;
    case 'message.completed': {
      const { message } = event.data;
      push(state, event.at, constant.wrappingUp);
      const text = JSON.stringify(encodeMessage(message, view));
      push(state, event.at, `${constant.created}${JSON.stringify(message.id)}${constant.createdIds}${text}}}`);
      push(state, event.at, completedLine(state, message));
      state.open = false;
      return;
    }
    case 'run.waiting':
      push(state, event.at, `${constant.done}{}${constant.end}}}`);
      return;
    case 'run.completed':
      end(state, event, { context: JSON.stringify(event.data.context), more: '' });
      return;
    case 'run.failed': {
      const { code, message } = event.data.error;
      end(state, event, {
        context: '{}',
        more: `, "error": ${JSON.stringify(message)}, "code": ${JSON.stringify(code)}`,
      });
      return;
    }
    case 'run.cancelled':
      end(state, event, { context: '{}', more: `, "reason": ${JSON.stringify(event.data.reason)}` });
      return;
    case 'run.created':
    case 'step.delta':
    case 'context.updated':
    case 'run.retried':
    case 'state.read':
    case 'state.updated':
    case 'custom.emitted':
      return;
    default:
      event satisfies never;
  }
}

/** With the tokens of the models that worked on the message, where the caller may see them. */
function completedLine({ constant }: Projection, { steps }: Message): string {
  const usage = encodeUsage(usageOf(steps));
  return usage
    ? `${constant.messageCompleted.slice(0, -2)}, "usage": ${JSON.stringify(usage)}}}`
    : constant.messageCompleted;
}

function begin(state: Projection, at: number): void {
  state.begun = true;
  push(state, at, state.constant.runStarted);
  push(state, at, state.constant.messageStarted);
  push(state, at, state.constant.thinking);
  openMessage(state);
}

function openMessage(state: Projection): void {
  state.open = true;
  startOver(state);
}

function startOver(state: Projection): void {
  state.speaking = false;
  state.items.clear();
  state.others = 0;
  state.lastPart = -1;
}

function speak(state: Projection, at: number): void {
  if (state.speaking) return;
  state.speaking = true;
  push(state, at, state.constant.pullingTogether);
}

/** Counts the ids of what was pruned, so that those of all other frames, and cursors of before, stay what they were. */
function passOver(state: Projection, mark: EventOf<'log.pruned'>): void {
  for (const { seq, at, kind } of prunedEvents(mark)) {
    // Whoever was in the middle has counted the first of them already.
    if (seq <= state.seq || kind === 'step' || kind === 'citation') continue;
    if (!state.speaking) skip(state, at);
    state.speaking = true;
    skip(state, at);
  }
}

function showPart(state: Projection, event: EventOf<'message.part'>, part: ItemlikePart): void {
  speak(state, event.at);
  const item = encodeItem(part, itemId(state, event.data.part, part.type));
  push(state, event.at, `${state.constant.delta}${JSON.stringify(item)}]}}}`);
}

function deltaHead(state: Projection, part: number): string {
  if (part !== state.lastPart) {
    state.lastPart = part;
    const id = JSON.stringify(itemId(state, part, 'text'));
    state.lastHead = `${state.constant.delta}{"id": ${id}, "response_type": "text", "text": `;
  }
  return state.lastHead;
}

/** The id that the part's content item has in `message.created`, unless citations come and join all texts to one item. */
function itemId(state: Projection, part: number, type: ItemlikePart['type']): string {
  let id = state.items.get(part);
  if (id === undefined) {
    if (state.view.multipleContent) id = String(state.items.size + 1);
    else if (type === 'text') id = '1';
    else id = String(2 + state.others++);
    state.items.set(part, id);
  }
  return id;
}

function startStep(state: Projection, { at, data }: EventOf<'step.started'>): void {
  const { view, constant } = state;
  if (data.kind === 'model') return;
  state.steps.set(data.stepId, { kind: data.kind, name: data.name });
  const name = JSON.stringify(data.name);
  push(state, at, `${constant.intermediate}${name}, "text": ${JSON.stringify(data.title)}}}}`);
  if (!isCall(data)) return;
  if (!view.showsSteps(view.agentName)) skip(state, at);
  else push(state, at, stepDelta(state, callDetail(data, view.displayName(view.agentName))));
}

function completeStep(state: Projection, { at, data }: EventOf<'step.completed'>): void {
  const step = state.steps.get(data.stepId);
  if (!step || !isCall(step)) return;
  if (!state.view.showsSteps(state.view.agentName)) skip(state, at);
  else push(state, at, stepDelta(state, responseDetail({ ...data, name: step.name })));
}

function stepDelta({ constant }: Projection, detail: object): string {
  return `${constant.stepDelta}${JSON.stringify(detail)}]}}}`;
}

function end(state: Projection, event: RunEvent, { context, more }: { context: string; more: string }): void {
  const { constant } = state;
  push(state, event.at, `", "event": "${event.type}"${constant.ending}${context}${constant.end}${more}}}`);
  push(state, event.at, `${constant.done}${context}${constant.end}}}`);
}

/** `rest` is the frame from the quote that closes its id. */
function push(state: Projection, at: number, rest: string): void {
  skip(state, at);
  const id = `${state.msText}${state.n}`;
  state.out.push({ id, line: `{"id": "${id}${rest}` });
}

/** Counts an id, shown or not. */
function skip(state: Projection, at: number): void {
  if (at > state.ms) {
    state.ms = at;
    state.n = 0;
    state.msText = `${at}-`;
  } else {
    state.n += 1;
  }
}
