import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type AcpClient, createAcpClient } from '@clew/wire/acp-client';
import { type Client, createClient } from '@clew/wire/client';
import type { Command } from 'commander';
import type { Config } from '../config/index.ts';
import { EXIT } from './exit-codes.ts';
import { Failure } from './failure.ts';
import type { Io } from './io.ts';
import { isProject, readConfig } from './project.ts';
import { type Protocol, protocolAt } from './protocol.ts';

/** Which server to talk to. */
export interface Target {
  readonly url?: string;
  /** Folder of a project to open here, in this process, in place of a server. */
  readonly project?: string;
  /** What the command speaks, what it likes best first. Default: the chat API alone. */
  readonly protocols?: readonly Protocol[];
}

/** A server to talk to. */
export interface Connection {
  readonly client: Client;
  /** Set when the server is to be spoken to over ACP, in place of `client`. */
  readonly acp: AcpClient | undefined;
  /** Without a slash at the end. */
  readonly url: string;
  /** What the command says who it is with; undefined: nothing. */
  readonly token: string | undefined;
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
    const config = isProject('.', io) ? readConfig('.', io) : undefined;
    const connection = await remote({ ...target, url, config }, io, onRetry);
    if (connection) return connection;
    throw new Failure(
      EXIT.unreachable,
      `No server answers at ${url}. Start one with "clew dev", or check the address.`,
    );
  }
  const { protocols, project } = target;
  if (project !== undefined) return openProject({ project, protocols }, io);
  const inProject = isProject('.', io);
  const config = inProject ? readConfig('.', io) : undefined;
  const url = config ? usualAddress(config) : 'http://127.0.0.1:4321';
  const connection = await remote({ protocols, url, config }, io, onRetry);
  if (connection) return connection;
  if (inProject) return openProject({ project: '.', protocols }, io);
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

type Protocols = readonly Protocol[] | undefined;
const CHAT: readonly Protocol[] = ['orchestrate'];

/** The server at an address; undefined when none answers there. */
async function remote(
  {
    url,
    protocols = CHAT,
    config,
  }: { readonly url: string; readonly protocols?: Protocols; readonly config: Config | undefined },
  io: Io,
  onRetry: (() => void) | undefined,
): Promise<Connection | undefined> {
  const given = io.env.CLEW_TOKEN || undefined;
  const token = given ?? (await ownToken(url, config));
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const protocol = await protocolAt(url, { protocols, headers });
  if (protocol === undefined) return undefined;
  const retry = {
    wait: (ms: number, signal: AbortSignal | undefined) => {
      onRetry?.();
      return wait(ms, undefined, signal ? { signal } : {});
    },
  };
  const client = createClient({ baseUrl: url, retry, token: given ?? (() => ownToken(url, config)) });
  const acp = protocol === 'acp' ? createAcpClient({ baseUrl: url, headers }) : undefined;
  return { client, acp, url, token, opened: undefined, close: async () => {} };
}

async function openProject(
  { project: folder, protocols = CHAT }: { readonly project: string; readonly protocols?: Protocols },
  io: Io,
): Promise<Connection> {
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
  const token = await server.operatorToken();
  const headers = { Authorization: `Bearer ${token}` };
  const acp = protocols[0] === 'acp' ? createAcpClient({ baseUrl: url, headers }) : undefined;
  return {
    client: createClient({ baseUrl: url, token: () => server.operatorToken() }),
    acp,
    url,
    token,
    opened: config,
    close: () => server.close(),
  };
}

/**
 * Whoever can read the secret beside the database of a project is its operator, on this machine: the token is sent nowhere else, and not where everybody is
 * the operator anyhow.
 */
async function ownToken(url: string, config: Config | undefined): Promise<string | undefined> {
  if (!config || !/^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(url)) return undefined;
  if (Object.values(config.channels).every(({ modes }) => modes.includes('open'))) return undefined;
  const { operatorToken } = await import('../app/storage.ts');
  return operatorToken(config.storage);
}

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
