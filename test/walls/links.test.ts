import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listFiles, ROOT } from './source.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
/** What is not the document's own: code, with its `#` comments and its brackets. */
const withoutCode = (markdown: string) => markdown.replace(/^ *(```+|~~~+)[\s\S]*?^ *\1/gm, '');
const pages = listFiles().filter((path) => path.endsWith('.md') && !path.startsWith('test/'));

/** The name that GitHub gives to a heading. */
function anchorOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

/** The anchors of a page. A heading that is there again has a number: `name`, `name-1`. */
function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  const times = new Map<string, number>();
  for (const [, heading = ''] of withoutCode(read(page)).matchAll(/^#{1,6} +(.*)$/gm)) {
    const anchor = anchorOf(heading);
    const before = times.get(anchor) ?? 0;
    times.set(anchor, before + 1);
    anchors.add(before === 0 ? anchor : `${anchor}-${before}`);
  }
  return anchors;
}

const headings: ReadonlyMap<string, ReadonlySet<string>> = new Map(pages.map((page) => [page, anchorsOf(page)]));

/** The links of all pages to files and headings of this repository. */
const links = pages.flatMap((page) =>
  [...withoutCode(read(page)).matchAll(/\]\((?!https?:|mailto:|\/)([^)\s]+)\)/g)].map(([, link = '']) => {
    const [path = '', anchor] = link.split('#');
    return { page, link, target: path === '' ? page : join(page, '..', decodeURI(path)), anchor };
  }),
);

test('links between documents lead to files that exist', () => {
  const broken = links.filter(({ target }) => !existsSync(join(ROOT, target)));
  expect(broken.map(({ page, link }) => `${page} links to ${link}`)).toEqual([]);
});

test('links into documents lead to headings that exist', () => {
  const broken = links.filter(
    ({ target, anchor }) => anchor !== undefined && headings.get(target)?.has(decodeURI(anchor)) === false,
  );
  expect(broken.map(({ page, link }) => `${page} links to ${link}`)).toEqual([]);
});
