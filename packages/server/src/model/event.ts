import { ERRORS, type ErrorCode, type ErrorInfo } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import type { Message, MessageStep, StepKind } from './message.ts';
import type { Part } from './part.ts';
import { type Audience, maySee, type Scope } from './scope.ts';
import { usageIn } from './usage.ts';

/** The data of every event of a run's log, by type. `docs/events.md` says what each means and who emits it. */
export interface EventData {
  'run.created': {
    readonly agentId: string;
    readonly agentName: string;
    readonly threadId: string;
    readonly messageId: string;
  };
  /** `lapsed`: the worker before was silent for longer than its lease (it crashed, froze or was cut off); absent where there was none, or it gave the run back. */
  'run.started': { readonly epoch: number; readonly lapsed?: true };
  /** The run was lost twice without a word, and is begun again apart from others of that kind; `survived`: it was for its time, and goes on beside them. */
  'run.retried': { readonly survived?: true };
  'step.started': {
    readonly stepId: string;
    readonly kind: StepKind;
    readonly name: string;
    readonly title: string;
    readonly input?: Json;
  };
  /** `kind` stands here for steps of kind `model` only, so that each event says by itself who may see it. */
  'step.delta': { readonly stepId: string; readonly kind?: 'model'; readonly text: string };
  'step.completed': {
    readonly stepId: string;
    readonly kind?: 'model';
    readonly output?: Json;
    readonly error?: ErrorInfo;
  };
  /** `interrupt`: the message asks the person for something; logs of before it was recorded do not say so. */
  'message.started': { readonly messageId: string; readonly interrupt?: true };
  'message.delta': { readonly messageId: string; readonly part: number; readonly text: string };
  'message.part': { readonly messageId: string; readonly part: number; readonly value: Part };
  'message.reset': { readonly messageId: string };
  'message.completed': { readonly message: Message };
  /** `expires`: when the question is over, and what then becomes of the run; `calls`: the calls of tools that wait for a decision. */
  'run.waiting': {
    readonly waitId: string;
    readonly messageId: string;
    readonly expires?: WaitEnd;
    readonly calls?: readonly AskedCall[];
  };
  'run.resumed': { readonly waitId: string; readonly answer: Message };
  'context.updated': { readonly context: JsonObject };
  /** What the agent found when it first asked for the thread's state; absent when there was none. */
  'state.read': { readonly state?: Json };
  'state.updated': { readonly state: Json };
  'custom.emitted': { readonly value: JsonObject };
  /** Stands where deltas were: at the place of the last of them; see `model/pruned.ts`. `times` are milliseconds, each but the first since the one before. */
  'log.pruned': { readonly from: number; readonly kinds: string; readonly times: readonly number[] };
  'run.completed': { readonly context: JsonObject };
  'run.failed': { readonly error: ErrorInfo };
  'run.cancelled': { readonly reason: string };
}

/** The end of a question. */
export type WaitEnd = {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly at: number;
  /** `resume`: the run goes on without an answer, and its agent hears so · `fail`: it fails with `answer_timeout`. */
  readonly action: 'resume' | 'fail';
};

/** A call of a tool that a person is asked about. */
export type AskedCall = {
  /** Name of the tool. */
  readonly name: string;
  /** The same for people. */
  readonly title: string;
  readonly input: JsonObject;
};

export type EventType = keyof EventData;

/** An event before the store has given it a place in the log. */
export type NewEvent = {
  [T in EventType]: {
    readonly type: T;
    /** When it happened, milliseconds since 1970-01-01 UTC. */
    readonly at: number;
    readonly data: EventData[T];
  };
}[EventType];

/** An immutable fact in the log of a run. `seq` counts 1, 2, 3 … without gaps. */
export type RunEvent = NewEvent & { readonly seq: number };

/** The event of one type. */
export type EventOf<T extends EventType> = Extract<RunEvent, { type: T }>;

interface Visibility {
  /** Who may know that the event happened. */
  readonly event: Audience;
  /** Members of the data that only a narrower audience may see. */
  readonly members?: Readonly<Record<string, Audience>>;
}

/**
 * Who may see what. The type makes it exhaustive: an event type that is not listed here does not compile.
 * A message keeps its steps, and the inputs and outputs of those follow the rule of the step events.
 */
