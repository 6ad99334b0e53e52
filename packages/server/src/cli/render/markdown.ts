import type { Io, Style } from '../io.ts';
import { type InlineState, plainInline, splitWords, styleWord } from './inline.ts';
import { Layout } from './layout.ts';
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
 * rejected because it needs the end of a block before it can show its beginning; to render a paragraph again with each piece of it, and show what is new, because
 * that is the square of its length.
 */
export function markdownStream({ width, style }: MarkdownOptions): MarkdownStream {
  const layout = new Layout(width);
  const lines = new Lines(layout, { width, style });
  return {
    push(text) {
      const [first = '', ...others] = harmless(text).split('\n');
      lines.add(first);
      for (const other of others) {
        lines.end();
        lines.add(other);
      }
      return layout.take();
    },
    end() {
      lines.endRest();
      const out = layout.take();
      return layout.hasText ? `${out}\n` : out;
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
/** What a line of any kind can begin with: a rule, a fence, an item, emphasis. */
const AMBIGUOUS = /^[-*_\s`~]*$/;
/** The mark of a block, and nothing after it yet. */
const MARK_ALONE = /^[ \t]*(?:#{1,6}|[-*+]|\d{1,9}[.)]|>)[ \t]*$/;

/** How far the line is that comes in. */
interface Line {
  /** What of it was not shown. */
  rest: string;
  /** `whole`: it can be shown at its end only. Texts and headings are shown word by word. */
  kind: 'unknown' | 'whole' | 'text' | 'heading';
  /** Whether it has something that tells its kind. */
  isTelling: boolean;
  /** Or has not begun. */
  endsInSpace: boolean;
  /** Whether a word of it was shown. */
  hasWords: boolean;
  /** Of a heading: a word of `#` alone, which may be its closing mark. */
  mark: string | undefined;
}

const newLine = (): Line => ({
  rest: '',
  kind: 'unknown',
  isTelling: false,
  endsInSpace: true,
  hasWords: false,
  mark: undefined,
});

/** Lines that come in pieces. Those whose kind is known are shown word by word. */
class Lines {
  readonly #layout: Layout;
  readonly #width: number;
  readonly #style: Style;
  #line = newLine();
  /** The mark of the fence that is open. */
  #fence: string | null = null;
  #inline: InlineState = plainInline();
  /** Whether the next line may continue the block of the last one. */
  #open = false;

  constructor(layout: Layout, { width, style }: MarkdownOptions) {
    this.#layout = layout;
    this.#width = width;
    this.#style = style;
  }

  /** More of the line. What came is looked at when a word has ended, and not with every piece: each character is looked at a few times, however small the pieces are. */
  add(piece: string): void {
    const line = this.#line;
    line.rest += piece;
    if (piece === '' || this.#fence !== null || line.kind === 'whole') return;
    const wordEnded = /[ \t]/.test(line.endsInSpace ? piece.trimStart() : piece);
    line.endsInSpace = /[ \t]$/.test(piece);
    line.isTelling ||= !AMBIGUOUS.test(piece);
    if (!wordEnded || !line.isTelling) return;
    if (line.kind === 'unknown') this.#look(line);
    if (isShownByWords(line)) this.#show(line, { goesOn: true });
  }

  /** The line is complete. */
  end(): void {
    const line = this.#line;
    this.#line = newLine();
    if (!isShownByWords(line)) {
      if (this.#showWhole(line.rest)) {
        this.#open = false;
        return;
      }
      this.#beginWords(line);
    }
    this.#finish(line);
  }

  /** There are no more lines: what came after the last line feed is one. */
  endRest(): void {
    if (this.#line.rest !== '') this.end();
  }

  /** Shows a line of a kind that has no words to wrap. False: it is of another. */
  #showWhole(line: string): boolean {
    const wasInside = this.#fence !== null;
    this.#fence = fenceAfter(this.#fence, line);
    if (wasInside || this.#fence !== null) {
      if (wasInside && this.#fence !== null) this.#begin(line === '' ? '' : `    ${this.#style.cyan(line)}`);
    } else if (line.trim() === '') this.#layout.endParagraph();
    else if (TABLE.test(line)) this.#begin(line);
    else if (RULE.test(line)) this.#begin(this.#style.dim('─'.repeat(Math.min(this.#width, 40))));
    else return false;
    return true;
  }

  #look(line: Line): void {
    if (FENCE.test(line.rest) || TABLE.test(line.rest)) line.kind = 'whole';
    else if (!MARK_ALONE.test(line.rest)) this.#beginWords(line);
  }

  #beginWords(line: Line): void {
    const heading = HEADING.exec(line.rest);
    const item = ITEM.exec(line.rest);
    const quote = QUOTE.exec(line.rest);
    line.kind = heading ? 'heading' : 'text';
    if (item) {
      const lead = `${item[1]!.replaceAll('\t', '    ')}${/\d/.test(item[2]!) ? item[2] : '•'} `;
      this.#begin(this.#style.dim(lead), ' '.repeat(widthOf(lead)));
    } else if (quote) this.#begin(this.#style.dim('│ '), this.#style.dim('│ '));
    else if (heading || !this.#open) this.#begin('');
    line.rest = line.rest.slice((heading ?? item ?? quote)?.[0].length ?? 0);
  }

  #begin(lead: string, hanging = ''): void {
    this.#layout.begin(lead, hanging);
    this.#inline = plainInline();
  }

  #show(line: Line, { goesOn }: { readonly goesOn: boolean }): void {
    const { words, length } = splitWords(line.rest, { goesOn });
    line.rest = line.rest.slice(length);
    for (const word of words) {
      if (line.mark !== undefined) this.#word(line.mark, line);
      line.mark = undefined;
      if (line.kind === 'heading' && line.hasWords && /^#+$/.test(word)) line.mark = word;
      else this.#word(word, line);
    }
  }

  #word(raw: string, line: Line): void {
    const word = styleWord(raw, this.#inline, this.#style);
    this.#layout.word(line.kind === 'heading' ? this.#style.bold(word) : word);
    line.hasWords = true;
  }

  #finish(line: Line): void {
    const isText = line.kind === 'text';
    const hasBackslash = isText && line.rest.endsWith('\\');
    const breaks = hasBackslash || (isText && line.rest.endsWith('  '));
    if (hasBackslash) line.rest = line.rest.slice(0, -1);
    this.#show(line, { goesOn: false });
    if (breaks) this.#layout.endLine();
    this.#open = isText;
  }
}

function isShownByWords({ kind }: Line): boolean {
  return kind === 'text' || kind === 'heading';
}

/** The fence that is open after a line, given the one that was open before it. */
function fenceAfter(open: string | null, line: string): string | null {
  const mark = FENCE.exec(line)?.[1];
  if (open === null) return mark ?? null;
  return mark?.startsWith(open) && line.trim() === mark ? null : open;
}
