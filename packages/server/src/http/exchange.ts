import type { IncomingMessage, ServerResponse } from 'node:http';
import { ClewError, type Scope } from '../model/index.ts';
import type { JsonReply, Reply, Wire } from '../wires/endpoint.ts';
import { ClientGone, readBody } from './body.ts';
import type { Log, Ticker } from './log.ts';
import { type Page, writePage } from './pages.ts';
import type { Identify } from './principal.ts';
import { apiHeaders, writeJson, writePreflight } from './reply.ts';
import { HttpRequest, requestIdOf, splitTarget } from './request.ts';
import type { Match, Routes } from './routes.ts';
import { writeStream, writeStreamHead } from './stream.ts';

export interface ExchangeOptions {
  readonly routes: Routes;
  readonly pageAt: (path: string) => Page | undefined;
  /** Words the errors of paths that belong to no wire. */
  readonly defaultWire: Wire;
  readonly identify: Identify;
  readonly bodyBytes: number;
  readonly log: Log;
  readonly clock: Ticker;
}

/** In whose name a public endpoint is called when the caller cannot be told. */
const NOBODY: Scope = {
  tenantId: '00000000-0000-0000-0000-000000000000',
  userId: '00000000-0000-0000-0000-000000000000',
  userName: 'nobody',
  audience: 'visitor',
};

/** How long the rest of a refused body may still come: a connection that is cut at once can take the answer with it. */
const DRAIN_MS = 2_000;

/** Answers one request. This is the only place that catches in order to answer; it rejects only when the error cannot be worded. */
export async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: ExchangeOptions,
): Promise<void> {
  const method = incoming.method as string;
  const requestId = requestIdOf(incoming, options.clock);
  if (method === 'OPTIONS') return writePreflight(incoming, outgoing, requestId);
  const { path, search } = splitTarget(incoming.url as string);
  const startedAt = options.clock.now();
  const match = options.routes.match(method, path);
  try {
    if (!match) {
      const page = method === 'GET' || method === 'HEAD' ? options.pageAt(path) : undefined;
      if (page) return writePage(incoming, outgoing, page);
      throw new ClewError(methodsOf(path, options).length > 0 ? 'method_not_allowed' : 'route_not_found');
    }
    const request = new HttpRequest(incoming, { params: match.params, search, requestId });
    outgoing.on('close', () => request.abort());
    request.scope = await scopeOf(match, incoming, options.identify);
    if (method !== 'GET' && method !== 'HEAD') request.body = await readBody(incoming, options.bodyBytes);
    const reply = await match.route.endpoint.handle(request);
    await write(outgoing, reply, { method, requestId });
  } catch (error) {
    if (isDefect(error)) options.log.error({ err: error, requestId, method, path }, 'a request failed');
    const wire = match?.route.wire ?? options.routes.methods(path).wire ?? options.defaultWire;
    fail(incoming, outgoing, { requestId, reply: () => worded(wire.error(error, requestId), path, options) });
  }
  options.log.debug(
    { requestId, method, path, status: outgoing.statusCode, ms: options.clock.now() - startedAt },
    'request',
  );
}

async function scopeOf(match: Match, incoming: IncomingMessage, identify: Identify): Promise<Scope> {
  if (match.route.endpoint.access === 'principal') return identify(incoming.headers.authorization);
  return identify(incoming.headers.authorization).catch((error: unknown) => {
    if (error instanceof ClewError) return NOBODY;
    throw error;
  });
}

async function write(
  outgoing: ServerResponse,
  reply: Reply,
  { method, requestId }: { method: string; requestId: string },
): Promise<void> {
  if (outgoing.destroyed) {
    if ('stream' in reply)
      void reply.stream[Symbol.asyncIterator]()
        .return?.()
        .catch(() => undefined);
    return;
  }
  if (!('stream' in reply)) return writeJson(outgoing, reply, requestId);
  const headers = apiHeaders(requestId, reply.headers);
  headers['Access-Control-Allow-Credentials'] = 'true';
  // Proxies such as nginx hold streams back unless they are told.
  headers['X-Accel-Buffering'] = 'no';
  if (method === 'HEAD') return writeStreamHead(outgoing, reply, headers);
  return writeStream(outgoing, reply, headers);
}

/** Defects go to the log with their cause; what is meant for the caller does not, nor does a caller who left. */
function isDefect(error: unknown): boolean {
  return !(error instanceof ClientGone) && !(error instanceof ClewError && error.code !== 'server_error');
}

function methodsOf(path: string, { routes, pageAt }: ExchangeOptions): readonly string[] {
  const { allowed } = routes.methods(path);
  return allowed.length === 0 && pageAt(path) ? ['GET', 'HEAD'] : allowed;
}

function worded(reply: JsonReply, path: string, options: ExchangeOptions): JsonReply {
  if (reply.status !== 405) return reply;
  return { ...reply, headers: { ...reply.headers, Allow: [...methodsOf(path, options), 'OPTIONS'].join(', ') } };
}

function fail(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { requestId, reply }: { requestId: string; reply: () => JsonReply },
): void {
  if (outgoing.headersSent || outgoing.destroyed) {
    outgoing.destroy();
    return;
  }
  writeJson(outgoing, reply(), requestId);
  if (!incoming.complete) {
    const cut = setTimeout(() => incoming.socket.destroy(), DRAIN_MS);
    incoming.on('close', () => clearTimeout(cut));
  }
}
