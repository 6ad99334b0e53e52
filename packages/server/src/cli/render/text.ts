import { stripVTControlCharacters } from 'node:util';

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60]/u;
const NO_WIDTH = /\p{M}|[\u200b-\u200f\u2060]/u;

/** Columns that the text takes on a terminal. Escape sequences take none. */
export function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of stripVTControlCharacters(text)) {
    if (NO_WIDTH.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/**
 * The text without control characters, so that what an agent says cannot move the cursor, retitle the window or hide
 * something. Line feeds and tabs stay.
 */
export function harmless(text: string): string {
  return stripVTControlCharacters(text).replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    '',
  );
}

/** The text on one line, at most `width` columns wide, with an ellipsis where something was cut. */
export function oneLine(text: string, width = Number.POSITIVE_INFINITY): string {
  const line = harmless(text).replace(/\s+/g, ' ').trim();
  if (widthOf(line) <= width) return line;
  let cut = '';
  let used = 0;
  for (const character of line) {
    used += widthOf(character);
    if (used > width - 1) break;
    cut += character;
  }
  return `${cut.trimEnd()}…`;
}
