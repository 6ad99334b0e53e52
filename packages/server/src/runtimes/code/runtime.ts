import { AgentError, type JsonObject, type Message, type Part, textOf } from '../../model/index.ts';
import type { Attachments, Emit, Runtime, Toolbox, Turn } from '../../ports/index.ts';
import { type Colleagues, collaboratorsOf, type HandOffPlace, handOff } from '../collaborators/index.ts';
import { type Pace, REAL_PACE } from './pace.ts';
import { ToolCalls } from './tool-calls.ts';
import { type AgentFunction, type AgentOutput, ask, type CodeTurn, type Said, type Trajectory } from './turn.ts';

/** How much text an agent may say in one go before it waits for the log, in UTF-16 code units. */
const FLUSH_AFTER = 64 * 1024;

export interface CodeOptions {
  /** Default: real time. */
  readonly pace?: Pace;
  /** Where the agent finds the project's tools. Default: there are none. */
  readonly toolbox?: Toolbox;
  /** Where pictures of tools' results are kept. Default: they are named and not shown. */
  readonly attachments?: Attachments;
  /** Agents that this one may hand over to, if it names them. Default: there are none. */
  readonly colleagues?: Colleagues;
  /** Told of defects of those. Default: nobody is. */
  readonly onDefect?: HandOffPlace['onDefect'];
}

/**
 * The runtime of an agent written in code. `recovery` is `restart`: the function is entered again from the top. An agent that does not look at
 * its signal is left behind when the run is cancelled: what it says from then on is not heard.
 */
export function createCodeRuntime(run: AgentFunction, options: CodeOptions = {}): Runtime {
  const { pace = REAL_PACE, toolbox, attachments, colleagues, onDefect } = options;
  return {
    recovery: 'restart',
    async run(turn, emit, signal) {
      signal.throwIfAborted();
      const mouth = new Mouth(turn, emit);
      let given: ReturnType<AgentFunction>;
      let stop: () => void = () => {};
      const aborted = new Promise<never>((_, reject) => {
        stop = () => reject(signal.reason);
        signal.addEventListener('abort', stop, { once: true });
      });
      try {
        given = run(codeTurn({ turn, emit, signal, mouth, pace, toolbox, attachments, colleagues, onDefect }));
        const talk = isGenerator(given) ? listen(given, mouth, signal) : sayOnce(given, mouth, signal);
        await Promise.race([talk, aborted]);
      } catch (error) {
        throw known(error);
      } finally {
        signal.removeEventListener('abort', stop);
        // Not awaited: an agent that hangs would hold up the cancel.
        if (isGenerator(given)) given.return().catch(() => {});
      }
    },
  };
}

function isGenerator(given: ReturnType<AgentFunction>): given is AgentOutput {
  return typeof (given as AgentOutput | undefined)?.next === 'function';
}

async function listen(generator: AgentOutput, mouth: Mouth, signal: AbortSignal): Promise<void> {
  let answer: Message | undefined;
  for (;;) {
    // The type promises a message; a generator that asked nothing does not read it.
    const { done, value } = await generator.next(answer as Message);
    if (done || signal.aborted) return;
    answer = await mouth.say(value);
  }
}

async function sayOnce(
  given: Exclude<ReturnType<AgentFunction>, AgentOutput>,
  mouth: Mouth,
  signal: AbortSignal,
): Promise<void> {
  const said = await given;
  if (said !== undefined && !signal.aborted) await mouth.say(said);
}

/** Says what an agent yields and counts how much text that was. */
class Mouth {
  readonly #emit: Emit;
  readonly #heard: number;
  #said = 0;
  #unflushed = 0;

  constructor(turn: Turn, emit: Emit) {
    this.#emit = emit;
    this.#heard = turn.said;
  }

  get replaying(): boolean {
    return this.#said < this.#heard;
  }

