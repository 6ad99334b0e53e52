import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { JsonReply } from '../wires/endpoint.ts';

const EXPOSED = 'Location, X-IBM-THREAD-ID, X-Request-Id, Run-ID, Retry-After';
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

/** The headers of every answer of the API: any page may read it, nobody may keep it. */
export function apiHeaders(requestId: string, own: Readonly<Record<string, string>> | undefined): OutgoingHttpHeaders {
  return {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': EXPOSED,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'X-Request-Id': requestId,
    ...own,
  };
}

/** Writes a reply that is known at once. */
export function writeJson(outgoing: ServerResponse, reply: JsonReply, requestId: string): void {
  const headers = apiHeaders(requestId, reply.headers);
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

function hasContentType(headers: JsonReply['headers']): boolean {
  if (!headers) return false;
  for (const name in headers) if (name.toLowerCase() === 'content-type') return true;
  return false;
}

/**
 * Answers OPTIONS. A preflight gets whatever headers it asks for, since the widget of watsonx Orchestrate sends
 * `Access-Control-Allow-Origin` as a request header.
 */
export function writePreflight(incoming: IncomingMessage, outgoing: ServerResponse, requestId: string): void {
  const asked = incoming.headers['access-control-request-headers'];
  outgoing.writeHead(204, {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': METHODS,
    'Access-Control-Allow-Headers': asked && /^[\w!#$%&'*+.^`|~, -]{1,2048}$/.test(asked) ? asked : '*',
    'Access-Control-Max-Age': '7200',
    'X-Request-Id': requestId,
    Allow: METHODS,
  });
  outgoing.end();
}
