/** What http needs of a logger; pino fits. Fields first, then one line of text. */
export interface Log {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** Time and ids, as arguments. `Clock` of the ports fits. */
export interface Ticker {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** A new UUID. */
  id(): string;
}
