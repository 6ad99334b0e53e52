import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ClewError, type ErrorCode } from '../model/index.ts';
import type { JsonReply } from '../wires/endpoint.ts';
import { connectionsWithin } from './descriptors.ts';
import type { Log } from './log.ts';

/**
 * Asked for by name and not imported: an import reads every export of the module, and two of them load Node's whole `fetch` (13 MB of memory and 23 ms at
 * every start, measured with Node 24).
 */
const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http');

/** What may come in below the level of requests. */
export interface TransportLimits {
  /** Most connections at once; further ones are closed unread. Default 20,000. */
  readonly connections?: number;
  /** Largest head of a request. Default 16,384 bytes. */
  readonly headerBytes?: number;
  /** The head of a request must have arrived by then. Default 20,000 ms. */
  readonly headersMs?: number;
  /** A whole request must have arrived by then. Streams may last for ever: the limit is on what the client sends. Default 60,000 ms. */
  readonly requestMs?: number;
}

export interface TransportOptions {
  readonly limits: TransportLimits;
  readonly onRequest: (incoming: IncomingMessage, outgoing: ServerResponse) => void;
  /** Asked before a body is sent (`Expect: 100-continue`): whether to let it come. */
  readonly mayContinue: (incoming: IncomingMessage) => boolean;
  /** Words what is answered to bytes that are no request. */
  readonly word: (error: ClewError) => JsonReply;
  readonly log: Pick<Log, 'warn'>;
}

/** Longer than the 60 s of common load balancers, so that it is they who close an idle connection and never meet one just closed. */
const KEEP_ALIVE_MS = 72_000;
/** Node passes over further headers without a word, so that a request could lose its token: they are counted, and too many refused. */
const MOST_HEADERS = 200;
/** How often the log says that connections are closed. */
const WARN_EVERY_MS = 60_000;

/**
 * Node's HTTP server, strict: bytes that are no request get an error in the words of the wire, with a code, in place of Node's empty 400; what is slow or too
 * much is cut. Rejected: `insecureHTTPParser`, also where `NODE_OPTIONS` asks for it, since it lets requests with two lengths pass, which a proxy in front
 * reads in another way (request smuggling).
 */
export function createTransport({ limits, onRequest, mayContinue, word, log }: TransportOptions): Server {
  const { connections = 20_000, headerBytes = 16_384, headersMs = 20_000, requestMs = 60_000 } = limits;
  const headersTimeout = Math.min(headersMs, requestMs);
  const answering = new WeakMap<Socket, ServerResponse>();
  let warnedAt = Number.NEGATIVE_INFINITY;

  const server = createServer(
    {
      requestTimeout: requestMs,
      headersTimeout,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // Node looks every 30 s, and so would let slow ones stay for twice the limit.
      connectionsCheckingInterval: Math.min(5_000, Math.max(50, headersTimeout / 4)),
      maxHeaderSize: headerBytes,
      insecureHTTPParser: false,
      // Answered below, with a code.
      requireHostHeader: false,
    },
    take,
  );
  server.maxHeadersCount = MOST_HEADERS + 1;
  server.maxConnections = connectionsWithin(connections);

  server.on('checkContinue', (incoming, outgoing) => {
    if (mayContinue(incoming)) outgoing.writeContinue();
    else outgoing.shouldKeepAlive = false;
    take(incoming, outgoing);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const last = answering.get(socket);
    const open = last?.writableFinished ? undefined : last;
    if (!socket.writable || error.code === 'ECONNRESET') socket.destroy();
    // In the middle of an answer, another one would be read as its continuation.
    else if (open?.headersSent) socket.destroy();
    else if (open?.req.complete) {
      // What is wrong came after a request that is being answered.
      socket.pause();
      open.shouldKeepAlive = false;
      open.once('finish', () => socket.destroySoon());
    } else {
      const { status, body, headers } = refusal(codeOf(error));
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}\r\n${lines.join('')}\r\n${body}`);
      socket.destroySoon();
    }
  });
  server.on('drop', () => {
    if (performance.now() - warnedAt < WARN_EVERY_MS) return;
    warnedAt = performance.now();
    log.warn(
      { connections: server.maxConnections },
      'there are as many connections as `limits.connections` and the limit of open files (`ulimit -n`) allow: further ones are closed',
    );
  });
  return server;

  function take(incoming: IncomingMessage, outgoing: ServerResponse): void {
    answering.set(incoming.socket, outgoing);
    const tooMany = incoming.rawHeaders.length > MOST_HEADERS * 2;
    if (!tooMany && (incoming.headers.host !== undefined || incoming.httpVersion === '1.0')) {
      onRequest(incoming, outgoing);
      return;
    }
    const { status, body, headers } = refusal(tooMany ? 'headers_too_large' : 'malformed_request');
    outgoing.writeHead(status, headers);
    outgoing.end(body);
  }

  /** An answer that ends the connection: where the next request would begin is not known. */
  function refusal(code: ErrorCode): { status: number; body: string; headers: Record<string, string | number> } {
    const { status, body } = word(new ClewError(code));
    const text = JSON.stringify(body);
    return {
      status,
      body: text,
      headers: {
        Connection: 'close',
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(text),
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
      },
    };
  }
}

function codeOf({ code }: NodeJS.ErrnoException): ErrorCode {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'request_timeout';
    case 'HPE_HEADER_OVERFLOW':
      return 'headers_too_large';
    default:
      return 'malformed_request';
  }
}
