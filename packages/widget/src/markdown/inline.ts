import type { Token, Tokens } from 'marked';
import { el } from '../dom/element.ts';
import { safeAddress } from './address.ts';
import { decodeEntities } from './entities.ts';
import { splitMarks, stripMarks } from './marks.ts';

/** What a mark in the text becomes: `-n` where a range begins, `n` where it ends. */
export type RenderMark = (mark: number) => Node;

/** Inline tokens as nodes. HTML in the text stays text. */
export function renderInline(tokens: readonly Token[] | undefined, mark: RenderMark): Node[] {
  return (tokens ?? []).flatMap((token) => inline(token as Tokens.Generic, mark));
}

function inline(token: Tokens.Generic, mark: RenderMark): Node[] {
  switch (token.type) {
    case 'strong':
    case 'em':
    case 'del':
      return [el(token.type, {}, ...renderInline(token.tokens, mark))];
    case 'codespan':
      return [el('code', { dir: 'ltr' }, stripMarks(token.text))];
    case 'br':
      return [el('br')];
    case 'link':
      return link(token as Tokens.Link, renderInline(token.tokens, noMark), mark);
    case 'image':
      // Not loaded: an image in an answer would tell its server who reads it.
      return link(token as Tokens.Image, [new Text(stripMarks(token.text) || stripMarks(token.href))], mark);
    case 'text':
      return token.tokens ? renderInline(token.tokens, mark) : text(token.text, mark);
    case 'escape':
      return [new Text(token.text)];
    default:
      return text(token.raw, mark);
  }
}

/** Marks in the words of a link stand behind it: they are buttons. */
function link({ href, title, raw }: Tokens.Link | Tokens.Image, label: Node[], mark: RenderMark): Node[] {
  const address = safeAddress(decodeEntities(stripMarks(href)));
  const node = address
    ? el('a', { href: address, title: title || undefined, target: '_blank', rel: 'noopener noreferrer' }, ...label)
    : el('span', {}, ...label);
  const marks = splitMarks(raw).flatMap((piece) => (typeof piece === 'number' ? [mark(piece)] : []));
  return [node, ...marks];
}

function text(value: string, mark: RenderMark): Node[] {
  return splitMarks(value).map((piece) => (typeof piece === 'number' ? mark(piece) : new Text(decodeEntities(piece))));
}

/** For text without sources. */
export function noMark(): Node {
  return new Text('');
}
