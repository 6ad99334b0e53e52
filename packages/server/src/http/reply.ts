import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { JsonReply, TextReply } from '../wires/endpoint.ts';
import type { CorsHeaders } from './identity/origins.ts';

const EXPOSED = 'Location, X-IBM-THREAD-ID, X-Request-Id, Run-ID, Retry-After';
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

/** What every answer says beside its own headers: the id of its request, and which page may read it. */
export interface Outer {
  readonly requestId: string;
  readonly cors: CorsHeaders;
}

/** The headers of every answer of the API: nobody may keep it. */
export function apiHeaders(
  { requestId, cors }: Outer,
  own: Readonly<Record<string, string>> | undefined,
): OutgoingHttpHeaders {
  return {
    ...cors,
    'Access-Control-Expose-Headers': EXPOSED,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'X-Request-Id': requestId,
    ...own,
  };
}

/** A reply that a browser shows as a page, since somebody opened its address, does nothing and stands in no frame. */
const NOTHING = "default-src 'none'; frame-ancestors 'none'";

/** Writes a reply that is known at once: a 401 says how to sign in and a 503 when to come again, unless the reply does. */
export function writeJson(outgoing: ServerResponse, reply: JsonReply, outer: Outer): void {
  const headers: OutgoingHttpHeaders = { 'Content-Security-Policy': NOTHING, ...apiHeaders(outer, reply.headers) };
  if (reply.status === 401) headers['WWW-Authenticate'] ??= 'Bearer';
  if (reply.status === 503) headers['Retry-After'] ??= '1';
  if (reply.body === undefined) {
    if (reply.status !== 204 && reply.status !== 304) headers['Content-Length'] = 0;
    outgoing.writeHead(reply.status, headers);
    outgoing.end();
    return;
  }
  const text = JSON.stringify(reply.body);
  if (!hasContentType(reply.headers)) headers['Content-Type'] = 'application/json';
  headers['Content-Length'] = Buffer.byteLength(text);
  outgoing.writeHead(reply.status, headers);
  outgoing.end(text);
}

/** Writes a page or another text. To HEAD Node sends its headers alone. */
export function writeText(outgoing: ServerResponse, reply: TextReply, outer: Outer): void {
  const headers = apiHeaders(outer, reply.headers);
  outgoing.writeHead(reply.status, { ...headers, 'Content-Length': Buffer.byteLength(reply.text) });
  outgoing.end(reply.text);
}

function hasContentType(headers: JsonReply['headers']): boolean {
  if (!headers) return false;
  for (const name in headers) if (name.toLowerCase() === 'content-type') return true;
  return false;
}

/**
 * Answers OPTIONS. A preflight of a page that may use the server gets whatever headers it asks for, since the widget of watsonx Orchestrate sends
 * `Access-Control-Allow-Origin` as a request header.
 */
export function writePreflight(incoming: IncomingMessage, outgoing: ServerResponse, { requestId, cors }: Outer): void {
  const asked = incoming.headers['access-control-request-headers'];
  outgoing.writeHead(204, {
    ...cors,
    'Access-Control-Allow-Methods': METHODS,
    'Access-Control-Allow-Headers': asked && /^[\w!#$%&'*+.^`|~, -]{1,2048}$/.test(asked) ? asked : '*',
    'Access-Control-Max-Age': '7200',
    'X-Request-Id': requestId,
    Allow: METHODS,
  });
  outgoing.end();
}
