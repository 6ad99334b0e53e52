/** What stands around the number of a mark (`insertMarks`): punctuation, so that the emphasis before them ends as it would without. */
export const BEGIN = '\u2e28';
export const END = '\u2e29';
const MARK = /\u2e28(-?\d+)\u2e29/;
const ALL = new RegExp(MARK, 'g');

/** Texts and marks in the order in which they stand. */
export function splitMarks(text: string): (string | number)[] {
  if (!text.includes(BEGIN)) return [text];
  return text
    .split(MARK)
    .map((piece, index) => (index % 2 === 1 ? Number(piece) : piece))
    .filter((piece) => piece !== '');
}

/** The text without marks: for code and addresses. */
export function stripMarks(text: string): string {
  return text.includes(BEGIN) ? text.replace(ALL, '') : text;
}
