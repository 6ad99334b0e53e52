import type { Io, Style } from '../io.ts';
import { plainInline, styleWord } from './inline.ts';
import { harmless, widthOf } from './text.ts';

export interface MarkdownOptions {
  /** Columns to wrap at. */
  readonly width: number;
  readonly style: Style;
}

/** Markdown on its way to a terminal. */
export interface MarkdownStream {
  /** Takes a piece of Markdown, cut anywhere, and gives back what can be shown by now: whole words. */
  push(text: string): string;
  /** Gives back the rest, with a line feed at the end if anything was shown. */
  end(): string;
}

/**
 * Turns streamed Markdown into lightly styled text: headings, emphasis, code, lists, quotes and links, wrapped at words. A full parser was
 * rejected because it needs the end of a block before it can show its beginning.
 */
export function markdownStream(options: MarkdownOptions): MarkdownStream {
  let source = '';
  let shown = '';
  let before = '';
  let any = false;

  /** What rendering `text` adds to what was shown: a longer text renders to a longer result with the same beginning. */
  const show = (text: string): string => {
    const whole = renderBlocks(text, options);
    if (whole.length <= shown.length) return '';
    const out = (shown === '' ? before : '') + whole.slice(shown.length);
    shown = whole;
    any = true;
    return out;
  };

  return {
    push(text) {
      source += harmless(text);
      let out = '';
      for (let end = paragraphEnd(source); end >= 0; end = paragraphEnd(source)) {
        out += show(source.slice(0, end));
        source = source.slice(end).replace(/^([ \t]*\n)+/, '');
        if (any) before = '\n\n';
        shown = '';
      }
      return out + show(source.slice(0, settled(source)));
    },
    end() {
      const out = show(source);
      return any ? `${out}\n` : out;
    },
  };
}

/** A whole text; ends with a line feed unless it is empty. */
export function renderMarkdown(text: string, io: Pick<Io, 'columns' | 'style'>): string {
  const stream = markdownStream(markdownFor(io));
  return stream.push(text) + stream.end();
}

/** The options for a terminal; lines of more than 100 columns are hard to read. */
export function markdownFor({ columns, style }: Pick<Io, 'columns' | 'style'>): MarkdownOptions {
  return { width: Math.min(columns(), 100), style };
}

const FENCE = /^[ \t]*(```+|~~~+)/;
const TABLE = /^[ \t]*\|/;
const RULE = /^[ \t]*([-*_])[ \t]*(\1[ \t]*){2,}$/;
const HEADING = /^#{1,6}[ \t]+/;
const ITEM = /^([ \t]*)([-*+]|\d{1,9}[.)])[ \t]+/;
const QUOTE = /^[ \t]*>[ \t]?/;

/** Where the first paragraph ends that is followed by an empty line outside a fence; -1: not yet. */
function paragraphEnd(source: string): number {
  let at = 0;
  let fence: string | null = null;
  for (const line of source.split('\n').slice(0, -1)) {
    fence = fenceAfter(fence, line);
    if (fence === null && at > 0 && line.trim() === '') return at;
    at += line.length + 1;
  }
  return -1;
}

/** The fence that is open after a line, given the one that was open before it. */
function fenceAfter(open: string | null, line: string): string | null {
  const mark = FENCE.exec(line)?.[1];
  if (open === null) return mark ?? null;
  return mark?.startsWith(open) && line.trim() === mark ? null : open;
}

/** How much of an unfinished text can be shown: lines whose kind is known, and of the last one whole words and links. */
function settled(source: string): number {
  const lineStart = source.lastIndexOf('\n') + 1;
  const line = source.slice(lineStart);
  let fence: string | null = null;
  for (const earlier of source.slice(0, lineStart).split('\n')) fence = fenceAfter(fence, earlier);
  if (fence !== null || FENCE.test(line) || TABLE.test(line) || /^[ \t]*[-*_ \t`~]*$/.test(line)) return lineStart;
  const words = /^.*[ \t]/.exec(line)?.[0] ?? '';
  const link = /!?\[[^\]]*$|!?\[[^\]]*\]\([^)]*$/.exec(words);
  return lineStart + (link && line.length - link.index < 400 ? link.index : words.length);
}

/** Whole lines of Markdown as text for a terminal, without a line feed at the end. */
function renderBlocks(source: string, { width, style }: MarkdownOptions): string {
  let out = '';
  let column = 0;
  let hanging = '';
  let inline = plainInline();
  /** Whether the last line is one that the next may continue. */
  let open = false;
  let gap = '';
  let fence: string | null = null;

  const write = (text: string) => {
    out += text;
    column += widthOf(text);
  };
  const breakLine = () => {
    if (out !== '') out += '\n';
    column = 0;
  };
  const begin = (lead: string, indent: string) => {
    breakLine();
    write(lead);
    hanging = indent;
    inline = plainInline();
    gap = '';
    open = true;
  };
  const words = (text: string, emphasis: (word: string) => string) => {
    for (const raw of splitWords(text)) {
      const word = emphasis(styleWord(raw, inline, style));
      if (gap === '\n' || (gap === ' ' && column + 1 + widthOf(word) > width)) {
        breakLine();
        write(hanging);
      } else write(gap);
      write(word);
      gap = ' ';
    }
  };

  for (const line of source.replace(/\n$/, '').split('\n')) {
    const inside = fence !== null;
    fence = fenceAfter(fence, line);
    if (inside || fence !== null) {
      if (inside && fence !== null) begin(line === '' ? '' : `    ${style.cyan(line)}`, '');
      open = false;
    } else if (line.trim() === '') {
      open = false;
    } else if (TABLE.test(line)) {
      begin(line, '');
      open = false;
    } else if (RULE.test(line)) {
      begin(style.dim('─'.repeat(Math.min(width, 40))), '');
      open = false;
    } else if (HEADING.test(line)) {
      begin('', '');
      words(line.replace(HEADING, '').replace(/[ \t]+#+[ \t]*$/, ''), style.bold);
      open = false;
    } else {
      const item = ITEM.exec(line);
      const quote = QUOTE.exec(line);
      let text = line;
      if (item) {
        const lead = `${item[1]!.replaceAll('\t', '    ')}${/\d/.test(item[2]!) ? item[2] : '•'} `;
        begin(style.dim(lead), ' '.repeat(widthOf(lead)));
        text = line.slice(item[0].length);
      } else if (quote) {
        begin(style.dim('│ '), style.dim('│ '));
        text = line.slice(quote[0].length);
      } else if (!open) begin('', '');
      const hardBreak = /(?: {2,}|\\)$/.exec(text);
      words(hardBreak ? text.slice(0, hardBreak.index) : text, (word) => word);
      if (hardBreak) gap = '\n';
    }
  }
  return out;
}

/** The words of a line; a link with spaces in its label counts as one. */
function splitWords(text: string): string[] {
  return text.match(/(?:!?\[[^\]]*\]\([^)]*\)|\S)+/g) ?? [];
}