export const VISIBILITY: { readonly [T in EventType]: Visibility } = {
  'run.created': { event: 'visitor' },
  'run.started': { event: 'visitor' },
  'run.retried': { event: 'operator' },
  'step.started': { event: 'visitor', members: { input: 'user' } },
  'step.delta': { event: 'user' },
  'step.completed': { event: 'visitor', members: { output: 'user', error: 'user' } },
  'message.started': { event: 'visitor' },
  'message.delta': { event: 'visitor' },
  'message.part': { event: 'visitor' },
  'message.reset': { event: 'visitor' },
  'message.completed': { event: 'visitor' },
  'run.waiting': { event: 'visitor', members: { calls: 'user' } },
  'run.resumed': { event: 'visitor' },
  'context.updated': { event: 'user' },
  'state.read': { event: 'operator' },
  'state.updated': { event: 'operator' },
  'custom.emitted': { event: 'user' },
  'log.pruned': { event: 'visitor' },
  'run.completed': { event: 'visitor' },
  'run.failed': { event: 'visitor' },
  'run.cancelled': { event: 'visitor' },
};

/** The event as the caller may see it, or undefined when it may not know of it. */
export function visibleTo(scope: Pick<Scope, 'audience'>, event: RunEvent): RunEvent | undefined {
  // While nodes are upgraded in turn, one may meet a type that a newer one has written: nobody is shown what is not known here.
  const rule: Visibility | undefined = VISIBILITY[event.type];
  if (!rule || !maySee(scope.audience, rule.event)) return undefined;
  if (scope.audience === 'operator') return event;
  if ('kind' in event.data && event.data.kind === 'model') return undefined;
  if (event.type === 'run.failed') return { ...event, data: { error: visibleError(scope, event.data.error) } };
  if (event.type === 'message.completed')
    return { ...event, data: { message: visibleMessage(scope, event.data.message) } };
  const hidden = Object.entries(rule.members ?? {}).filter(([, needed]) => !maySee(scope.audience, needed));
  if (hidden.length === 0) return event;
  const data: Record<string, unknown> = { ...event.data };
  for (const [member] of hidden) delete data[member];
  return { ...event, data } as unknown as RunEvent;
}

/** What visitors are told in the words of the registry: the message of such an error says which model, server or setting is to blame. */
const INNER = /^(model|remote|tool|collaborators?)_/;

/** What a run failed with, as the caller may see it. */
export function visibleError(scope: Pick<Scope, 'audience'>, error: ErrorInfo): ErrorInfo {
  if (maySee(scope.audience, 'user') || !INNER.test(error.code)) return error;
  const meaning = Object.hasOwn(ERRORS, error.code) ? ERRORS[error.code as ErrorCode] : ERRORS.agent_failed;
  // Some rows only point to the message that is taken away here.
  return { code: error.code, message: /message says/.test(meaning) ? ERRORS.agent_failed : meaning };
}

/** The message as the caller may see it: visitors see neither what its steps were given and gave back nor that a model was called, and users see of model calls only the tokens. */
export function visibleMessage(scope: Pick<Scope, 'audience'>, message: Message): Message {
  if (maySee(scope.audience, 'operator') || message.steps.length === 0) return message;
  const steps = maySee(scope.audience, 'user')
    ? message.steps.map(withoutWords)
    : message.steps.filter(({ kind }) => kind !== 'model').map(bare);
  return { ...message, steps };
}

function bare({ stepId, kind, name }: MessageStep): MessageStep {
  return { stepId, kind, name };
}

function withoutWords(step: MessageStep): MessageStep {
  if (step.kind !== 'model') return step;
  const usage = usageIn(step);
  if (!usage) return bare(step);
  const { cost: _, ...tokens } = usage;
  return { ...bare(step), output: { usage: tokens } };
}

/** Types of events that only show how a message or a step grows: a message that is complete is whole without them. */
export const PROGRESS: ReadonlySet<EventType> = new Set(['message.delta', 'message.part', 'step.delta']);

const TERMINAL: ReadonlySet<EventType> = new Set(['run.completed', 'run.failed', 'run.cancelled']);

/** Whether the event closes its log. */
export function isTerminal(event: Pick<RunEvent, 'type'>): boolean {
  return TERMINAL.has(event.type);
}
