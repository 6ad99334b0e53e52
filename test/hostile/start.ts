import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { ROOT, type ServedProcess, serve } from '../kit/server.ts';
import { makeTempDir, removeTempDir } from '../kit/temp-dir.ts';

/** A server that is not spared, in a process of its own. */
export interface Target extends ServedProcess {
  /** Sends bytes as they are, one piece after another, and gives back all that comes until the server closes, or until `enough` says so. */
  raw(pieces: string | readonly (string | Uint8Array)[], enough?: (received: string) => boolean): Promise<string>;
  /** Opens a connection and leaves it open, with these bytes sent. */
  park(bytes?: string): Promise<Socket>;
  /** A whole conversation works, and what the server holds in memory is back near what it was: waits for both. */
  calm(): Promise<void>;
}

/** What may stay in memory after an attack: caches, compiled code, rows that are kept. */
const STAYS_BYTES = 48 * 1024 * 1024;

/** Starts a server for the tests of a file and stops it after them. */
export async function start(args: readonly string[] = []): Promise<Target> {
  const folder = makeTempDir();
  const served = await serve({
    command: [
      process.execPath,
      '--expose-gc',
      '--import',
      join(import.meta.dirname, 'memory.mjs'),
      '--conditions=clew-source',
      `${ROOT}packages/server/src/cli/main.ts`,
    ],
    project: join(import.meta.dirname, 'project'),
    args: ['--db', join(folder, 'clew.db'), '--grace-ms', '0', ...args],
  });
  afterAll(async () => {
    await served.stop();
    removeTempDir(folder);
  });

  const raw: Target['raw'] = (pieces, enough = () => false) =>
    new Promise((resolve, reject) => {
      const socket = connect(served.port, '127.0.0.1');
      let received = '';
      socket.setEncoding('utf8');
      socket.on('connect', () => {
        for (const piece of typeof pieces === 'string' ? [pieces] : pieces) socket.write(piece);
      });
      socket.on('data', (chunk: string) => {
        received += chunk;
        if (enough(received)) socket.destroy();
      });
      // The server may cut what is still being sent.
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (!/ECONNRESET|EPIPE/.test(error.code ?? '')) reject(error);
      });
      socket.on('close', () => resolve(received));
    });

  const park: Target['park'] = (bytes = '') =>
    new Promise((resolve, reject) => {
      const socket = connect(served.port, '127.0.0.1', () => {
        if (bytes !== '') socket.write(bytes);
        resolve(socket);
      });
      socket.once('error', reject);
      // Later a cut connection is what the server may do.
      socket.on('error', () => {});
    });

  async function memory(): Promise<number> {
    const count = () => served.output().split('\nmemory ').length;
    const before = count();
    served.process.kill('SIGUSR2');
    while (count() === before) await fetch(`${served.url}/health`).then((reply) => reply.text());
    const [line = ''] = (served.output().split('\nmemory ').at(-1) ?? '').split('\n');
    return (JSON.parse(line) as { bytes: number }).bytes;
  }

  async function converse(): Promise<void> {
    const response = await fetch(`${served.url}/api/v1/orchestrate/runs?stream=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ agent_id: 'echo', message: { role: 'user', content: 'still there?' } }),
    });
    const text = await response.text();
    expect([response.status, text]).toEqual([200, expect.stringContaining('run.completed')]);
  }

  for (let round = 0; round < 3; round += 1) await converse();
  const usual = await memory();

  return {
    ...served,
    raw,
    park,
    async calm() {
      await converse();
      while ((await memory()) > usual + STAYS_BYTES);
    },
  };
}

/** Status and code of an answer as it came over the connection, and how many answers there were. */
export function told(received: string): { readonly statuses: readonly number[]; readonly code: unknown } {
  const statuses = [...received.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
  const [, body = ''] = received.split('\r\n\r\n');
  let code: unknown;
  try {
    ({ code } = JSON.parse(body) as { code?: unknown });
  } catch {
    // No JSON: the test says what it wanted.
  }
  return { statuses, code };
}
