import type { Style } from '../io.ts';

/** Which emphasis is open between two words of a block. */
export interface InlineState {
  bold: boolean;
  italic: boolean;
  code: boolean;
}

export function plainInline(): InlineState {
  return { bold: false, italic: false, code: false };
}

const LINK = /^!?\[([^\]]*)\]\(<?([^\s)>]*)>?[^)]*\)/;
const AUTOLINK = /^<((?:https?:\/\/|mailto:)[^>\s]+)>/;
const PUNCTUATION = /[\s\p{P}\p{S}]/u;

/**
 * One word with its Markdown emphasis, code and links as colours instead of marks. `state` carries what is open from word to word: a
 * stream cannot look ahead for the closing mark, so a mark that is never closed lasts until the end of its block.
 */
export function styleWord(word: string, state: InlineState, style: Style): string {
  let out = '';
  let plain = '';
  const flush = () => {
    if (plain === '') return;
    let piece = plain;
    if (state.code) piece = style.cyan(piece);
    if (state.bold) piece = style.bold(piece);
    if (state.italic) piece = style.italic(piece);
    out += piece;
    plain = '';
  };
  let at = 0;
  while (at < word.length) {
    const rest = word.slice(at);
    const character = word[at]!;
    if (character === '`') {
      flush();
      state.code = !state.code;
      at += /^`+/.exec(rest)![0].length;
      continue;
    }
    if (state.code) {
      plain += character;
      at++;
      continue;
    }
    if (character === '\\' && /^\\[!-/:-@[-`{-~]/.test(rest)) {
      plain += rest[1];
      at += 2;
      continue;
    }
    const link = LINK.exec(rest);
    if (link) {
      flush();
      out += styleLink(link[1]!, link[2]!, style);
      at += link[0].length;
      continue;
    }
    const address = AUTOLINK.exec(rest);
    if (address) {
      flush();
      out += style.underline(address[1]!);
      at += address[0].length;
      continue;
    }
    const mark = markAt(word, at, state);
    if (mark) {
      flush();
      state[mark.kind] = !state[mark.kind];
      at += mark.length;
      continue;
    }
    plain += character;
    at++;
  }
  flush();
  return out;
}

function styleLink(label: string, address: string, style: Style): string {
  const shown = style.underline(label === '' ? address : label);
  return label === '' || label === address ? shown : `${shown} ${style.dim(`(${address})`)}`;
}

function markAt(word: string, at: number, state: InlineState): { kind: 'bold' | 'italic'; length: 1 | 2 } | undefined {
  const character = word[at];
  if (character !== '*' && character !== '_') return undefined;
  const length = word[at + 1] === character ? 2 : 1;
  const kind = length === 2 ? 'bold' : 'italic';
  const before = word[at - 1] ?? ' ';
  const after = word[at + length] ?? ' ';
  const closes = state[kind] && before !== ' ' && (character === '*' || PUNCTUATION.test(after));
  const opens = !state[kind] && after !== ' ' && PUNCTUATION.test(before);
  return closes || opens || (state[kind] && at === 0 && after === ' ') ? { kind, length } : undefined;
}
