import { onTestFinished } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { type ConsoleOptions, type TestConsole, testConsole } from './console.ts';

/** `clew serve` or `clew dev` at work. */
export interface Serving extends TestConsole {
  readonly url: string;
  /** Presses Ctrl-C and gives back the exit code. */
  stop(): Promise<number>;
}

/** Starts a project on a free port, as `clew dev` does; it is stopped when the test ends. */
export async function serving(
  cwd: string,
  argv: readonly string[] = [],
  options: ConsoleOptions = {},
): Promise<Serving> {
  const console = testConsole({ cwd, terminal: true, ...options });
  const ended = runCli(['dev', '--port', '0', '--grace-ms', '0', ...argv], console.io);
  await Promise.race([console.shows('Ctrl-C stops.'), ended]);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(console.screen())?.[0];
  if (!url) throw new Error(`The server does not run:\n${console.screen()}`);
  let stopped: Promise<number> | undefined;
  const stop = () => {
    if (!stopped) console.signal('SIGINT');
    stopped ??= ended;
    return stopped;
  };
  onTestFinished(async () => {
    await stop();
  });
  return { ...console, url, stop };
}
