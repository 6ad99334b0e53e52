import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type ServerName = 'raw' | 'raw-durable' | 'clew';

/** A server under measurement, in a process of its own on an empty database. */
export interface BenchServer {
  readonly name: ServerName;
  readonly port: number;
  /** Milliseconds from the start of the process to the first answer. */
  readonly readyMs: number;
  /** Seconds of CPU that the process has used so far (all threads). */
  cpuSeconds(): number;
  /** Resident memory now, in bytes. */
  rss(): number;
  /** Ends it and removes its files. Default: SIGTERM. Safe to call twice. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface StartOptions {
  /** For Clew alone. Default: `examples/lab`. */
  readonly project?: string;
  /** For Clew alone: changes to the environment, for instance `CLEW_DATABASE_URL`. Default none. */
  readonly env?: Readonly<Record<string, string>>;
}

const ROOT = join(import.meta.dirname, '../..');

/** Starts one of the three servers. Clew is the built program, as it is published. */
export async function startServer(name: ServerName, options: StartOptions = {}): Promise<BenchServer> {
  const { project = join(ROOT, 'examples/lab'), env = {} } = options;
  const folder = mkdtempSync(join(tmpdir(), 'clew-bench-'));
  const port = await freePort();
  const began = performance.now();
  const child = spawn(process.execPath, argumentsFor(name, { port, project, file: join(folder, 'bench.db') }), {
    stdio: ['ignore', 'ignore', 'inherit'],
    // Every delta is an event of its own, so that a run is as many events for every server.
    env: { ...process.env, CLEW_COALESCE_MS: '0', CLEW_COALESCE_BYTES: '1', CLEW_LOG_LEVEL: 'warn', ...env },
  });
  await untilReady(child, port);
  const readyMs = performance.now() - began;
  return {
    name,
    port,
    readyMs,
    cpuSeconds: () => cpuSeconds(child.pid ?? 0),
    rss: () => rss(child.pid ?? 0),
    async stop(signal = 'SIGTERM') {
      const gone = once(child, 'exit');
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        await gone;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function argumentsFor(
  name: ServerName,
  { port, project, file }: { port: number; project: string; file: string },
): string[] {
  if (name === 'clew') {
    return [
      join(ROOT, 'packages/server/dist/cli.js'),
      'serve',
      '--project',
      project,
      '--port',
      `${port}`,
      '--db',
      file,
    ];
  }
  const reference = [join(import.meta.dirname, 'reference.ts'), '--port', `${port}`];
  return name === 'raw' ? reference : [...reference, '--db', file];
}

async function untilReady(child: ChildProcess, port: number): Promise<void> {
  for (;;) {
    try {
      if ((await fetch(`http://127.0.0.1:${port}/health`)).ok) return;
    } catch {
      if (child.exitCode !== null) throw new Error('The server ended before it was ready.');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

/** From `/proc/<pid>/stat`: user and system time in ticks of 10 ms. Linux only. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function rss(pid: number): number {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+) kB/);
  return Number(line?.[1] ?? 0) * 1024;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
