import { PassThrough, Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { createIo, type Input, type Io, type Signal } from '../../src/cli/io.ts';
import { runCli } from '../../src/cli/program.ts';

export interface ConsoleOptions {
  /** Absolute path. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether a person sits at all three streams. Default false. */
  readonly terminal?: boolean;
  /** Whether outputs take colours. Default false. */
  readonly colors?: boolean;
  readonly columns?: number;
  readonly now?: () => number;
}

/** A console without a process: what a command writes is kept, what a person types is written to `stdin`. */
export interface TestConsole {
  readonly io: Io;
  readonly stdin: PassThrough;
  stdout(): string;
  stderr(): string;
  /** Both outputs in the order in which they were written. */
  screen(): string;
  /** Resolves when the screen, from its `after`th character on, contains the text. */
  shows(text: string, after?: number): Promise<void>;
  signal(signal: Signal): void;
}

export function testConsole(options: ConsoleOptions = {}): TestConsole {
  const { terminal = false, colors = false, columns = 80 } = options;
  const listeners = new Map<Signal, Set<() => void>>();
  const waiting = new Set<() => void>();
  const written = { stdout: '', stderr: '', screen: '' };
  const output = (name: 'stdout' | 'stderr') =>
    new Writable({
      decodeStrings: false,
      write(chunk: string | Buffer, _encoding, done) {
        written[name] += chunk.toString();
        written.screen += chunk.toString();
        for (const check of waiting) check();
        done();
      },
    });
  const stdin: PassThrough & Input = new PassThrough();
  if (terminal) stdin.setRawMode = () => stdin;
  const io = createIo({
    stdin,
    stdout: output('stdout'),
    stderr: output('stderr'),
    terminal: { stdin: terminal, stdout: terminal, stderr: terminal },
    colors: { stdout: colors, stderr: colors },
    columns: () => columns,
    now: options.now ?? Date.now,
    env: options.env ?? {},
    cwd: options.cwd ?? import.meta.dirname,
    onSignal(signal, listener) {
      const set = listeners.get(signal) ?? new Set();
      listeners.set(signal, set.add(listener));
      return () => set.delete(listener);
    },
    onRejection() {},
  });
  return {
    io,
    stdin,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    screen: () => written.screen,
    shows(text, after = 0) {
      return new Promise((resolve) => {
        const check = () => {
          if (!written.screen.slice(after).includes(text)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      });
    },
    signal(signal) {
      for (const listener of listeners.get(signal) ?? []) listener();
    },
  };
}

/** What a person sees of it: without what was taken away again, and without colours. */
export function visible(screen: string): string {
  return stripVTControlCharacters(screen.replaceAll('\r\n', '\n').replace(/[^\n]*\r\u001b\[K/g, ''));
}

/** Runs a command line to its end. Standard input is `input`, then its end. */
export async function clew(argv: readonly string[], options: ConsoleOptions & { readonly input?: string } = {}) {
  const console = testConsole(options);
  console.stdin.end(options.input ?? '');
  const code = await runCli(argv, console.io);
  return { code, stdout: console.stdout(), stderr: console.stderr() };
}

/** `clew` in a folder, against a server. */
export function asking(cwd: string, url: string) {
  return (argv: readonly string[], options: ConsoleOptions & { input?: string } = {}) =>
    clew([...argv, '--url', url], { cwd, ...options });
}

/** What `--json` wrote, line by line. */
export function jsonLines<T>(stdout: string): T[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}
