/**
 * What a bell can ring for: `run` (new events, or the run changed), `cancel` (somebody wants the run cancelled) and `queue`
 * (a run waits for a worker).
 */
export type Topic = `run:${string}` | `cancel:${string}` | 'queue';

/**
 * The bell. A ring is a hint: it may be late, lost or doubled, and whoever listens also polls. It never carries data.
 */
export interface Notifier {
  /** Rings for everybody who listens to the topic, on every node. Never throws and never waits. */
  notify(topic: Topic): void;
  /** Calls `listener` on every ring until the returned function is called. The listener must not throw. */
  listen(topic: Topic, listener: () => void): () => void;
  close(): Promise<void>;
}
