import { AgentError, type Json, type JsonObject } from '../../../model/index.ts';
import type { Operation } from './operation.ts';

/** A request that is ready to be sent. */
export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/**
 * Puts an input into a request. Throws `tool_input_invalid` for a value that cannot be put where it belongs: a part of a path that would lead elsewhere, or a
 * header with a line end.
 */
export function requestOf(operation: Operation, input: JsonObject): HttpRequest {
  const { method, path, server, places, credentials } = operation;
  const headers: Record<string, string> = { accept: 'application/json, text/*;q=0.9, */*;q=0.1' };
  const query = new URLSearchParams();
  const body: Record<string, Json> = {};
  let whole: Json | undefined;
  let filled = path;
  for (const [name, value] of Object.entries(input)) {
    const place = places[name];
    if (!place || value === null) continue;
    const target = place.name ?? name;
    if (place.in === 'path') filled = filled.replaceAll(`{${target}}`, segment(name, value));
    else if (place.in === 'query') for (const one of listOf(value)) query.append(target, written(one));
    else if (place.in === 'header') headers[target.toLowerCase()] = headerValue(name, value);
    else if (place.name === undefined) whole = value;
    else body[place.name] = value;
  }
  const missing = /\{([^}]*)\}/.exec(filled);
  if (missing) throw invalid(`\`${missing[1]}\` is missing: it is part of the address.`);
  for (const [name, value] of Object.entries(credentials.headers)) headers[name.toLowerCase()] = value;
  for (const [name, value] of Object.entries(credentials.query)) query.set(name, value);
  const content = whole ?? (Object.keys(body).length > 0 ? body : undefined);
  if (content !== undefined) headers['content-type'] = 'application/json';
  return {
    url: addressOf(server, filled, query),
    method,
    headers,
    ...(content === undefined ? {} : { body: JSON.stringify(content) }),
  };
}

function addressOf(server: string, path: string, query: URLSearchParams): URL {
  const url = new URL(`${server}/${path.replace(/^\/+/, '')}`);
  for (const [name, value] of query) url.searchParams.append(name, value);
  const base = new URL(`${server}/`);
  if (url.origin !== base.origin || !url.pathname.startsWith(base.pathname))
    throw invalid('The address would lead away from the server of this tool.');
  return url;
}

/** One segment of a path: a value cannot begin another one, nor go up. */
function segment(name: string, value: Json): string {
  const text = written(value);
  if (text === '' || /^\.{1,2}$/.test(text)) throw invalid(`\`${name}\` cannot be part of an address.`);
  return encodeURIComponent(text);
}

function headerValue(name: string, value: Json): string {
  const text = written(value);
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) throw invalid(`\`${name}\` has characters that no header can hold.`);
  return text;
}

function listOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [value];
}

function written(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function invalid(message: string): AgentError {
  return new AgentError('tool_input_invalid', message);
}
