import type { Json, JsonObject } from './json.ts';

/** A conversation: an ordered list of messages and the runs that made them. */
export interface Thread {
  /** UUID. */
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly userName: string;
  /** At most 1,000 characters as shown; longer titles are cut by the wires. */
  readonly title: string;
  /** The agent that the thread was opened with; a run may name another. */
  readonly agentId: string | null;
  /** `closed` is what a client says when its session ends; a closed thread still takes messages. */
  readonly status: 'open' | 'closed';
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Members of a wire's thread that the model has no place for. */
  readonly extra: JsonObject;
}

/** What agents keep with a thread, over its runs. */
export interface ThreadState {
  /** Address from which a client brought it. */
  readonly source?: string;
  /** The state itself; absent as long as it is only known where to read it. */
  readonly value?: Json;
  /** Counts its changes. */
  readonly version: number;
}
