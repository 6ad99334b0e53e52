import { escapeMarkdown } from './escape.ts';
import type { ReadFile, ReadResult } from './format.ts';
import { type Item, titleFromPath, toSections } from './outline.ts';

const UNDERLINE = /^(===+|---+)\s*$/;

/** Reads plain text: paragraphs stand between blank lines, and a line underlined with `===` or `---` is a heading. */
export function readText(text: string, { path }: ReadFile): ReadResult {
  const items: Item[] = [];
  for (const paragraph of paragraphs(text)) {
    const [first, underline] = paragraph;
    const isHeading = underline !== undefined && first!.text.length <= 120 && UNDERLINE.test(underline.text);
    if (isHeading) {
      const level = underline.text.startsWith('=') ? 1 : 2;
      items.push({ kind: 'heading', level, text: first!.text.trim(), anchor: null });
    }
    const lines = isHeading ? paragraph.slice(2) : paragraph;
    if (lines.length === 0) continue;
    const last = lines.at(-1)!;
    const start = lines[0]!.start;
    const end = last.start + last.text.trimEnd().length;
    items.push({ kind: 'text', text: escapeMarkdown(text.slice(start, end)).trimStart(), start, end });
  }
  const top = items[0];
  const title = top?.kind === 'heading' ? top.text : titleFromPath(path);
  return { title, text, sections: toSections(title, items) };
}

interface Line {
  readonly text: string;
  readonly start: number;
}

/** The lines of each paragraph. */
function paragraphs(text: string): Line[][] {
  const result: Line[][] = [[]];
  let start = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') result.push([]);
    else result.at(-1)!.push({ text: line, start });
    start += line.length + 1;
  }
  return result.filter((lines) => lines.length > 0);
}
