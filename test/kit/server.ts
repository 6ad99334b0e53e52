import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** Starting takes a fraction of a second; a machine with other things to do gets its time. */
const START_MS = 30_000;

/** The repository's folder, with a slash at the end. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface ServeOptions {
  /** Verb of the command line. Default `serve`. */
  readonly verb?: 'serve' | 'dev';
  /** Folder of the project, relative to the repository or absolute. Default `examples/lab`. */
  readonly project?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Further arguments, e.g. `['--db', file]`. Default none. */
  readonly args?: readonly string[];
  /** Changes to the environment; `undefined` takes a variable away. Default none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What to start instead of the sources of this checkout, e.g. an installed program: it gets the verb and the arguments. */
  readonly command?: readonly [program: string, ...args: string[]];
  /** Folder to start it in. Default: the repository. */
  readonly cwd?: string;
}

/** A server in a process of its own. */
export interface ServedProcess {
  /** Address without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** Everything it has printed so far, both streams. */
  readonly output: () => string;
  /** Sends the signal (default SIGTERM) and waits until the process and its streams are gone. Safe to call twice. */
  stop(signal?: NodeJS.Signals): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/**
 * Starts the command line as people do and waits for the address it prints. Rejects with what it printed if it ends before. In a test the process is
 * killed when the test is over; outside of one (a hook, a benchmark) whoever starts it stops it.
 */
export async function serve(options: ServeOptions = {}): Promise<ServedProcess> {
  const [program, ...before] = options.command ?? fromSource();
  const { verb = 'serve', project = 'examples/lab', port = 0 } = options;
  const child = spawn(
    program,
    [...before, verb, '--project', project, '--port', String(port), ...(options.args ?? [])],
    {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const stop: ServedProcess['stop'] = async (wanted = 'SIGTERM') => {
    child.kill(wanted);
    const [code, signal] = await ended;
    return { code, signal };
  };
  killAfterTest(child);

  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`The server did not print its address within ${START_MS} ms. It printed:\n${output}`));
    }, START_MS);
    const read = (text: string) => {
      output += text;
      const address = /https?:\/\/(?:[\w.-]+|\[[\da-f:]+\]):\d+/.exec(output)?.[0];
      if (!address) return;
      clearTimeout(late);
      resolve(address);
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    const fail = (error: Error) => {
      clearTimeout(late);
      reject(error);
    };
    child.once('error', fail);
    ended.then(
      ([code]) => fail(new Error(`The server ended with ${code} before it listened. It printed:\n${output}`)),
      fail,
    );
  });
  return { url, port: Number(new URL(url).port), process: child, output: () => output, stop };
}

function fromSource(): [string, ...string[]] {
  return [process.execPath, '--conditions=clew-source', `${ROOT}packages/server/src/cli/main.ts`];
}

function killAfterTest(child: ChildProcess): void {
  try {
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
  } catch {
    // Not inside of a test.
  }
}
