/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Clew's own environment variables (`CLEW_…`), frozen. Nothing else in the server reads `process.env`: what the environment may change is
 * what the table of settings lists, and what a project asks for by name.
 */
export function readEnvironment(): Environment {
  return Object.freeze(Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('CLEW_'))));
}

/** A variable of the environment that a file of the project names as `${NAME}`, or that holds the key of a model provider: none of Clew's own settings. */
export function readVariable(name: string): string | undefined {
  return process.env[name];
}
