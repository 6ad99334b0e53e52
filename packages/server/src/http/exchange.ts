import type { IncomingMessage, ServerResponse } from 'node:http';
import { ClewError, type Scope } from '../model/index.ts';
import type { JsonReply, Reply, Wire } from '../wires/endpoint.ts';
import type { AddressOf } from './address.ts';
import { ClientGone, readBody } from './body.ts';
import { writeFile } from './file.ts';
import { readForm } from './form.ts';
import type { CorsHeaders, OriginGuard } from './identity/origins.ts';
import type { Log, Ticker } from './log.ts';
import type { OpenRequests } from './open-requests.ts';
import { type Page, writePage } from './pages.ts';
import type { Identify } from './principal.ts';
import { apiHeaders, writeJson, writePreflight, writeText } from './reply.ts';
import { HttpRequest, requestIdOf, splitTarget } from './request.ts';
import type { Match, Routes } from './routes.ts';
import { writeStream, writeStreamHead } from './stream.ts';

export interface ExchangeOptions {
  readonly routes: Routes;
  readonly pageAt: (path: string) => Page | undefined;
  /** Words the errors of paths that belong to no wire. */
  readonly defaultWire: Wire;
  readonly identify: Identify;
  readonly origins: OriginGuard;
  readonly addressOf: AddressOf;
  readonly openRequests: OpenRequests;
  readonly bodyBytes: number;
  /** The same for one caller; a larger one than `bodyBytes` means that. */
  readonly bodyBytesOf: (scope: Scope) => number;
  /** The same for forms with files. */
  readonly formBytes: number;
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
  if (method === 'OPTIONS') {
    return writePreflight(incoming, outgoing, { requestId, cors: options.origins.preflight(incoming.headers) });
  }
  const { path, search } = splitTarget(incoming.url as string);
  const startedAt = options.clock.now();
  const match = options.routes.match(method, path);
  let cors = options.origins.preflight(incoming.headers);
  try {
    if (!match) {
      const page = method === 'GET' || method === 'HEAD' ? options.pageAt(path) : undefined;
      if (page) return writePage(incoming, outgoing, page);
      throw new ClewError(methodsOf(path, options).length > 0 ? 'method_not_allowed' : 'route_not_found');
    }
    // What everybody may know (health, descriptions) is also answered where the page may not read it.
    if (!(match.route.endpoint.access === 'public' && match.route.endpoint.method === 'GET'))
      cors = options.origins.check(incoming.headers);
    const request = new HttpRequest(incoming, { params: match.params, search, requestId });
    outgoing.on('close', () => request.abort());
    request.scope = await scopeOf(match, incoming, options);
    if (!outgoing.destroyed) outgoing.on('close', options.openRequests.enter(request.scope));
    if (match.route.endpoint.takes === 'form') request.form = readForm(incoming, options.formBytes);
    else if (method !== 'GET' && method !== 'HEAD') {
      const limit = Math.min(options.bodyBytes, options.bodyBytesOf(request.scope));
      request.body = await readBody(incoming, limit);
    }
    const reply = await match.route.endpoint.handle(request);
    await write(outgoing, reply, { method, requestId, cors });
  } catch (error) {
    if (isDefect(error)) options.log.error({ err: error, requestId, method, path }, 'a request failed');
    const wire = match?.route.wire ?? options.routes.methods(path).wire ?? options.defaultWire;
    fail(incoming, outgoing, {
      requestId,
      cors,
      reply: () => worded(wire.error(error, requestId), { error, path, options }),
    });
  }
  options.log.debug(
    { requestId, method, path, status: outgoing.statusCode, ms: options.clock.now() - startedAt },
    'request',
  );
}

async function scopeOf(
  match: Match,
  incoming: IncomingMessage,
  { identify, addressOf }: ExchangeOptions,
): Promise<Scope> {
  const { headers } = incoming;
  const scope = await identify(headers.authorization, headers).catch((error: unknown) => {
    if (match.route.endpoint.access === 'public' && error instanceof ClewError) return NOBODY;
    throw error;
  });
  // Also of nobody: what anybody may ask for can be counted by address, too.
  if (scope.channel === undefined && scope !== NOBODY) return scope;
  const address = addressOf(incoming);
  return address === undefined ? scope : { ...scope, address };
}

async function write(
  outgoing: ServerResponse,
  reply: Reply,
  { method, requestId, cors }: { method: string; requestId: string; cors: CorsHeaders },
): Promise<void> {
  if (outgoing.destroyed) {
    if ('stream' in reply)
      void reply.stream[Symbol.asyncIterator]()
        .return?.()
        .catch(() => undefined);
    return;
  }
  if ('bytes' in reply) {
    return writeFile(outgoing, reply, {
      headers: apiHeaders({ requestId, cors }, reply.headers),
      isHead: method === 'HEAD',
    });
  }
  if ('text' in reply) return writeText(outgoing, reply, { requestId, cors });
  if (!('stream' in reply)) return writeJson(outgoing, reply, { requestId, cors });
  const headers = apiHeaders({ requestId, cors }, reply.headers);
  // Recorded answers say so; with `*` no browser sends any.
  if (cors['Access-Control-Allow-Origin'] === '*') headers['Access-Control-Allow-Credentials'] = 'true';
  // Proxies such as nginx hold streams back unless they are told.
  headers['X-Accel-Buffering'] = 'no';
  if (method === 'HEAD') return writeStreamHead(outgoing, reply, headers);
  return writeStream(outgoing, reply, headers);
}

/** The largest body that the endpoint of a request takes. */
export function bodyLimit(incoming: IncomingMessage, options: ExchangeOptions): number {
  const match = options.routes.match(incoming.method as string, splitTarget(incoming.url as string).path);
  return match?.route.endpoint.takes === 'form' ? options.formBytes : options.bodyBytes;
}

/** Codes of errors whose cause whoever runs the server has to hear of. */
const OURS: ReadonlySet<string> = new Set(['server_error', 'database_unavailable', 'database_full']);

/** Defects go to the log with their cause; what is meant for the caller does not, nor does a caller who left. */
function isDefect(error: unknown): boolean {
  return !(error instanceof ClientGone) && !(error instanceof ClewError && !OURS.has(error.code));
}

function methodsOf(path: string, { routes, pageAt }: ExchangeOptions): readonly string[] {
  const { allowed } = routes.methods(path);
  return allowed.length === 0 && pageAt(path) ? ['GET', 'HEAD'] : allowed;
}

function worded(
  reply: JsonReply,
  { error, path, options }: { error: unknown; path: string; options: ExchangeOptions },
): JsonReply {
  const headers: Record<string, string> = {};
  if (reply.status === 405) headers.Allow = [...methodsOf(path, options), 'OPTIONS'].join(', ');
  const seconds = error instanceof ClewError ? error.retryAfterSeconds : undefined;
  if (seconds !== undefined) headers['Retry-After'] = String(seconds);
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

function fail(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { requestId, cors, reply }: { requestId: string; cors: CorsHeaders; reply: () => JsonReply },
): void {
  if (outgoing.headersSent || outgoing.destroyed) {
    outgoing.destroy();
    return;
  }
  writeJson(outgoing, reply(), { requestId, cors });
  if (!incoming.complete) {
    // A client that nobody reads from does not look at the answer either.
    incoming.resume();
    const cut = setTimeout(() => incoming.socket.destroy(), DRAIN_MS);
    incoming.on('close', () => clearTimeout(cut));
  }
}