  async say(said: Said): Promise<Message | undefined> {
    if (typeof said === 'string') {
      this.#count(said.length);
      this.#emit.text(said);
      if (this.#unflushed > FLUSH_AFTER) {
        this.#unflushed = 0;
        await this.#emit.flush();
      }
      return undefined;
    }
    if (isParts(said)) {
      this.#count(textOf(said).length);
      await this.#emit.message(said);
      return undefined;
    }
    switch (said?.type) {
      case 'ask':
        return this.ask(said.parts);
      case 'trajectory':
        await tell(this.#emit, said);
        return undefined;
      case 'generic':
        if (!isObject(said.value)) throw new TypeError('The value of a generic event must be an object.');
        await this.#emit.custom(said.value);
        return undefined;
    }
    if (typeof said?.type !== 'string') {
      throw new TypeError('An agent may say text, a part, an array of parts, or ask(…): this is none of them.');
    }
    this.#count(textOf([said]).length);
    await this.#emit.part(said);
    return undefined;
  }

  async ask(question: readonly Part[]): Promise<Message> {
    this.#count(textOf(question).length);
    return this.#emit.ask(question);
  }

  #count(length: number): void {
    this.#said += length;
    this.#unflushed += length;
  }
}

function isParts(said: Said): said is readonly Part[] {
  return Array.isArray(said);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A step that was done before it is told. */
async function tell(emit: Emit, told: Trajectory): Promise<void> {
  if (told.toolName === undefined) {
    if (typeof told.message !== 'string') throw new TypeError('A trajectory needs a message or a toolName.');
    // The thought is the result of the step and not its title: visitors read titles.
    await emit.step({ kind: 'thought', name: 'thought', title: 'Thinking' }, () => told.message);
    return;
  }
  const { toolName: name, message: title = name, input, output } = told;
  await emit.step({ kind: 'tool', name, title, ...(input === undefined ? {} : { input }) }, () => output);
}

interface Given {
  readonly turn: Turn;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly mouth: Mouth;
  readonly pace: Pace;
  readonly toolbox: Toolbox | undefined;
  readonly attachments: Attachments | undefined;
  readonly colleagues: Colleagues | undefined;
  readonly onDefect: HandOffPlace['onDefect'];
}

function codeTurn(given: Given): CodeTurn {
  const { turn, emit, signal, mouth, pace, toolbox, attachments } = given;
  const tools = toolbox && new ToolCalls(toolbox, { turn, emit, signal, attachments });
  return {
    run: turn.run,
    agent: turn.agent,
    input: turn.input,
    inputs: turn.inputs,
    context: turn.context,
    attempt: turn.attempt,
    said: turn.said,
    userPayload: async () => turn.userPayload?.(),
    history: (limit) => turn.history(limit),
    text: textOf(turn.input.parts),
    signal,
    get replaying() {
      return mouth.replaying;
    },
    ask: (question) => mouth.ask(ask(question).parts),
    step: (step, work) => emit.step({ ...step, kind: step.kind ?? 'tool', title: step.title ?? step.name }, work),
    async tool(name, input = {}) {
      if (!tools) throw new AgentError('tool_unknown', `There is no tool \`${name}\`.`);
      return tools.call(name, input);
    },
    handOff: handOffOf(given),
    setContext: (values) => emit.setContext(values),
    state: () => emit.state(),
    setState: (state) => emit.setState(state),
    fail(code, message) {
      throw new AgentError(code, message);
    },
    sleep: async (ms) => {
      signal.throwIfAborted();
      if (!mouth.replaying) await pace.sleep(ms, signal);
    },
    now: () => pace.now(),
  };
}

/** `turn.handOff`: as a text, or as parts with citations. */
function handOffOf({ turn, emit, signal, colleagues, onDefect }: Given): CodeTurn['handOff'] {
  type Options = { readonly context?: JsonObject; readonly as?: 'parts' };
  async function give(name: string, message: string, { context, as }: Options = {}): Promise<string | readonly Part[]> {
    const found = colleagues && collaboratorsOf(turn.agent, colleagues).find(({ agent }) => agent.name === name);
    if (!colleagues || !found) {
      const unknown = `The agent has no collaborator \`${name}\`: name it in \`collaborators\`.`;
      throw new AgentError('collaborator_unknown', unknown);
    }
    const order = { collaborator: found, message, ...(context ? { context } : {}) };
    const { text, citations } = await handOff(order, { turn, emit, signal, colleagues, onDefect });
    return as === 'parts' ? [{ type: 'text', text }, ...citations] : text;
  }
  return give as CodeTurn['handOff'];
}

/** An agent's own copy of the package has another `AgentError`: the name counts, not the class. */
function known(error: unknown): unknown {
  if (error instanceof AgentError || !(error instanceof Error) || error.name !== 'AgentError') return error;
  const { code } = error as Error & { code?: unknown };
  return typeof code === 'string' ? new AgentError(code, error.message) : error;
}
