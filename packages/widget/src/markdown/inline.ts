import type { Token, Tokens } from 'marked';
import { el } from '../dom/element.ts';
import { safeAddress } from './address.ts';
import { splitMarks, stripMarks } from './marks.ts';

/** What a mark in the text becomes. */
export type RenderMark = (source: number) => Node;

/** Inline tokens as nodes. HTML in the text stays text. */
export function renderInline(tokens: readonly Token[] | undefined, mark: RenderMark): Node[] {
  return (tokens ?? []).flatMap((token) => inline(token as Tokens.Generic, mark));
}

function inline(token: Tokens.Generic, mark: RenderMark): Node[] {
  switch (token.type) {
    case 'strong':
      return [el('strong', {}, ...renderInline(token.tokens, mark))];
    case 'em':
      return [el('em', {}, ...renderInline(token.tokens, mark))];
    case 'del':
      return [el('del', {}, ...renderInline(token.tokens, mark))];
    case 'codespan':
      return [el('code', {}, stripMarks(token.text))];
    case 'br':
      return [el('br')];
    case 'link':
      return [link(token as Tokens.Link, renderInline(token.tokens, mark))];
    case 'image':
      // Not loaded: an image in an answer would tell its server who reads it.
      return [link(token as Tokens.Image, [document.createTextNode(token.text || token.href)])];
    case 'text':
      return token.tokens ? renderInline(token.tokens, mark) : text(token.text, mark);
    case 'escape':
      return [document.createTextNode(token.text)];
    default:
      return text(token.raw, mark);
  }
}

function link({ href, title }: { href: string; title?: string | null }, children: Node[]): Node {
  const address = safeAddress(stripMarks(href));
  if (!address) return el('span', {}, ...children);
  return el(
    'a',
    { href: address, title: title ?? undefined, target: '_blank', rel: 'noopener noreferrer' },
    ...children,
  );
}

function text(value: string, mark: RenderMark): Node[] {
  return splitMarks(value).map((piece) =>
    typeof piece === 'number' ? mark(piece) : document.createTextNode(decodeEntities(piece)),
  );
}

/** `&amp;` and the like, which Markdown takes from HTML. What is parsed here is text only and never becomes part of the page. */
function decodeEntities(value: string): string {
  if (!/&#?\w+;/.test(value)) return value;
  const parsed = new DOMParser().parseFromString(`<pre>\n${value.replaceAll('<', '&lt;')}</pre>`, 'text/html');
  return parsed.body.textContent ?? value;
}
