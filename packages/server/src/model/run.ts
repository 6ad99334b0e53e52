import type { ErrorInfo } from './errors.ts';
import type { JsonObject } from './json.ts';

/**
 * `queued` until a worker claims it, `running` under a lease, `waiting` for a person (no lease), then one of the three
 * ends, for ever.
 */
export type RunStatus = 'queued' | 'running' | 'waiting' | 'completed' | 'failed' | 'cancelled';

/** Whether the log of a run in this status is closed. */
export function isEnded(status: RunStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** One execution of an agent on a thread. It owns a log of events. */
export interface Run {
  /** UUID. */
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly userName: string;
  readonly threadId: string;
  readonly agentId: string;
  /** Name of the agent when the run was made: an agent file may since have been renamed. */
  readonly agentName: string;
  readonly status: RunStatus;
  /** The user message that the run answers. */
  readonly messageId: string;
  /** Context variables as the client sent them, before the agent's declarations are applied. */
  readonly context: JsonObject;
  /** What else the client sent for the run (model parameters and the like), as decoded by its wire. */
  readonly options: JsonObject;
  /** Raised by every claim; an append with an older epoch is refused. 0 before the first claim. */
  readonly epoch: number;
  /** Sequence number of the last event in the log. */
  readonly lastSeq: number;
  /** Somebody asked for the run to be cancelled and it has not ended yet. */
  readonly cancelRequested: boolean;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly error: ErrorInfo | null;
}
