import { BEGIN, END } from '../markdown/marks.ts';

/** A range of a text that a source stands behind. */
export interface Mark {
  /** In UTF-16 units; the range begins before this one. */
  readonly from: number;
  /** The range ends before this one, and there the mark stands. */
  readonly at: number;
}

/** Lines that mean something by their shape alone: a mark in them would break it. */
const STRUCTURE = /^[ \t>]*(?:`{3,}|~{3,}|[-=*_|:+ \t]+$)/;
/** What stands before the first word of a line. */
const LEAD = /^(?:[ \t]*(?:#{1,6}[ \t]|>|[-*+][ \t]+(?:\[[ xX]\][ \t])?|\d{1,9}[.)][ \t]|\|))*[ \t]*/;

/**
 * The text with the marks written into it, so that they pass through the Markdown lexer and come out where they belong: `-n` where the range of
 * the n-th mark (from 1) begins, `n` where it ends. `splitMarks` finds them again. Marks for which there is no place are left out.
 */
export function insertMarks(text: string, marks: readonly Mark[]): string {
  const clean = text.replaceAll(BEGIN, '(').replaceAll(END, ')');
  const places: { place: number; mark: number }[] = [];
  marks.forEach(({ from, at }, index) => {
    const end = endOf(clean, at);
    if (end === undefined) return;
    const begin = beginOf(clean, from);
    if (begin !== undefined && begin < end) places.push({ place: begin, mark: -(index + 1) });
    places.push({ place: end, mark: index + 1 });
  });
  places.sort((a, b) => a.place - b.place || b.mark - a.mark);
  let marked = '';
  let done = 0;
  for (const { place, mark } of places) {
    marked += `${clean.slice(done, place)}${BEGIN}${mark}${END}`;
    done = place;
  }
  return marked + clean.slice(done);
}

/** Before the white space and the last bar of a row, as a mark after them would begin something new. */
function endOf(text: string, at: number): number | undefined {
  let place = Math.min(Math.max(at, 0), text.length);
  while (place > 0 && /\s/.test(text[place - 1] as string)) place--;
  const line = lineAt(text, Math.max(0, place - 1));
  if (STRUCTURE.test(line.text)) return undefined;
  if (/^[ \t>]*\|/.test(line.text)) while (place > line.start && /[\s|]/.test(text[place - 1] as string)) place--;
  return place;
}

function beginOf(text: string, from: number): number | undefined {
  let place = Math.min(Math.max(from, 0), text.length);
  while (place < text.length && /\s/.test(text[place] as string)) place++;
  const line = lineAt(text, place);
  if (STRUCTURE.test(line.text)) return undefined;
  const lead = LEAD.exec(line.text)?.[0].length ?? 0;
  return Math.max(place, line.start + lead);
}

function lineAt(text: string, place: number): { start: number; text: string } {
  const start = text.lastIndexOf('\n', place - 1) + 1;
  const end = text.indexOf('\n', place);
  return { start, text: text.slice(start, end === -1 ? undefined : end) };
}
