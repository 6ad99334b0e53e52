import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Client, createClient } from '@clew/wire/client';
import type { Command } from 'commander';
import type { Config } from '../config/index.ts';
import { EXIT } from './exit-codes.ts';
import { Failure } from './failure.ts';
import type { Io } from './io.ts';
import { isProject, readConfig } from './project.ts';

/** Which server to talk to. */
export interface Target {
  readonly url?: string;
  /** Folder of a project to open here, in this process, in place of a server. */
  readonly project?: string;
}

/** A server to talk to. */
export interface Connection {
  readonly client: Client;
  /** Without a slash at the end. */
  readonly url: string;
  /** The settings of the project that was opened here; undefined for a server that runs elsewhere. */
  readonly opened: Config | undefined;
  close(): Promise<void>;
}

/** Adds the options that say which server to talk to. */
export function addTarget(command: Command): Command {
  return command
    .option('--url <url>', 'Address of the server. (default: CLEW_URL, else http://127.0.0.1:4321)')
    .option(
      '--project <folder>',
      'Open this project here, without a server. (default: this folder, when no server answers)',
    );
}

/**
 * The server that was named; else the one of this folder's project, at its usual address; else, when none answers there, the project itself,
 * opened in this process. `onRetry` is told each time that a broken connection is about to be made again.
 */
export async function connect(target: Target, io: Io, onRetry?: () => void): Promise<Connection> {
  if (target.url !== undefined && target.project !== undefined) {
    throw new Failure(EXIT.usage, 'A server is named with --url or a project with --project, not both.');
  }
  const named = target.url ?? (target.project === undefined ? io.env.CLEW_URL || undefined : undefined);
  if (named !== undefined) {
    const url = addressOf(named);
    if (await answers(url)) return remote(url, io, onRetry);
    throw new Failure(
      EXIT.unreachable,
      `No server answers at ${url}. Start one with "clew dev", or check the address.`,
    );
  }
  if (target.project !== undefined) return openProject(target.project, io);
  const inProject = isProject('.', io);
  const url = inProject ? usualAddress(readConfig('.', io)) : 'http://127.0.0.1:4321';
  if (await answers(url)) return remote(url, io, onRetry);
  if (inProject) return openProject('.', io);
  throw new Failure(
    EXIT.unreachable,
    `No server answers at ${url}, and this folder is not a project. Start one with "clew dev", or name one with --url.`,
  );
}

/** Runs `work` with a connection and closes that whatever happens. */
export async function connected<T>(target: Target, io: Io, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connect(target, io);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

function remote(url: string, io: Io, onRetry: (() => void) | undefined): Connection {
  const token = io.env.CLEW_TOKEN || undefined;
  const retry = {
    wait: (ms: number, signal: AbortSignal | undefined) => {
      onRetry?.();
      return wait(ms, undefined, signal ? { signal } : {});
    },
  };
  const client = createClient({ baseUrl: url, retry, ...(token === undefined ? {} : { token }) });
  return { client, url, opened: undefined, close: async () => {} };
}

async function openProject(folder: string, io: Io): Promise<Connection> {
  // Nobody else is to reach it, and a terminal is for the answer: the log is for those who look for a defect.
  const flags = { host: '127.0.0.1', port: '0', logLevel: io.env.CLEW_DEBUG ? 'debug' : 'silent' };
  const config = readConfig(folder, io, flags);
  const { createServer } = await import('../app/server.ts');
  const server = await createServer(config).catch((error: { code?: string }) => {
    if (error.code !== 'database_locked') throw error;
    const where = resolve(io.cwd, folder) === io.cwd ? 'this project' : `the project ${folder}`;
    throw new Failure(
      EXIT.unusable,
      `Another Clew process has ${where} open. If it is a server, give its address: --url http://127.0.0.1:4321`,
    );
  });
  const { url } = await server.start();
  return { client: createClient({ baseUrl: url }), url, opened: config, close: () => server.close() };
}

/** Whether a server of this API answers there. */
async function answers(url: string): Promise<boolean> {
  let response: Response;
  try {
    response = await fetch(`${url}/api/v1/health/alive`, { signal: AbortSignal.timeout(ANSWER_MS) });
  } catch {
    return false;
  }
  await response.body?.cancel();
  if (response.ok) return true;
  throw new Failure(EXIT.unreachable, `What answers at ${url} is not a Clew server. Name one with --url.`);
}

const ANSWER_MS = 5_000;

function addressOf(text: string): string {
  const address = /^https?:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(address))
    throw new Failure(
      EXIT.usage,
      `"${text}" is not the address of a server. Write, for example, --url http://127.0.0.1:4321`,
    );
  return address.replace(/\/+$/, '');
}

/** Where `clew dev` in this folder would serve. */
function usualAddress({ server: { host, port } }: Config): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port === 0 ? 4321 : port}`;
}
