import { LeaseLost } from '../../ports/index.ts';
import type { Connection } from './connection.ts';

/** What an append must know of a run that is worked on. */
export interface OpenRun {
  readonly n: number;
  readonly threadId: string;
  readonly worker: string;
  readonly epoch: number;
  lastSeq: number;
  cancelling: boolean;
  /** Another run of the thread waits for the end of this one. */
  followed: boolean;
}

/**
 * The leases of this process, so that an append reads nothing. The file is locked for this process, hence what stands here is what stands in the
 * table; after a rollback it is emptied and read anew.
 */
export class OpenRuns {
  readonly #connection: Connection;
  readonly #runs = new Map<string, OpenRun>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  set(runId: string, run: OpenRun): void {
    this.#runs.set(runId, run);
  }

  delete(runId: string): void {
    this.#runs.delete(runId);
  }

  clear(): void {
    this.#runs.clear();
  }

  /** The run, if a worker holds it. */
  find(runId: string): OpenRun | undefined {
    const known = this.#runs.get(runId);
    if (known) return known;
    const row = this.#connection.row(
      `SELECT n, thread_id, worker, epoch, (SELECT max(seq) FROM events WHERE run_n = n), cancelling, followed
       FROM runs WHERE id = ? AND status = 'running'`,
      runId,
    );
    if (!row) return undefined;
    const [n, threadId, worker, epoch, lastSeq, cancelling, followed] = row as [
      ...[n: number, threadId: string, worker: string, epoch: number],
      ...[lastSeq: number, cancelling: number, followed: number],
    ];
    const run = { n, threadId, worker, epoch, lastSeq, cancelling: cancelling === 1, followed: followed === 1 };
    this.#runs.set(runId, run);
    return run;
  }

  /** The run, if this worker holds it with this epoch; else `LeaseLost`. */
  held(lease: { readonly run: { readonly id: string }; readonly worker: string; readonly epoch: number }): OpenRun {
    const run = this.find(lease.run.id);
    if (!run || run.worker !== lease.worker || run.epoch !== lease.epoch)
      throw new LeaseLost('Another worker has the run, or it has ended.');
    return run;
  }
}
