/** A place in a text where a source is pointed to. */
export interface Mark {
  /** In UTF-16 units; the mark stands before this one. */
  readonly at: number;
  /** Number of the source, from 1. */
  readonly source: number;
}

const OPEN = '\ue000';
const CLOSE = '\ue001';

/**
 * The text with its marks written into it as private characters, so that they pass through the Markdown lexer and come out where they
 * belong. `splitMarks` finds them again.
 */
export function insertMarks(text: string, marks: readonly Mark[]): string {
  const clean = stripMarks(text, '\ufffd');
  let marked = '';
  let from = 0;
  for (const { at, source } of [...marks].sort((a, b) => a.at - b.at || a.source - b.source)) {
    const place = Math.max(from, lineEndBefore(clean, at));
    marked += `${clean.slice(from, place)}${OPEN}${source}${CLOSE}`;
    from = place;
  }
  return marked + clean.slice(from);
}

/** Texts and numbers of sources in the order in which they stand. */
export function splitMarks(text: string): (string | number)[] {
  if (!text.includes(OPEN)) return [text];
  return text
    .split(/(\ue000\d+\ue001)/)
    .filter((piece) => piece !== '')
    .map((piece) => (piece.startsWith(OPEN) ? Number(piece.slice(1, -1)) : piece));
}

/** The text without marks: for code, where they would be noise. */
export function stripMarks(text: string, instead = ''): string {
  return instead === ''
    ? text.replace(/\ue000\d+\ue001/g, '')
    : text.replaceAll(OPEN, instead).replaceAll(CLOSE, instead);
}

/** A range often ends with the line break after a paragraph: a mark there would begin the next one. */
function lineEndBefore(text: string, at: number): number {
  let place = Math.min(Math.max(at, 0), text.length);
  while (place > 0 && /\s/.test(text[place - 1] as string)) place--;
  return place;
}
