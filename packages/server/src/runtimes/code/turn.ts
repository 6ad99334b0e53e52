import type { Json, JsonObject, Message, Part, StepKind } from '../../model/index.ts';
import type { ToolResult, Turn } from '../../ports/index.ts';

/** A question to the person: the run waits, for days if need be, until it is answered. */
export interface Ask {
  readonly type: 'ask';
  readonly parts: readonly Part[];
}

/** A step that is done when it is told: a thought, or a call of a tool that the agent made by itself. */
export type Trajectory =
  | {
      readonly type: 'trajectory';
      /** The thought: shown to those who may see what steps gave back. */
      readonly message: string;
      readonly toolName?: undefined;
    }
  | {
      readonly type: 'trajectory';
      readonly toolName: string;
      /** One line for people, without the input: everybody in the conversation reads it. Default: the tool's name. */
      readonly message?: string;
      readonly input?: Json;
      readonly output?: Json;
    };

/** An event of the agent's own, for programs that know it: no part of a message, and not shown in the chat. */
export interface Generic {
  readonly type: 'generic';
  readonly value: JsonObject;
}

/** What an agent yields: a piece of text, a whole part, a message of its own (an array of parts), a question, a step that is done, or an event of its own. */
export type Said = string | Part | readonly Part[] | Ask | Trajectory | Generic;

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
  /**
   * Calls a tool of the project, under the rules that hold for models: its input is checked, a person is asked first where the tool wants it, the call is a
   * step that is done once. A call that fails, is refused or takes too long gives a result with `isError`. Rejects with the `AgentError` `tool_unknown`.
   */
  tool(name: string, input?: JsonObject): Promise<ToolResult>;
  /**
   * Lets another agent work and gives back what it said: one that this agent names in `collaborators`. It is a step of kind `handoff` that is done once; what the
   * other asks, it asks the person. It sees `text`, what it was handed in this thread before, and those context variables that it declares. Rejects with the
   * `AgentError` that it failed with, or `collaborator_unknown`.
   */
  handOff(name: string, text: string, options?: { readonly context?: JsonObject }): Promise<string>;
  /** The same with what it cited, as parts of a message: `yield await turn.handOff('research', text, { as: 'parts' })` says it with its sources. */
  handOff(
    name: string,
    text: string,
    options: { readonly context?: JsonObject; readonly as: 'parts' },
  ): Promise<readonly Part[]>;
  /** Changes context variables; the end of the run reports them to the client. */
  setContext(values: JsonObject): Promise<void>;
  /**
   * What agents keep with the thread: as the run found it at its first call, also when it is entered again, and as it set it since. Undefined when there is
   * none. Rejects with the `AgentError` `state_unavailable` when the client keeps it where it cannot be read.
   */
  state(): Promise<Json | undefined>;
  /** Keeps a state with the thread for its next run, at most 262,144 characters of JSON. Of runs at the same time the last one counts. */
  setState(state: Json): Promise<void>;
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
  /** Names of agents that it may hand over to. */
  readonly collaborators?: readonly string[];
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
