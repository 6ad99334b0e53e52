/** What the queue looks like, over all nodes. */
export interface QueueMeasures {
  /** Runs that no worker has, those that wait for another one of their thread included. */
  readonly queued: number;
  /** When the oldest of them was made, milliseconds since 1970; null without any. */
  readonly oldestAt: number | null;
  /** Runs that wait for a person. */
  readonly waiting: number;
  /** Runs that are worked on, by worker. */
  readonly running: readonly { readonly worker: string; readonly runs: number }[];
}
