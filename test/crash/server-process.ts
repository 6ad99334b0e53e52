import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** A real server in a process of its own, that can be killed. */
export interface ServerProcess {
  readonly url: string;
  /** Kills it without a word and starts it again on the same port and file. Resolves when it is ready. */
  killAndRestart(): Promise<void>;
  /** SIGTERM; the exit code. */
  stop(): Promise<number | null>;
}

/** What `startServerProcess` needs. */
export interface ServerProcessOptions {
  readonly project: string;
  readonly port: number;
  readonly file: string;
  readonly leaseMs: number;
  readonly env?: Readonly<Record<string, string>>;
}

export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const url = `http://127.0.0.1:${options.port}`;
  let child = await start(options, url);
  return {
    url,
    async killAndRestart() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      child = await start(options, url);
    },
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = await gone;
      return code;
    },
  };
}

async function start({ project, port, file, leaseMs, env }: ServerProcessOptions, url: string): Promise<ChildProcess> {
  const main = join(ROOT, 'packages/server/src/cli/main.ts');
  const args = [
    '--conditions=clew-source',
    main,
    'serve',
    '--project',
    project,
    '--port',
    String(port),
    '--db',
    file,
    '--lease-ms',
    String(leaseMs),
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } });
  let errors = '';
  child.stderr?.on('data', (data) => {
    errors += data;
  });
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`The server did not start: ${errors}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return child;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/api/v1/health/ready`)).ok;
  } catch {
    return false;
  }
}
