import { AgentError, type Message, type Part, textOf } from '../../model/index.ts';
import type { Emit, Runtime, Turn } from '../../ports/index.ts';
import { type Pace, REAL_PACE } from './pace.ts';
import { type AgentFunction, type AgentOutput, type Ask, ask, type CodeTurn, type Said } from './turn.ts';

/** How much text an agent may say in one go before it waits for the log, in UTF-16 code units. */
const FLUSH_AFTER = 64 * 1024;

/**
 * The runtime of an agent written in code. `recovery` is `restart`: the function is entered again from the top. An agent that does not look at
 * its signal is left behind when the run is cancelled: what it says from then on is not heard.
 */
export function createCodeRuntime(
  run: AgentFunction,
  options: { /** Default: real time. */ pace?: Pace } = {},
): Runtime {
  const pace = options.pace ?? REAL_PACE;
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
        given = run(codeTurn({ turn, emit, signal, mouth, pace }));
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
    if (isAsk(said)) return this.ask(said.parts);
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

function isAsk(said: Said): said is Ask {
  return (said as Ask | undefined)?.type === 'ask';
}

function codeTurn(given: { turn: Turn; emit: Emit; signal: AbortSignal; mouth: Mouth; pace: Pace }): CodeTurn {
  const { turn, emit, signal, mouth, pace } = given;
  return {
    run: turn.run,
    agent: turn.agent,
    input: turn.input,
    inputs: turn.inputs,
    context: turn.context,
    attempt: turn.attempt,
    said: turn.said,
    history: (limit) => turn.history(limit),
    text: textOf(turn.input.parts),
    signal,
    get replaying() {
      return mouth.replaying;
    },
    ask: (question) => mouth.ask(ask(question).parts),
    step: (step, work) => emit.step({ ...step, kind: step.kind ?? 'tool', title: step.title ?? step.name }, work),
    setContext: (values) => emit.setContext(values),
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

/** An agent's own copy of the package has another `AgentError`: the name counts, not the class. */
function known(error: unknown): unknown {
  if (error instanceof AgentError || !(error instanceof Error) || error.name !== 'AgentError') return error;
  const { code } = error as Error & { code?: unknown };
  return typeof code === 'string' ? new AgentError(code, error.message) : error;
}
