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

/**
 * A link, with its label and its place. Both have an end: what is longer is no link. Without that each `[` of an answer would be looked after up to the
 * end of its line, which is the square of its length for a line of brackets.
 */
const LINK = /!?\[([^\]]{0,400})\]\(([^)]{0,2048})\)/y;
/** The beginning of one, up to the end of a text that goes on. */
const OPEN_LINK = /!?\[[^\]]{0,400}(?:\](?:\([^)]{0,2048})?)?$/y;
const AUTOLINK = /<((?:https?:\/\/|mailto:)[^>\s]{1,2048})>/y;
const NO_LINK = /[^\s![]+/y;
const SPACE = /\s+/y;
const ESCAPABLE = /[!-/:-@[-`{-~]/;
const PUNCTUATION = /[\s\p{P}\p{S}]/u;

/**
 * The words of a line, or of the beginning of one (`goesOn`), with how much of it they are. A link with spaces in its label counts as one word. Of a line that goes
 * on only the words are given that no further text can change: the last one may grow, and so may a link that is open.
 */
export function splitWords(
  text: string,
  { goesOn }: { readonly goesOn: boolean },
): { words: string[]; length: number } {
  const words: string[] = [];
  let length = 0;
  let start = 0;
  let at = 0;
  while (at < text.length) {
    const space = match(SPACE, text, at);
    if (space) {
      if (at > start) {
        words.push(text.slice(start, at));
        length = at;
      }
      at += space[0].length;
      start = at;
      continue;
    }
    const whole = match(NO_LINK, text, at) ?? match(LINK, text, at);
    if (!whole && goesOn && match(OPEN_LINK, text, at)) return { words, length };
    at += whole?.[0].length ?? 1;
  }
  if (!goesOn && at > start) words.push(text.slice(start));
  return { words, length: goesOn ? length : text.length };
}

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
    const character = word[at]!;
    if (character === '`') {
      flush();
      state.code = !state.code;
      while (word[at] === '`') at++;
      continue;
    }
    if (state.code) {
      plain += character;
      at++;
      continue;
    }
    if (character === '\\' && ESCAPABLE.test(word[at + 1] ?? '')) {
      plain += word[at + 1];
      at += 2;
      continue;
    }
    const link = match(LINK, word, at);
    if (link) {
      flush();
      out += styleLink(link[1]!, addressIn(link[2]!), style);
      at += link[0].length;
      continue;
    }
    const address = match(AUTOLINK, word, at);
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

/** What matches exactly at a place of the text. */
function match(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at;
  return sticky.exec(text);
}

/** The address between the brackets of a link, without its title. */
function addressIn(place: string): string {
  return /^<?([^\s>]*)/.exec(place)![1]!;
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
