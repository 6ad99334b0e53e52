import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { createHttp, createTokens, type Http, type HttpOptions } from '../../src/http/index.ts';
import { ClewError } from '../../src/model/index.ts';
import type { Endpoint, Reply, Wire, WireRequest } from '../../src/wires/endpoint.ts';

export const TENANT = '575ef8ef-c00f-42c6-9c62-374d7f5e7ce3';
export const SECRET = new Uint8Array(32).fill(7);

/** An endpoint with everything filled in but what a test is about. */
export function endpoint(
  method: Endpoint['method'],
  path: string,
  handle: (request: WireRequest) => Promise<Reply> | Reply,
  rest: Partial<Endpoint> = {},
): Endpoint {
  return {
    method,
    path,
    aliases: [],
    summary: `${method} ${path}`,
    tag: 'Test',
    access: 'principal',
    schemas: {},
    handle: async (request) => handle(request),
    ...rest,
  };
}

/** A wire that gives code and message of an error. */
export function wireOf(endpoints: readonly Endpoint[], name = 'orchestrate'): Wire {
  const statuses: Partial<Record<string, number>> = {
    route_not_found: 404,
    method_not_allowed: 405,
    token_expired: 401,
    too_large: 413,
    unsupported_media_type: 415,
    unreadable_json: 400,
    invalid_request: 422,
    server_closing: 503,
  };
  return {
    name,
    endpoints,
    error(error) {
      const { code, message } = error instanceof ClewError ? error : new ClewError('server_error');
      return { status: statuses[code] ?? 500, body: { detail: message, code, wire: name } };
    },
  };
}

export interface Logged {
  readonly level: string;
  readonly fields: Record<string, unknown>;
  readonly text: string;
}

export interface Served {
  readonly http: Http;
  readonly url: string;
  readonly port: number;
  readonly logged: Logged[];
}

/** Serves on a free port of this machine until the test is over. */
export async function serve(endpoints: readonly Endpoint[], rest: Partial<HttpOptions> = {}): Promise<Served> {
  const logged: Logged[] = [];
  const write = (level: string) => (fields: object, text: string) =>
    void logged.push({ level, fields: fields as Record<string, unknown>, text });
  const clock = { now: () => 1_770_397_025_369, id: () => randomUUID() };
  const http = createHttp({
    wires: [wireOf(endpoints)],
    identify: createTokens({ secret: SECRET, tenantId: TENANT, clock, ttlSeconds: 60 }).identify,
    config: { host: '127.0.0.1', port: 0, bodyBytes: 1_000, publicUrl: null },
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    clock,
    version: '1.2.3',
    ...rest,
  });
  onTestFinished(() => http.close(0));
  return { http, logged, ...(await http.listen()) };
}

/** Sends bytes as they are and gives back all that comes until the server closes, or until `enough` says so. */
export function exchange(
  port: number,
  bytes: string,
  enough: (received: string) => boolean = () => false,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(bytes));
    socket.on('error', reject);
    socket.on('data', (chunk: string) => {
      received += chunk;
      if (enough(received)) socket.destroy();
    });
    socket.on('close', () => resolve(received));
  });
}

/** A promise with its handles outside. */
export function deferred<T = void>(): { promise: Promise<T>; resolve(value: T): void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

/** Waits, without a clock, until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
