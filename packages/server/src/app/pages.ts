import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page, Pages } from '../http/index.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.ts': 'text/plain; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Where the built files of the widget are: beside the bundle in the package, in their own package in a checkout. */
const PLACES = ['./widget/', '../../../widget/dist/', '../../widget/dist/'];

/** The chat on these pages loads what a reader clicks on: pictures, films and frames of other servers. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https: http:; media-src 'self' https: http:; frame-src 'self' https: http:; connect-src CONNECT; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'";

/** `/clew/chat-AB12CD34.js`: the hash changes with the content. */
const HASHED = /^(\/clew\/[\w-]+)-[A-Z\d]{8}\.js$/;

/** The widget's files and our own pages by path. Nothing when they have not been built. */
export function builtPages(): Pages {
  const folder = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((path) =>
    existsSync(join(path, 'index.html')),
  );
  const pages = new Map<string, Page>();
  const newest = new Map<string, Page>();
  for (const name of folder ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : []) {
    const contentType = TYPES[extname(name)];
    if (!contentType) continue;
    const path = `/${name.split(sep).join('/')}`;
    const page = readPage(join(folder as string, name), path, contentType);
    pages.set(path, page);
    const hashed = HASHED.exec(path)?.[1];
    if (hashed) newest.set(hashed, { ...page, immutable: false });
    for (const other of otherPaths(path)) pages.set(other, page);
  }
  return {
    // A page that was opened before the server was replaced asks for files of the one before.
    get: (path) => pages.get(path) ?? newest.get(HASHED.exec(path)?.[1] ?? ''),
  };
}

function readPage(file: string, path: string, contentType: string): Page {
  const isPage = path.endsWith('.html');
  const compressed = Object.fromEntries(
    [
      ['br', `${file}.br`],
      ['gzip', `${file}.gz`],
    ].flatMap(([encoding, copy]) =>
      existsSync(copy as string) ? [[encoding as string, readFileSync(copy as string)]] : [],
    ),
  );
  return {
    contentType,
    bytes: readFileSync(file),
    compressed,
    shared: !isPage,
    immutable: HASHED.test(path),
    ...(isPage ? { policy: POLICY.replace('CONNECT', path === '/embed-check.html' ? '*' : "'self'") } : {}),
  };
}

function otherPaths(path: string): readonly string[] {
  if (path === '/index.html') return ['/'];
  if (path === '/wxoLoader.js') return ['/wxochat/wxoLoader.js'];
  return path.endsWith('.html') ? [path.slice(0, -'.html'.length)] : [];
}
