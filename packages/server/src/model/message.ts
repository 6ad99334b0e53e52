import type { Json, JsonObject } from './json.ts';
import type { Part } from './part.ts';

/** What one side said at one moment of a thread. */
export interface Message {
  /** UUID. */
  readonly id: string;
  readonly threadId: string;
  /** The run that the message started or that made it; null for imported history. */
  readonly runId: string | null;
  readonly role: 'user' | 'assistant';
  readonly parts: readonly Part[];
  /** The user message that an assistant message answers. */
  readonly parentId: string | null;
  /** Name of the agent that wrote it; null for people. */
  readonly agentName: string | null;
  /** UUID and name of the person in whose thread it stands. */
  readonly userId: string;
  readonly userName: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The run ended before the message did: what was said until then. */
  readonly incomplete: boolean;
  /** The message asks the person for something and the run waits for it. */
  readonly interrupt: boolean;
  /** Visible steps of the run that led to the message, in the order of the log. */
  readonly steps: readonly MessageStep[];
  /** What clients keep on a message: feedback, user-defined state. Null until one is set. */
  readonly state: JsonObject | null;
  /** Address of the message that this is a copy of; absent for what was said here. */
  readonly origin?: string;
  /** Nobody said it: the question was over before somebody answered. Stands in `run.resumed` only, under the id of the question; no thread has it. */
  readonly expired?: true;
  /** Members of a wire's message that the model has no place for, given back as sent. */
  readonly extra?: JsonObject;
}

/** Whether a step was done inside of another one: `s2/s1` inside of `s2`. */
export function isInner({ stepId }: { readonly stepId: string }): boolean {
  return stepId.includes('/');
}

/** A finished step as it is remembered with the message it led to. */
export interface MessageStep {
  readonly stepId: string;
  readonly kind: StepKind;
  readonly name: string;
  readonly input?: Json;
  readonly output?: Json;
  readonly error?: { readonly code: string; readonly message: string };
}

/**
 * `tool`: a call of a tool · `search`: a look into knowledge · `handoff`: another agent works · `thought`: reasoning · `model`: a call of a model, which
 * only operators see.
 */
export type StepKind = 'tool' | 'search' | 'handoff' | 'thought' | 'model';
