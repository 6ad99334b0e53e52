import { createHash } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** A file that the server shows as it is. */
export interface Page {
  /** E.g. `text/html; charset=utf-8`. */
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** The same, compressed, by content encoding (`br`, `gzip`); preferred in this order. */
  readonly compressed?: Readonly<Record<string, Uint8Array>>;
  /** Instead of the default content security policy, which allows nothing but the server's own files. */
  readonly policy?: string;
  /** Pages of any origin may load it: scripts of the widget. Default false. */
  readonly shared?: boolean;
  /** Its address changes with its content, so that it can be kept for ever. Default false: asked for anew each time, by its ETag. */
  readonly immutable?: boolean;
}

/** Pages by path, e.g. `/` or `/clew.js`. Looked up at each request, so they may change while the server runs. */
export type Pages = Pick<ReadonlyMap<string, Page>, 'get'>;

const OWN_FILES_ONLY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/** A page that opens one of ours holds nothing of it, and others cannot put it into a frame. */
const ALONE = { 'Cross-Origin-Opener-Policy': 'same-origin', 'X-Frame-Options': 'SAMEORIGIN' };

const tags = new WeakMap<Page, string>();

/** Writes a page in an encoding that the client takes, or 304 when the client has it already. */
export function writePage(incoming: IncomingMessage, outgoing: ServerResponse, page: Page): void {
  const encoding = encodingFor(incoming.headers['accept-encoding'], page);
  const bytes = (encoding && page.compressed?.[encoding]) || page.bytes;
  const tag = `"${tagOf(page)}${encoding ? `-${encoding}` : ''}"`;
  const headers: OutgoingHttpHeaders = {
    ETag: tag,
    'Cache-Control': page.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  if (page.compressed) headers.Vary = 'Accept-Encoding';
  if (page.shared) {
    headers['Access-Control-Allow-Origin'] = '*';
    headers['Cross-Origin-Resource-Policy'] = 'cross-origin';
  }
  if (incoming.headers['if-none-match'] === tag) {
    outgoing.writeHead(304, headers);
    outgoing.end();
    return;
  }
  if (encoding) headers['Content-Encoding'] = encoding;
  outgoing.writeHead(200, {
    ...headers,
    'Content-Type': page.contentType,
    'Content-Length': bytes.byteLength,
    'Content-Security-Policy': page.policy ?? OWN_FILES_ONLY,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    ...(page.shared ? {} : ALONE),
  });
  outgoing.end(bytes);
}

/** The first of the page's encodings that the client has not ruled out; undefined: as it is. */
function encodingFor(accepted: string | undefined, page: Page): string | undefined {
  if (!accepted || !page.compressed) return undefined;
  const taken = new Set(
    accepted
      .toLowerCase()
      .split(',')
      .map((one) => one.trim().split(/\s*;\s*/))
      .filter(([, quality]) => !/^q=0(\.0*)?$/.test(quality ?? ''))
      .map(([name]) => name),
  );
  return Object.keys(page.compressed).find((encoding) => taken.has(encoding));
}

function tagOf(page: Page): string {
  let tag = tags.get(page);
  if (!tag) {
    tag = createHash('sha256').update(page.bytes).digest('base64url').slice(0, 22);
    tags.set(page, tag);
  }
  return tag;
}
