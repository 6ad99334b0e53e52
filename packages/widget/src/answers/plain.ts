import type { Token, Tokens } from 'marked';
import { decodeEntities } from '../markdown/entities.ts';
import { stripMarks } from '../markdown/marks.ts';

/** What a voice reads of Markdown: the words without the signs; a block of code only as `code`, its name. One line for each block, item and row. */
export function plainText(tokens: readonly Token[], code: string): string {
  return tokens
    .map((token) => blockText(token as Tokens.Generic, code))
    .filter((line) => line !== '')
    .join('\n');
}

function blockText(token: Tokens.Generic, code: string): string {
  switch (token.type) {
    case 'space':
    case 'def':
    case 'hr':
    case 'checkbox':
      return '';
    case 'code':
      return code;
    case 'blockquote':
      return plainText(token.tokens ?? [], code);
    case 'list':
      return (token as Tokens.List).items.map((item) => plainText(item.tokens, code)).join('\n');
    case 'table': {
      const { header, rows } = token as Tokens.Table;
      return [header, ...rows].map((row) => row.map(({ tokens }) => inlineText(tokens)).join(', ')).join('\n');
    }
    default:
      return (token.tokens ? inlineText(token.tokens) : decodeEntities(stripMarks(token.text ?? token.raw))).trim();
  }
}

/** Inline tokens as words. */
function inlineText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      const { type, tokens: inner, text, raw } = token as Tokens.Generic;
      if (type === 'br') return ' ';
      if (type === 'image') return text;
      if (type === 'codespan' || type === 'escape') return stripMarks(text);
      return inner ? inlineText(inner) : decodeEntities(stripMarks(type === 'text' ? text : raw));
    })
    .join('')
    .replace(/\s+/g, ' ');
}
