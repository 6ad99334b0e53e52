import type { JsonObject, Part, RunStatus, Thread } from '../model/index.ts';

/** One page of a list and how many there are in all. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
}

/** Measured over ended runs; cancelled ones do not count. */
export interface AgentMeasures {
  readonly completed: number;
  readonly failed: number;
  /** From the first claim to the end, waiting for people included; null without runs. */
  readonly averageMs: number | null;
}

/** Filters for a list of runs. */
export interface RunQuery {
  readonly threadId?: string;
  readonly agentId?: string;
  readonly status?: readonly RunStatus[];
  readonly limit: number;
  readonly offset: number;
}

/** Filters for a list of threads. */
export interface ThreadQuery {
  readonly agentId?: string;
  readonly limit: number;
  readonly offset: number;
}

export interface NewThread {
  readonly id: string;
  readonly title: string;
  readonly agentId: string | null;
  readonly extra: JsonObject;
  readonly at: number;
}

/** Absent members stay as they are. */
export interface ThreadChange {
  readonly title?: string;
  readonly status?: Thread['status'];
  readonly agentId?: string | null;
  readonly extra?: JsonObject;
  readonly at: number;
}

/** Absent members stay as they are; `state` and `extra` replace what was there. */
export interface MessageChange {
  readonly parts?: readonly Part[];
  readonly state?: JsonObject | null;
  readonly extra?: JsonObject;
  readonly at: number;
}
