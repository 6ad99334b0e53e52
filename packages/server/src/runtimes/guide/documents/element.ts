import { DomUtils, type parseDocument } from 'htmlparser2';
import { escapeMarkdown } from './escape.ts';
import { resolveLink } from './links.ts';

export type Node = ReturnType<typeof parseDocument>['children'][number];
export type Element = Extract<Node, { attribs: object }>;

const SKIPPED = new Set(
  'head title script style noscript template nav aside footer form button select svg math iframe object canvas audio video dialog'.split(
    ' ',
  ),
);
const BLOCKS = new Set(
  'address article blockquote body center dd details div dl dt fieldset figcaption figure header hr html main p section summary'.split(
    ' ',
  ),
);
const STRUCTURES = new Set('pre ul ol table h1 h2 h3 h4 h5 h6'.split(' '));

/** Navigation, scripts and what else a reader of the page's text does not want. */
export function isSkipped({ name, attribs }: Element): boolean {
  if (SKIPPED.has(name) || attribs.hidden !== undefined || attribs['aria-hidden'] === 'true') return true;
  return /^(navigation|banner|contentinfo|search)$/.test(attribs.role ?? '');
}

/** Whether the element stands on lines of its own, or has such elements in it. */
export function isBlock(element: Element): boolean {
  if (BLOCKS.has(element.name)) return true;
  return DomUtils.existsOne(({ name }) => BLOCKS.has(name) || STRUCTURES.has(name), element.children);
}

/** The words of an element, without any markup. */
export function words(element: Element): string {
  return DomUtils.textContent(element).replace(/\s+/g, ' ').trim();
}

/** One paragraph with single spaces; only line breaks that `<br>` made stay. */
export function tidy(text: string): string {
  return text
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .trim();
}

/** A node within a line, as Markdown. */
export function inlineText(node: Node, base: string | null): string {
  if (node.type === 'text') return escapeMarkdown(node.data.replace(/\s+/g, ' '));
  if (!('attribs' in node) || isSkipped(node)) return '';
  const inner = () => node.children.map((child) => inlineText(child, base)).join('');
  switch (node.name) {
    case 'br':
      return '\n';
    case 'code':
    case 'kbd':
    case 'samp':
      return codeSpan(DomUtils.textContent(node));
    case 'strong':
    case 'b':
    case 'dt':
      return around('**', inner());
    case 'em':
    case 'i':
      return around('*', inner());
    case 'a': {
      const address = resolveLink(node.attribs.href ?? '', base);
      const text = inner().trim();
      return address === null || text === '' ? text : `[${text}](${address})`;
    }
    default:
      return inner();
  }
}

/** A `<pre>` as a fenced code block, with its language if a class names one. */
export function fenced(pre: Element): string {
  const code = DomUtils.textContent(pre).replace(/^\n/, '').trimEnd();
  if (code.trim() === '') return '';
  const marked = [pre, ...DomUtils.findAll((child) => child.name === 'code', pre.children)];
  const language = marked
    .map(({ attribs }) => /(?:language|lang|highlight-source)-([\w+#-]+)/.exec(attribs.class ?? '')?.[1])
    .find(Boolean);
  const fence = '`'.repeat(Math.max(3, longestTicks(code) + 1));
  return `${fence}${language ?? ''}\n${code}\n${fence}`;
}

/** A list as Markdown, lists in it indented. */
export function list(element: Element, base: string | null): string {
  const items = element.children.filter(
    (child): child is Element => 'attribs' in child && child.name === 'li' && !isSkipped(child),
  );
  return items
    .map((item, at) => {
      const mark = element.name === 'ol' ? `${at + 1}. ` : '- ';
      return mark + listItem(item, base).replaceAll('\n', `\n${' '.repeat(mark.length)}`);
    })
    .join('\n');
}

function listItem(item: Element, base: string | null): string {
  const lines: string[] = [''];
  for (const child of item.children) {
    const name = 'attribs' in child && !isSkipped(child) ? child.name : '';
    if (name === 'ul' || name === 'ol') lines.push(list(child as Element, base), '');
    else if (name === 'pre') lines.push(fenced(child as Element), '');
    else lines.push(`${lines.pop()}${BLOCKS.has(name) ? ' ' : ''}${inlineText(child, base)}`);
  }
  return lines
    .map((line) => (line.startsWith('```') ? line : tidy(line)))
    .filter((line) => line !== '')
    .join('\n');
}

/** A table as Markdown; its first row is taken for the head. */
export function table(element: Element, base: string | null): string {
  const rows = DomUtils.findAll(({ name }) => name === 'tr', element.children).map((row) =>
    row.children
      .filter((cell): cell is Element => 'attribs' in cell && (cell.name === 'td' || cell.name === 'th'))
      .map((cell) => tidy(inlineText(cell, base)).replace(/\n+/g, ' ').replaceAll('|', '\\|')),
  );
  const [head, ...body] = rows.filter((row) => row.some((cell) => cell !== ''));
  if (!head) return '';
  const line = (cells: readonly string[]) => `| ${head.map((_, at) => cells[at] ?? '').join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...body.map(line)].join('\n');
}

function codeSpan(code: string): string {
  const text = code.replace(/\s+/g, ' ').trim();
  if (text === '') return '';
  const fence = '`'.repeat(longestTicks(text) + 1);
  return fence.length === 1 ? `\`${text}\`` : `${fence} ${text} ${fence}`;
}

function longestTicks(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((ticks) => ticks.length));
}

function around(mark: string, text: string): string {
  const inner = text.trim();
  if (inner === '') return text;
  const at = text.indexOf(inner);
  return text.slice(0, at) + mark + inner + mark + text.slice(at + inner.length);
}
