/** One mistake in the configuration, in words for the person who made it. */
export interface Mistake {
  /** `clew.config.yaml`, `environment` or `command line`. */
  readonly source: string;
  /** Line in the file, from 1; null for the other sources. */
  readonly line: number | null;
  /** What was written there: `server.prot`, `CLEW_PORT`, `--port`. Empty when the mistake is not about one key. */
  readonly key: string;
  /** One sentence: what is wrong. */
  readonly message: string;
  /** One sentence: what to do. */
  readonly fix: string;
}

/** The mistake on one line: `clew.config.yaml:3: server.port: … Fix`. */
export function formatMistake(mistake: Mistake): string {
  const place = mistake.line === null ? mistake.source : `${mistake.source}:${mistake.line}`;
  return [place, mistake.key, `${mistake.message} ${mistake.fix}`].filter((text) => text !== '').join(': ');
}

/** Thrown by `loadConfig`: all mistakes at once. The message has one line for each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: readonly Mistake[]) {
    super(mistakes.map(formatMistake).join('\n'));
    this.mistakes = mistakes;
  }
}
