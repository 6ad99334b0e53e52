/** Time and ids, as arguments, so that a test decides them. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** A new UUID. Ids made in a later millisecond sort after earlier ones. */
  id(): string;
}
