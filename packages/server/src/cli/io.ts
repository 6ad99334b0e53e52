import type { Readable, Writable } from 'node:stream';
import pc from 'picocolors';

/** Functions that colour text; they give it back unchanged where colours do not belong. */
export type Style = ReturnType<typeof pc.createColors>;

/** Standard input; `setRawMode` exists on terminals only. */
export type Input = Readable & { setRawMode?(raw: boolean): unknown };

/** What stops a command from outside. */
export type Signal = 'SIGINT' | 'SIGTERM';

/** All that a command knows of the process it runs in, so that a test can be the process. */
export interface Io {
  readonly stdin: Input;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Which of the three a person sits at. */
  readonly terminal: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  /** Width of the terminal in characters as of now; 80 where there is none. */
  columns(): number;
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Clew's own variables (`CLEW_…`), as `config` reads them. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the current folder. */
  readonly cwd: string;
  /** Colours for stdout … */
  readonly style: Style;
  /** … and for stderr. */
  readonly styleErr: Style;
  /** Calls `listener` on every such signal, in place of ending the process, until the returned function is called. */
  onSignal(signal: Signal, listener: () => void): () => void;
  /** Calls `listener` with what a promise was rejected with that nobody looked at, in place of ending the process. */
  onRejection(listener: (reason: unknown) => void): void;
}

/** The parts of an `Io`, with whether each output takes colours in place of the colours. */
export type IoParts = Omit<Io, 'style' | 'styleErr'> & {
  readonly colors: { readonly stdout: boolean; readonly stderr: boolean };
};

export function createIo({ colors, ...parts }: IoParts): Io {
  return { ...parts, style: pc.createColors(colors.stdout), styleErr: pc.createColors(colors.stderr) };
}

/** The `Io` of this process. Node knows for each stream whether it takes colours, `NO_COLOR` and `TERM=dumb` considered. */
export function processIo(env: Io['env']): Io {
  const isTerminal = (stream: { isTTY?: boolean }) => stream.isTTY === true;
  const colored = (stream: typeof process.stdout | typeof process.stderr) => isTerminal(stream) && stream.hasColors();
  return createIo({
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    terminal: {
      stdin: isTerminal(process.stdin),
      stdout: isTerminal(process.stdout),
      stderr: isTerminal(process.stderr),
    },
    colors: { stdout: colored(process.stdout), stderr: colored(process.stderr) },
    columns: () => process.stdout.columns || 80,
    now: Date.now,
    env,
    cwd: process.cwd(),
    onSignal(signal, listener) {
      process.on(signal, listener);
      return () => process.off(signal, listener);
    },
    onRejection: (listener) => void process.on('unhandledRejection', listener),
  });
}

/** Writes a line to stdout. */
export function print(io: Io, line = ''): void {
  io.stdout.write(`${line}\n`);
}

/** Writes a line to stderr: what people read beside the result. */
export function note(io: Io, line = ''): void {
  io.stderr.write(`${line}\n`);
}

/** Writes a value to stdout as JSON. */
export function printJson(io: Io, value: unknown): void {
  print(io, JSON.stringify(value, null, 2));
}
