import { createServer } from 'node:net';
import { VERSION } from '../../../app/version.ts';
import type { Config } from '../../../config/index.ts';
import { fine, found, type Line } from '../finding.ts';
import { ask, NoAnswer } from '../page/ask.ts';

/** What answers at the address of the project. */
export interface Served {
  readonly lines: readonly Line[];
  /** Address of the server; undefined when none of ours answers. */
  readonly url: string | undefined;
}

/** Whether the port is free, or a server of ours has it. */
export async function checkServer({ server: { host, port } }: Config, now: () => number): Promise<Served> {
  if (port === 0) return { lines: [fine('The server takes a free port at each start.')], url: undefined };
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const url = `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
  const health = await healthOf(url, now);
  if (health === undefined) {
    if (await isFree(host, port)) return { lines: [fine(`No server runs, and port ${port} is free.`)], url: undefined };
    const line = found(
      'port_taken',
      `Another program has port ${port}.`,
      'Stop it, or take another port in clew.config.yaml:',
      `server:\n  port: ${port + 1}`,
    );
    return { lines: [line], url: undefined };
  }
  const { status, version } = health;
  if (status !== 'ok')
    return {
      lines: [
        found(
          'server_sick',
          `The server at ${url} answers that it cannot work (${status}).`,
          'Its log says why; mostly the database is away.',
        ),
      ],
      url,
    };
  if (version !== VERSION)
    return {
      lines: [
        found(
          'server_other',
          `The server at ${url} is Clew ${version}, and this is ${VERSION}.`,
          'Start it again with the same version.',
        ),
      ],
      url,
    };
  return { lines: [fine(`The server runs: ${url}`)], url };
}

async function healthOf(url: string, now: () => number): Promise<{ status: string; version: string } | undefined> {
  try {
    const { response } = await ask(`${url}/health`, { now });
    const { status, version } = (await response.json()) as { status?: unknown; version?: unknown };
    return typeof status === 'string' && typeof version === 'string' ? { status, version } : undefined;
  } catch (error) {
    if (error instanceof NoAnswer || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'EADDRINUSE'));
    server.listen({ host, port }, () => server.close(() => resolve(true)));
  });
}
