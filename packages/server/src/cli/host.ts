import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';

/** What a command is built around: where it speaks, and where its exit code goes. */
export interface Host {
  readonly io: Io;
  /** Takes the outcome of a command. */
  end(outcome: Promise<ExitCode>): Promise<void>;
  readonly exitCode: ExitCode;
}

export function createHost(io: Io): Host {
  let exitCode: ExitCode = EXIT.ok;
  return {
    io,
    async end(outcome) {
      exitCode = await outcome;
    },
    get exitCode() {
      return exitCode;
    },
  };
}

/** Help text with commands that work when they are typed. */
export function examples(...lines: readonly (readonly [command: string, meaning: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return `\nExamples:\n${lines.map(([command, meaning]) => `  ${command.padEnd(width)}   ${meaning}`).join('\n')}`;
}
