/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Clew's own environment variables (`CLEW_…`), frozen. Nothing else in the server reads `process.env`: what the environment may change is
 * what the table of settings lists.
 */
export function readEnvironment(): Environment {
  return Object.freeze(Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('CLEW_'))));
}
