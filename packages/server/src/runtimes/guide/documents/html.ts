import { DomUtils, parseDocument } from 'htmlparser2';
import {
  type Element,
  fenced,
  inlineText,
  isBlock,
  isSkipped,
  list,
  type Node,
  table,
  tidy,
  words,
} from './element.ts';
import type { ReadFile, ReadResult } from './format.ts';
import { type Item, titleFromPath, titleOf, toSections } from './outline.ts';
import type { Block } from './passages.ts';

/** Everything but a `page`. */
type Shown = Exclude<Item, { kind: 'page' }>;

/** Reads a web page: its main part without navigation, scripts and the like. Ranges count in the text that is read out of it. */
export function readHtml(html: string, { path, url }: ReadFile): ReadResult {
  const document = parseDocument(html);
  const head = DomUtils.findOne((element) => element.name === 'title', document.children);
  const items = placed(itemsOf(mainPart(document.children), url));
  const title = titleOf(items.items) ?? (head && words(head)) ?? '';
  const name = title.trim() === '' ? titleFromPath(path) : title.trim();
  return { title: name, text: items.text, sections: toSections(name, items.items) };
}

/** The headings and blocks of a piece of HTML, without places. */
export function htmlItems(html: string, base: string | null): Shown[] {
  return itemsOf(parseDocument(html).children, base);
}

function mainPart(nodes: readonly Node[]): readonly Node[] {
  const main =
    DomUtils.findOne((element) => element.name === 'main' || element.attribs.role === 'main', nodes as Node[]) ??
    DomUtils.findOne((element) => element.name === 'article', nodes as Node[]);
  return main?.children ?? nodes;
}

/** Gives every block its place in the text that the blocks make together. */
function placed(items: readonly Shown[]): { items: Shown[]; text: string } {
  let text = '';
  const result = items.map((item) => {
    if (text !== '') text += '\n\n';
    const start = text.length;
    text += item.text;
    return item.kind === 'heading' ? item : { ...item, start, end: text.length };
  });
  return { items: result, text };
}

function itemsOf(nodes: readonly Node[], base: string | null): Shown[] {
  const items: Shown[] = [];
  let line = '';
  /** Id of a section whose heading has not come yet. */
  let pending: string | null = null;

  const push = (kind: Block['kind'], text: string) => {
    if (text.trim() !== '') items.push({ kind, text, start: 0, end: 0 });
  };
  const flush = () => {
    push('text', tidy(line));
    line = '';
  };
  const walk = (node: Node): void => {
    if (!('attribs' in node)) {
      line += inlineText(node, base);
    } else if (isSkipped(node)) {
      return;
    } else if (/^h[1-6]$/.test(node.name)) {
      flush();
      const text = words(node).replace(/\s*[¶#]$/, '');
      if (text !== '')
        items.push({ kind: 'heading', level: Number(node.name[1]), text, anchor: anchorOf(node) ?? pending });
      pending = null;
    } else if (node.name === 'pre') {
      flush();
      push('code', fenced(node));
    } else if (node.name === 'ul' || node.name === 'ol') {
      flush();
      push('list', list(node, base));
    } else if (node.name === 'table') {
      flush();
      push('table', table(node, base));
    } else if (node.name === 'dt') {
      flush();
      push('text', tidy(inlineText(node, base)));
    } else if (isBlock(node)) {
      if (node.name === 'section' || node.name === 'article') pending = node.attribs.id ?? pending;
      flush();
      for (const child of node.children) walk(child);
      flush();
    } else {
      line += inlineText(node, base);
    }
  };
  for (const node of nodes) walk(node);
  flush();
  return items;
}

function anchorOf(heading: Element): string | null {
  const inner = DomUtils.findOne((child) => 'id' in child.attribs || 'name' in child.attribs, heading.children);
  return heading.attribs.id ?? inner?.attribs.id ?? inner?.attribs.name ?? null;
}
