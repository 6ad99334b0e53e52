import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { type JWTPayload, SignJWT } from 'jose';
import { secretBeside } from '../../packages/server/src/app/secret.ts';
import { signOperatorToken } from '../../packages/server/src/http/index.ts';
import { type ServedProcess, serve } from '../kit/server.ts';
import { makeTempDir, removeTempDir } from '../kit/temp-dir.ts';

/** A server in a process of its own, with channels. */
export interface Guarded extends ServedProcess {
  /** Folder of its project. */
  readonly folder: string;
  /** Calls an address below `/api/v1`, or an absolute path that begins with `//`. */
  call(path: string, options?: CallOptions): Promise<Called>;
  /** A token of the operator, as the command line signs it for itself. */
  operator(): Promise<string>;
  /** Stops it and removes its project. */
  end(): Promise<void>;
}

export interface CallOptions {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Called {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every kind
  readonly body: any;
}

/** What a server has beside the project that all of them have. */
export interface More {
  /** Files of the project, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Further sections of the configuration. */
  readonly config?: object;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a copy of the project with these channels; none: the configuration of a newcomer, which has none. */
export async function start(channels?: object, args: readonly string[] = [], more: More = {}): Promise<Guarded> {
  const folder = makeTempDir();
  cpSync(join(import.meta.dirname, 'project'), folder, { recursive: true });
  // JSON is YAML.
  if (channels) writeFileSync(join(folder, 'clew.config.yaml'), JSON.stringify({ channels, ...more.config }));
  for (const [path, content] of Object.entries(more.files ?? {})) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const database = join(folder, '.clew', 'clew.db');
  const served = await serve({
    project: folder,
    args: ['--grace-ms', '0', '--log-level', 'debug', ...args],
    ...(more.env ? { env: more.env } : {}),
  });
  const base = `http://127.0.0.1:${served.port}`;
  return {
    ...served,
    folder,
    async call(path, { method = 'GET', token, headers = {}, body } = {}) {
      const response = await fetch(path.startsWith('//') ? `${base}${path.slice(1)}` : `${base}/api/v1${path}`, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, body: parse(text) };
    },
    async operator() {
      const secret = secretBeside(database);
      if (!secret) throw new Error('The installation has no secret.');
      return signOperatorToken(secret, Date.now());
    },
    async end() {
      await served.stop();
      removeTempDir(folder);
    },
  };
}

/** Sends a request under a `Host` that `fetch` would not send. Gives the status and the body. */
export function callAs(host: string, url: string, headers: Record<string, string> = {}): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { ...headers, host } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve([response.statusCode ?? 0, text]));
    })
      .on('error', reject)
      .end();
  });
}

/** A site that embeds the chat: its keys, and how it signs its users. */
export interface Site {
  readonly publicKey: string;
  readonly privateKey: KeyObject;
  /** `exp` is 15 minutes from now unless the claims say otherwise; `exp: undefined` leaves it out. */
  sign(claims: JWTPayload, header?: { alg?: string; kid?: string }): Promise<string>;
}

export function site(type: 'rsa' | 'ec' | 'ed25519' = 'ec'): Site {
  const { publicKey, privateKey } =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2_048 })
      : type === 'ec'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('ed25519');
  const usual = { rsa: 'RS256', ec: 'ES256', ed25519: 'EdDSA' }[type];
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey,
    sign: (claims, { alg = usual, kid } = {}) =>
      new SignJWT({ exp: seconds() + 900, ...claims })
        .setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }) })
        .sign(privateKey),
  };
}

export function seconds(): number {
  return Math.floor(Date.now() / 1_000);
}

/** Says something to an agent and waits for the whole answer. */
export async function say(
  server: Guarded,
  text: string,
  {
    agent = 'echo',
    thread,
    context,
    ...options
  }: CallOptions & { agent?: string; thread?: string; context?: object } = {},
): Promise<{ threadId: string; runId: string; messageId: string; stream: string }> {
  const answer = await server.call('/orchestrate/runs?stream=true', {
    ...options,
    method: 'POST',
    body: { message: { role: 'user', content: text }, agent_id: agent, thread_id: thread, context },
  });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  const [first] = answer.text.split('\n');
  const { thread_id, run_id } = JSON.parse(first ?? '').data;
  const messages = await server.call(`/threads/${thread_id}/messages`, options);
  return { threadId: thread_id, runId: run_id, messageId: messages.body[0].id, stream: answer.text };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
