import type { IncomingMessage } from 'node:http';
import type { Scope } from '../model/index.ts';
import type { FormPart, WireRequest } from '../wires/endpoint.ts';
import type { Ticker } from './log.ts';

/** Why a request's signal aborts. One for all: Node's own reason is an exception with a stack, made anew each time. */
const GONE = new Error('The client is gone, or has everything.');

/** A request on its way to an endpoint. What few endpoints ask for (query, signal) is made when it is asked for. */
export class HttpRequest implements WireRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly requestId: string;
  readonly header: (name: string) => string | undefined;
  scope!: Scope;
  body: unknown = undefined;
  form?: AsyncIterable<FormPart>;
  readonly #search: string;
  #query: URLSearchParams | undefined;
  #aborter: AbortController | undefined;
  #gone = false;

  constructor(incoming: IncomingMessage, from: { params: HttpRequest['params']; search: string; requestId: string }) {
    // A function of its own and not a method: endpoints take requests apart.
    this.header = (name) => {
      const value = incoming.headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(', ') : value;
    };
    this.params = from.params;
    this.#search = from.search;
    this.requestId = from.requestId;
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.#search);
    return this.#query;
  }

  get signal(): AbortSignal {
    if (!this.#aborter) {
      this.#aborter = new AbortController();
      if (this.#gone) this.#aborter.abort(GONE);
    }
    return this.#aborter.signal;
  }

  /** The client is gone, or has everything. */
  abort(): void {
    this.#gone = true;
    this.#aborter?.abort(GONE);
  }
}

/** What the client calls its request, if that is fit for logs and headers; otherwise a new id. */
export function requestIdOf(incoming: IncomingMessage, clock: Ticker): string {
  const sent = incoming.headers['x-ibm-request-id'] ?? incoming.headers['x-request-id'];
  return typeof sent === 'string' && /^[\w.:-]{1,128}$/.test(sent) ? sent : clock.id();
}

/** Path and search of a request target; clients of proxies send the absolute form. */
export function splitTarget(target: string): { path: string; search: string } {
  const relative = target.startsWith('/') ? target : target.replace(/^[a-z]+:\/\/[^/?#]*/i, '');
  const mark = relative.indexOf('?');
  if (mark === -1) return { path: relative || '/', search: '' };
  return { path: relative.slice(0, mark) || '/', search: relative.slice(mark + 1) };
}
