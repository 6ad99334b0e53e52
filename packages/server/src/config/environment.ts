import { readFileSync } from 'node:fs';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Clew's own environment variables (`CLEW_…`), frozen. Nothing else in the server reads `process.env`: what the environment may change is
 * what the table of settings lists, and what a project asks for by name.
 */
export function readEnvironment(): Environment {
  return Object.freeze(Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('CLEW_'))));
}

/**
 * A variable of the environment that a file of the project names as `${NAME}`, or that holds the key of a model provider: none of Clew's own settings. One that is not set may stand
 * in a file, as Docker and Kubernetes mount secrets: that of `NAME_FILE`, without space around it. A file that cannot be read counts as a variable that is not set.
 */
export function readVariable(name: string): string | undefined {
  const value = process.env[name];
  const file = process.env[`${name}_FILE`];
  if (value || !file) return value;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
