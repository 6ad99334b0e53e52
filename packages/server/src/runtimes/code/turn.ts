import type { Json, JsonObject, Message, Part, StepKind } from '../../model/index.ts';
import type { Turn } from '../../ports/index.ts';

/** A question to the person: the run waits, for days if need be, until it is answered. */
export interface Ask {
  readonly type: 'ask';
  readonly parts: readonly Part[];
}

/** What an agent yields: a piece of text, a whole part, a message of its own (an array of parts), or a question. */
export type Said = string | Part | readonly Part[] | Ask;

/** What an agent written in code returns. The value of `yield` is the answer to an `Ask`; after everything else it is undefined. */
export type AgentOutput = AsyncGenerator<Said, void, Message>;

/**
 * An agent written in code: the default export of its file. Usually an async generator; an agent that says one thing may be a function that returns it.
 */
export type AgentFunction = (turn: CodeTurn) => AgentOutput | Promise<Said | undefined> | Said | undefined;

/** A step, for those who watch. */
export interface CodeStep {
  /** Machine-readable name, e.g. of the tool. */
  readonly name: string;
  /** One line for people. Default: the name. */
  readonly title?: string;
  /** Default `tool`. */
  readonly kind?: StepKind;
  readonly input?: Json;
}

/**
 * One turn of a conversation, and what an agent can do in it. After a crash and after every answer the agent is entered again from the top: it
 * should then say and do the same in the same order. What is in the log already is not said or done twice.
 */
export interface CodeTurn extends Turn {
  /** The text of the message to answer. */
  readonly text: string;
  /** Aborts when the run is cancelled or the server stops. Hand it to whatever can be aborted. */
  readonly signal: AbortSignal;
  /** What the agent would say now stands in the log already, from an earlier attempt. */
  readonly replaying: boolean;
  /** Asks the person and gives back the answer. The same as `yield ask(question)`. */
  ask(question: string | readonly Part[]): Promise<Message>;
  /** A visible unit of work that is done once, whatever happens; its result is recorded. */
  step<T extends Json>(
    step: CodeStep,
    work: (signal: AbortSignal, show: (text: string) => void) => Promise<T> | T,
  ): Promise<T>;
  /** Changes context variables; the end of the run reports them to the client. */
  setContext(values: JsonObject): Promise<void>;
  /** Ends the run as failed with a code and a message that the caller reads. */
  fail(code: string, message: string): never;
  /** Waits `ms` milliseconds; not while `replaying`. Rejects when the run is cancelled. */
  sleep(ms: number): Promise<void>;
  /** Milliseconds of a clock that never goes back; only differences mean something. */
  now(): number;
}

/** A question to yield: `const answer = yield ask('Which one?')`. */
export function ask(question: string | readonly Part[]): Ask {
  return { type: 'ask', parts: typeof question === 'string' ? [{ type: 'text', text: question }] : question };
}

/** What an agent file written in code says of itself: `export const agent`. The names are those of an agent file in YAML. */
export interface AgentMetadata {
  readonly name: string;
  readonly description: string;
  readonly display_name?: string;
  readonly instructions?: string;
  readonly hidden?: boolean;
  readonly context_access_enabled?: boolean;
  readonly context_variables?: readonly string[];
  readonly knowledge_base?: readonly string[];
  readonly welcome_content?: { readonly welcome_message: string; readonly description?: string };
  readonly starter_prompts?: {
    readonly is_default_prompts?: boolean;
    readonly prompts: readonly {
      readonly id: string;
      readonly title: string;
      readonly subtitle?: string;
      readonly prompt: string;
      readonly state?: 'active' | 'inactive';
    }[];
  };
  readonly icon?: string;
  readonly hide_reasoning?: boolean;
  /** Languages it speaks, ISO 639-1. */
  readonly language_support?: readonly string[];
  /** Whatever a project keeps with its agent; `acp` adds to the manifest (`metadata`, `input_content_types`, `output_content_types`). */
  readonly custom?: JsonObject;
}

/** Gives `agent` back as it is, with its fields checked by the compiler. */
export function defineAgent(agent: AgentMetadata): AgentMetadata {
  return agent;
}
