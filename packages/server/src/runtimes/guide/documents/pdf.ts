import type { StructuredTextItem } from 'unpdf';
import { UnreadableDocument } from './bytes.ts';
import { escapeMarkdown } from './escape.ts';
import type { ReadFile, ReadResult } from './format.ts';
import { type Item, titleFromPath, toSections } from './outline.ts';

interface Line {
  readonly text: string;
  readonly page: number;
  /** Of the largest letters. */
  readonly size: number;
  /** Height over the lower edge of the page. */
  readonly y: number;
}

/**
 * Reads the text of a PDF. Lines that are larger than most of the text are headings; anchors are `page=3`, which browsers understand. Ranges count in the
 * text that is read out of it. Scanned pages have no text and are passed over.
 */
export async function readPdf({ path, bytes }: ReadFile): Promise<ReadResult> {
  const { lines, title: own } = await linesOf(bytes);
  const body = commonSize(lines);
  const isHeading = (line: Line) => line.size >= body * 1.15 && line.text.length <= 120 && /\p{L}/u.test(line.text);
  const sizes = [...new Set(lines.filter(isHeading).map((line) => Math.round(line.size)))].sort((a, b) => b - a);
  const items: Item[] = [];
  let text = '';
  for (const group of paragraphs(lines, isHeading)) {
    const first = group[0]!;
    if (text !== '') text += '\n\n';
    const start = text.length;
    text += joined(group);
    const anchor = `page=${first.page}`;
    if (isHeading(first)) {
      items.push({
        kind: 'heading',
        level: sizes.indexOf(Math.round(first.size)) + 1,
        text: text.slice(start),
        anchor,
      });
    } else {
      // A section of its own for every page, so that passages carry the page they stand on.
      items.push(
        { kind: 'page', anchor },
        { kind: 'text', text: escapeMarkdown(text.slice(start)), start, end: text.length },
      );
    }
  }
  if (text === '') throw new UnreadableDocument('The PDF has no text: it may be a scan. Give one with text in it.');
  const largest = items.find((item) => item.kind === 'heading' && item.level === 1);
  const title = own ?? (largest?.kind === 'heading' ? largest.text : titleFromPath(path));
  return { title, text, sections: toSections(title, items) };
}

async function linesOf(bytes: Uint8Array): Promise<{ lines: Line[]; title: string | undefined }> {
  const { extractTextItems, getDocumentProxy, getMeta } = await import('unpdf');
  try {
    // A copy: the reader takes the buffer away from whoever gave it.
    const pdf = await getDocumentProxy(Uint8Array.from(bytes), { verbosity: 0 });
    try {
      const { items } = await extractTextItems(pdf);
      const { info } = await getMeta(pdf);
      const title = typeof info.Title === 'string' && info.Title.trim() !== '' ? info.Title.trim() : undefined;
      return { lines: items.flatMap((page, at) => toLines(page, at + 1)), title };
    } finally {
      await pdf.loadingTask.destroy();
    }
  } catch (error) {
    const locked = error instanceof Error && error.name === 'PasswordException';
    throw new UnreadableDocument(
      locked ? 'The PDF needs a password. Give one without.' : 'The PDF is broken and cannot be read.',
    );
  }
}

function toLines(items: readonly StructuredTextItem[], page: number): Line[] {
  const lines: Line[] = [];
  let open: { text: string; size: number; y: number } | undefined;
  const close = () => {
    if (open && open.text.trim() !== '') lines.push({ ...open, text: open.text.replace(/\s+/g, ' ').trim(), page });
    open = undefined;
  };
  for (const item of items) {
    if (open && item.str !== '' && Math.abs(item.y - open.y) > item.fontSize / 2) close();
    open ??= { text: '', size: 0, y: item.y };
    open.text += item.str;
    if (item.str.trim() !== '') open.size = Math.max(open.size, item.fontSize);
    if (item.hasEOL) close();
  }
  close();
  return lines;
}

/** The size that most letters have. */
function commonSize(lines: readonly Line[]): number {
  const letters = new Map<number, number>();
  for (const { size, text } of lines) letters.set(Math.round(size), (letters.get(Math.round(size)) ?? 0) + text.length);
  return [...letters].reduce((most, entry) => (entry[1] > most[1] ? entry : most), [12, 0])[0];
}

/** Lines that belong together: the same page and size, no wider gap than within a paragraph. */
function paragraphs(lines: readonly Line[], isHeading: (line: Line) => boolean): Line[][] {
  const groups: Line[][] = [];
  for (const line of lines) {
    const last = groups.at(-1)?.at(-1);
    const gap = last ? last.y - line.y : 0;
    const together =
      last &&
      last.page === line.page &&
      isHeading(last) === isHeading(line) &&
      Math.abs(last.size - line.size) < 1 &&
      gap > 0 &&
      gap < line.size * 1.7;
    if (together && !/^[•▪◦–-]\s/.test(line.text)) groups.at(-1)!.push(line);
    else groups.push([line]);
  }
  return groups;
}

function joined(lines: readonly Line[]): string {
  return lines.reduce((text, line) => {
    if (/\p{L}-$/u.test(text) && /^\p{Ll}/u.test(line.text)) return text.slice(0, -1) + line.text;
    return text === '' ? line.text : `${text} ${line.text}`;
  }, '');
}
