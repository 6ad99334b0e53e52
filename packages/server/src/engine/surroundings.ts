import type { DoubleTexting, Json, JsonObject } from '../model/index.ts';
import type { AgentDirectory, Clock, Notifier, Store } from '../ports/index.ts';
import type { Admission } from './admission.ts';
import type { Gate } from './gate.ts';
import type { Meter } from './meter.ts';

/** What the engine works with. */
export interface Surroundings {
  readonly store: Store;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly agents: AgentDirectory;
  readonly settings: EngineSettings;
  /** Reads JSON from the address where a client keeps the state of a thread. Default: none is read. */
  readonly fetchJson?: (url: string) => Promise<Json>;
  /** Opens what a signer has encrypted for this server. Default: nothing can be opened. */
  readonly openPayload?: (sealed: string) => Promise<JsonObject | undefined>;
  /** Decides what may come in, and counts it. Default: everything may, and nothing is counted. */
  readonly admission?: Admission;
  /** Told of what callers are not told: defects of agents and of the server itself. */
  readonly onDefect: (error: unknown, about: { readonly runId?: string }) => void;
}

/** Times and sizes; `config` documents them. */
export interface EngineSettings {
  readonly leaseMs: number;
  readonly concurrency: number;
  readonly coalesceMs: number;
  readonly coalesceBytes: number;
  /** What becomes of a second message where the agent does not say. Default: `enqueue`. */
  readonly doubleTexting?: DoubleTexting;
  /** Most runs that may be queued, on all nodes; what would be more is refused with `queue_full`. Default: no end. */
  readonly queue?: number;
  /** Most of them that may have come by one channel, in percent. Default 100. */
  readonly queueShare?: number;
  /** A question that nobody answers for this long fails its run with `answer_timeout`. Default 0: it may wait for ever. */
  readonly waitMs?: number;
  /** A run that was lost so often while it was worked on apart from others fails with `run_abandoned`. Default 0: it is begun again for ever. */
  readonly attempts?: number;
  /** For how long, at most, a run that was lost again and again is worked on apart from others of that kind, before it is lost after that. Default 3,000 ms. */
  readonly apartMs?: number;
  /** Most characters that a run may say, all its attempts together; what says more is stopped with `run_too_long`. Default: no end. */
  readonly runCharacters?: number;
}

/** What a worker has beside that. */
export interface Working extends Surroundings {
  readonly meter: Meter;
  /** Where runs enter that were lost again and again. */
  readonly gate: Gate;
}
