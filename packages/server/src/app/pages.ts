import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page, Pages } from '../http/index.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

/** Where the built files of the widget are: beside the bundle in the package, in their own package in a checkout. */
const PLACES = ['./widget/', '../../../widget/dist/', '../../widget/dist/'];

/** The chat page and its files, by path; `/` is `index.html`. Empty when they have not been built. */
export function builtPages(): Pages {
  const folder = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((path) =>
    existsSync(join(path, 'index.html')),
  );
  const pages = new Map<string, Page>();
  if (!folder) return pages;
  for (const name of readdirSync(folder)) {
    const contentType = TYPES[extname(name)];
    if (!contentType) continue;
    const page = { contentType, bytes: readFileSync(join(folder, name)) };
    pages.set(`/${name}`, page);
    if (name === 'index.html') pages.set('/', page);
  }
  return pages;
}
