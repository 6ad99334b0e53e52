import { marked, type Token, type Tokens } from 'marked';
import { el, icon } from '../dom/element.ts';
import { type RenderMark, renderInline } from './inline.ts';
import { stripMarks } from './marks.ts';

const sources = new WeakMap<Node, string>();

/**
 * Shows Markdown in `container`, as nodes and never as HTML. Blocks that have not changed since the last time keep their nodes, so that a text
 * that grows keeps the reader's selection and costs what its last block costs.
 */
export function renderMarkdown(container: HTMLElement, markdown: string, mark: RenderMark = noMark): void {
  const tokens = marked.lexer(markdown, { gfm: true }).filter(({ type }) => type !== 'space' && type !== 'def');
  tokens.forEach((token, index) => {
    const shown = container.childNodes[index];
    if (shown && sources.get(shown) === token.raw) return;
    const node = block(token as Tokens.Generic, mark);
    sources.set(node, token.raw);
    if (shown) shown.replaceWith(node);
    else container.append(node);
  });
  while (container.childNodes.length > tokens.length) container.lastChild?.remove();
}

/** One line of Markdown, without blocks. */
export function renderLine(markdown: string): Node[] {
  return renderInline(marked.Lexer.lexInline(markdown), noMark);
}

function noMark(): Node {
  return document.createTextNode('');
}

function block(token: Tokens.Generic, mark: RenderMark): Node {
  switch (token.type) {
    case 'heading':
      // The page has the first two levels.
      return el(`h${Math.min(token.depth + 2, 6)}` as 'h3', {}, ...renderInline(token.tokens, mark));
    case 'paragraph':
      return el('p', {}, ...renderInline(token.tokens, mark));
    case 'text':
      return el('p', {}, ...renderInline(token.tokens ?? [token as Token], mark));
    case 'code':
      return code(token as Tokens.Code);
    case 'blockquote':
      return el('blockquote', {}, ...blocks(token.tokens, mark));
    case 'list':
      return list(token as Tokens.List, mark);
    case 'hr':
      return el('hr');
    case 'table':
      return table(token as Tokens.Table, mark);
    default:
      return el('p', {}, stripMarks(token.raw));
  }
}

function blocks(tokens: readonly Token[] | undefined, mark: RenderMark): Node[] {
  return (tokens ?? [])
    .filter(({ type }) => type !== 'space' && type !== 'def')
    .map((token) => block(token as Tokens.Generic, mark));
}

function list({ ordered, start, items }: Tokens.List, mark: RenderMark): Node {
  const entries = items.map((item) => {
    const checkbox = item.task && el('input', { type: 'checkbox', disabled: true, checked: item.checked === true });
    return el('li', item.task ? { class: 'task' } : {}, checkbox, ...itemContent(item, mark));
  });
  if (!ordered) return el('ul', {}, ...entries);
  return el('ol', { start: typeof start === 'number' && start !== 1 ? String(start) : undefined }, ...entries);
}

/** An item of a tight list is a line of text and not a paragraph. */
function itemContent({ loose, tokens }: Tokens.ListItem, mark: RenderMark): Node[] {
  return tokens
    .filter(({ type }) => type !== 'space' && type !== 'checkbox')
    .flatMap((token) =>
      token.type === 'text' && !loose
        ? renderInline((token as Tokens.Text).tokens ?? [token], mark)
        : [block(token as Tokens.Generic, mark)],
    );
}

function code({ text, lang }: Tokens.Code): Node {
  const content = stripMarks(text);
  const copy = el('button', { type: 'button', class: 'copy', 'aria-label': 'Copy the code' }, icon('copy'));
  copy.addEventListener('click', () => {
    void navigator.clipboard?.writeText(content).then(() => {
      copy.dataset.done = 'true';
      copy.setAttribute('aria-label', 'Copied');
    });
  });
  return el(
    'div',
    { class: 'code' },
    el('pre', { tabindex: '0' }, el('code', { 'data-language': lang || undefined }, content)),
    copy,
  );
}

function table({ header, rows, align }: Tokens.Table, mark: RenderMark): Node {
  const cell = (tag: 'th' | 'td', content: Tokens.TableCell, column: number) =>
    el(tag, { class: align[column] ? `to-${align[column]}` : undefined }, ...renderInline(content.tokens, mark));
  return el(
    'div',
    { class: 'table', tabindex: '0' },
    el(
      'table',
      {},
      el('thead', {}, el('tr', {}, ...header.map((content, column) => cell('th', content, column)))),
      el('tbody', {}, ...rows.map((row) => el('tr', {}, ...row.map((content, column) => cell('td', content, column))))),
    ),
  );
}
