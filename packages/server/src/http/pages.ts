import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A file that the server shows as it is. */
export interface Page {
  /** E.g. `text/html; charset=utf-8`. */
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** Instead of the default content security policy, which allows nothing but the server's own files. */
  readonly policy?: string;
}

/** Pages by path, e.g. `/` or `/page.js`. Looked up at each request, so they may change while the server runs. */
export type Pages = ReadonlyMap<string, Page>;

const OWN_FILES_ONLY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

const tags = new WeakMap<Page, string>();

/** Writes a page, or 304 when the client has it already. */
export function writePage(incoming: IncomingMessage, outgoing: ServerResponse, page: Page): void {
  const tag = tagOf(page);
  const headers = { ETag: tag, 'Cache-Control': 'no-cache' };
  if (incoming.headers['if-none-match'] === tag) {
    outgoing.writeHead(304, headers);
    outgoing.end();
    return;
  }
  outgoing.writeHead(200, {
    ...headers,
    'Content-Type': page.contentType,
    'Content-Length': page.bytes.byteLength,
    'Content-Security-Policy': page.policy ?? OWN_FILES_ONLY,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  });
  outgoing.end(page.bytes);
}

function tagOf(page: Page): string {
  let tag = tags.get(page);
  if (!tag) {
    tag = `"${createHash('sha256').update(page.bytes).digest('base64url').slice(0, 22)}"`;
    tags.set(page, tag);
  }
  return tag;
}
