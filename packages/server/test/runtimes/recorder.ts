import type { Agent, ErrorInfo, Json, JsonObject, Message, Part } from '../../src/model/index.ts';
import { textOf } from '../../src/model/index.ts';
import type { Emit, Runtime, StepInfo, Turn } from '../../src/ports/index.ts';

/** Thrown by `ask` when there is no answer yet, as the engine does. */
export class Waiting extends Error {}

export interface RecordedStep {
  readonly info: StepInfo;
  output?: Json;
  error?: ErrorInfo;
  /** Text shown while it ran. */
  readonly shown: string[];
  /** How often its work was done. */
  worked: number;
}

/** What a runtime said, in memory. */
export interface Recording {
  readonly emit: Emit;
  /** The parts of each message. */
  readonly messages: Part[][];
  /** Every call in order, for tests of when rather than what. */
  readonly calls: string[];
  readonly steps: RecordedStep[];
  readonly questions: (readonly Part[])[];
  context: JsonObject;
  state: Json | undefined;
  /** Text of all messages, with a line between them. */
  text(): string;
}

export interface RecorderOptions {
  /** Steps of an earlier attempt: they give back their output without working. */
  readonly steps?: readonly RecordedStep[];
  /** Answers to the questions, in order. */
  readonly answers?: readonly string[];
}

export function recorder({ steps: known = [], answers = [] }: RecorderOptions = {}): Recording {
  let open: Part[] | undefined;
  const recording: Recording = {
    messages: [],
    calls: [],
    steps: [],
    questions: [],
    context: {},
    state: undefined,
    text: () => recording.messages.map(textOf).join('\n'),
    emit: {
      text(text) {
        recording.calls.push(`text ${text}`);
        const parts = opened();
        const last = parts.at(-1);
        if (last?.type === 'text') parts[parts.length - 1] = { ...last, text: last.text + text };
        else parts.push({ type: 'text', text });
      },
      async part(part) {
        recording.calls.push(`part ${part.type}`);
        opened().push(part);
      },
      async endMessage() {
        open = undefined;
      },
      async message(parts) {
        recording.calls.push('message');
        open = undefined;
        recording.messages.push([...parts]);
      },
      async step(info, work) {
        recording.calls.push(`step ${info.name}`);
        const earlier = known[recording.steps.length];
        const step: RecordedStep = earlier ?? { info, shown: [], worked: 0 };
        recording.steps.push(step);
        if (earlier) return earlier.output as never;
        step.worked += 1;
        const id = `s${recording.steps.length}`;
        const output = await work(new AbortController().signal, (text) => step.shown.push(text), id);
        if (output !== undefined) step.output = JSON.parse(JSON.stringify(output)) as Json;
        return step.output as never;
      },
      async ask(question) {
        recording.calls.push('ask');
        open = undefined;
        recording.messages.push([...question]);
        recording.questions.push(question);
        const answer = answers[recording.questions.length - 1];
        if (answer === undefined) throw new Waiting('The run waits.');
        return message('user', answer);
      },
      within: () => recording.emit,
      async setContext(values) {
        recording.context = { ...recording.context, ...values };
      },
      async state() {
        return recording.state;
      },
      async setState(state) {
        recording.state = state;
      },
      async custom(value) {
        recording.calls.push(`custom ${JSON.stringify(value)}`);
      },
      async flush() {
        recording.calls.push('flush');
      },
    },
  };
  function opened(): Part[] {
    if (!open) {
      open = [];
      recording.messages.push(open);
    }
    return open;
  }
  return recording;
}

export function message(
  role: Message['role'],
  content: string | readonly Part[],
  more: Partial<Message> = {},
): Message {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    threadId: '00000000-0000-4000-8000-000000000002',
    runId: null,
    role,
    parts: typeof content === 'string' ? [{ type: 'text', text: content }] : content,
    parentId: null,
    agentName: role === 'assistant' ? 'tester' : null,
    userId: '00000000-0000-4000-8000-000000000003',
    userName: 'ada@example.com',
    createdAt: 0,
    updatedAt: 0,
    incomplete: false,
    interrupt: false,
    steps: [],
    state: null,
    ...more,
  };
}

export function agentOf(more: Partial<Agent> = {}): Agent {
  return {
    id: '00000000-0000-4000-8000-000000000004',
    name: 'tester',
    displayName: 'Tester',
    description: 'Answers questions in tests.',
    instructions: '',
    llm: 'clew/guide',
    style: 'default',
    hidden: false,
    starterPrompts: [],
    hasOwnPrompts: false,
    welcome: { message: '', description: '', isDefault: true },
    contextAccess: true,
    contextVariables: [],
    knowledgeBases: [],
    tools: [],
    collaborators: [],
    hideReasoning: false,
    icon: null,
    spec: {},
    createdAt: 0,
    updatedAt: 0,
    ...more,
  };
}

export interface TurnOptions extends Partial<Omit<Turn, 'history'>> {
  readonly history?: readonly Message[];
}

export function turnOf(content: string | readonly Part[], { history = [], ...more }: TurnOptions = {}): Turn {
  const input = message('user', content);
  return {
    run: { id: '00000000-0000-4000-8000-000000000005', threadId: input.threadId } as Turn['run'],
    agent: agentOf(),
    input,
    inputs: [input],
    context: {},
    attempt: 1,
    said: 0,
    history: async (limit = 200) => history.slice(-limit),
    ...more,
  };
}

/** One attempt of a runtime. */
export async function attempt(runtime: Runtime, turn: Turn, options: RecorderOptions = {}): Promise<Recording> {
  const recording = recorder(options);
  await runtime.run(turn, recording.emit, new AbortController().signal);
  return recording;
}

/** A clock that stands still until somebody sleeps on it. */
export function fakePace() {
  let now = 0;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => now,
    async sleep(ms: number) {
      sleeps.push(ms);
      now += ms;
    },
    /** Lets time pass without anybody sleeping. */
    pass(ms: number) {
      now += ms;
    },
  };
}
