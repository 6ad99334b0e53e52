import type { Token, Tokens } from 'marked';
import { el } from '../dom/element.ts';
import type { Words } from '../locale/words.ts';
import { codeBlock, growCode, highlightIn } from './code.ts';
import { noMark, type RenderMark, renderInline } from './inline.ts';
import { stripMarks } from './marks.ts';
import { lexLine, MarkdownStream } from './stream.ts';

/** Shows Markdown that may grow, as nodes and never as HTML. */
export interface Prose {
  readonly element: HTMLElement;
  /** `complete`: nothing more will come. `mark`: what marks in the text become; another one than before shows all anew. */
  update(markdown: string, complete: boolean, mark?: RenderMark): void;
}

/** A row of the body of a table, made comparable. */
interface Row {
  readonly type: 'row';
  readonly raw: string;
  readonly cells: readonly Tokens.TableCell[];
  readonly align: Tokens.Table['align'];
}

type Block = Token | Row;

/** Blocks that have not changed keep their nodes, and lists, quotes, tables and code grow in place: the reader's selection stays, and a piece costs what the last block costs. */
export function createProse(words: Words): Prose {
  const element = el('div', { class: 'prose', dir: 'auto' });
  let stream = new MarkdownStream();
  // The page has the first level, the name of the agent the second, the first heading of an answer the third, whatever its depth.
  let top = 1;
  const level = (depth: number): number => Math.min(Math.max(3 + depth - top, 3), 6);
  let painter = painterOf(words, noMark, level);
  let shown = { mark: noMark as RenderMark, blocks: 0, complete: false };
  return {
    element,
    update(markdown, complete, mark = noMark) {
      if (mark !== shown.mark) {
        stream = new MarkdownStream();
        painter = painterOf(words, mark, level);
        element.replaceChildren();
      }
      const tokens = stream.update(markdown);
      top = (tokens.find(({ type }) => type === 'heading') as Tokens.Heading | undefined)?.depth ?? 1;
      painter(element, tokens);
      const blocks = element.childElementCount;
      // Only when a block has ended can there be code to colour.
      if (blocks !== shown.blocks || complete !== shown.complete)
        highlightIn(element, complete ? null : element.lastElementChild);
      shown = { mark, blocks, complete };
    },
  };
}

/** One line of Markdown, without blocks. */
export function renderLine(markdown: string): Node[] {
  return renderInline(lexLine(markdown), noMark);
}

/** Makes the children of an element those that the blocks ask for. `level`: which heading one of this depth becomes. */
function painterOf(
  words: Words,
  mark: RenderMark,
  level: (depth: number) => number,
): (parent: Element, blocks: readonly Block[]) => void {
  const shownBy = new WeakMap<Element, Block>();
  return paint;

  function paint(parent: Element, blocks: readonly Block[]): void {
    blocks.forEach((now, index) => {
      const old = parent.children[index] as HTMLElement | undefined;
      const was = old && shownBy.get(old);
      if (old && was && (isSame(was, now) || grow(old, was as Tokens.Generic, now as Tokens.Generic))) {
        shownBy.set(old, now);
        return;
      }
      const node = make(now as Tokens.Generic);
      shownBy.set(node, now);
      if (old) old.replaceWith(node);
      else parent.append(node);
    });
    while (parent.children.length > blocks.length) parent.lastElementChild?.remove();
  }

  /** Whether `node` could be made to show `now` instead. */
  function grow(node: HTMLElement, was: Tokens.Generic, now: Tokens.Generic): boolean {
    if (was.type !== now.type) return false;
    if (was.type === 'code') return growCode(node, was as Tokens.Code, now as Tokens.Code);
    if (was.type === 'blockquote') paint(node, visible(now.tokens));
    else if (was.type === 'list' && was.ordered === now.ordered && was.start === now.start) paint(node, now.items);
    else if (was.type === 'table' && headOf(was as Tokens.Table) === headOf(now as Tokens.Table)) {
      paint(node.querySelector('tbody') as Element, rowsOf(now as Tokens.Table));
    } else return false;
    return true;
  }

  function make(token: Tokens.Generic): HTMLElement {
    switch (token.type) {
      case 'heading':
        return el(`h${level(token.depth)}` as 'h3', {}, ...inline(token.tokens));
      case 'paragraph':
        return el('p', {}, ...inline(token.tokens));
      case 'text':
        return el('p', {}, ...inline(token.tokens ?? [token as Token]));
      case 'code':
        return codeBlock(token as Tokens.Code, words);
      case 'hr':
        return el('hr');
      case 'blockquote':
        return filled(el('blockquote'), visible(token.tokens));
      case 'list':
        return filled(listOf(token as Tokens.List), token.items);
      case 'list_item':
        return item(token as Tokens.ListItem);
      case 'table':
        return table(token as Tokens.Table);
      case 'row':
        return row('td', token as unknown as Row);
      default:
        return el('p', {}, stripMarks(token.raw));
    }
  }

  function inline(tokens: readonly Token[] | undefined): Node[] {
    return renderInline(tokens, mark);
  }

  function filled<E extends HTMLElement>(parent: E, blocks: readonly Block[]): E {
    paint(parent, blocks);
    return parent;
  }

  /** An item of a tight list is a line of text and not a paragraph. */
  function item({ task, checked, loose, tokens }: Tokens.ListItem): HTMLElement {
    const box = task && el('input', { type: 'checkbox', disabled: true, checked: checked === true });
    const content = visible(tokens).flatMap((token) =>
      token.type === 'text' && !loose ? inline(token.tokens ?? [token]) : [make(token)],
    );
    return el('li', task ? { class: 'task' } : {}, box, ...content);
  }

  function table(token: Tokens.Table): HTMLElement {
    const head = row('th', { cells: token.header, align: token.align });
    const body = filled(el('tbody'), rowsOf(token));
    const scroller = { class: 'table', tabindex: '0', role: 'group', 'aria-label': words.t('table') };
    return el('div', scroller, el('table', {}, el('thead', {}, head), body));
  }

  function row(tag: 'th' | 'td', { cells, align }: Pick<Row, 'cells' | 'align'>): HTMLElement {
    const all = cells.map(({ tokens }, column) =>
      el(tag, { class: align[column] ? `to-${align[column]}` : undefined }, ...inline(tokens)),
    );
    return el('tr', {}, ...all);
  }
}

/** What a bracket means depends on definitions that may stand elsewhere. */
function isSame(was: Block, now: Block): boolean {
  if (was === now) return true;
  if (was.type !== now.type || was.raw !== now.raw) return false;
  if (was.type === 'list_item' && was.loose !== (now as Tokens.ListItem).loose) return false;
  return was.type === 'code' || !was.raw.includes('[');
}

function listOf({ ordered, start }: Tokens.List): HTMLElement {
  if (!ordered) return el('ul');
  return el('ol', { start: typeof start === 'number' && start !== 1 ? String(start) : undefined });
}

function rowsOf({ rows, align }: Tokens.Table): Row[] {
  return rows.map((cells) => ({ type: 'row', raw: cells.map(({ text }) => text).join('|'), cells, align }));
}

function headOf({ header, align }: Tokens.Table): string {
  return header.map(({ text }, column) => `${align[column]}${text}`).join('|');
}

function visible(tokens: readonly Token[] | undefined): Token[] {
  return (tokens ?? []).filter(({ type }) => type !== 'space' && type !== 'def' && type !== 'checkbox');
}
