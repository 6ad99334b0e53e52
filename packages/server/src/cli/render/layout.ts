import { widthOf } from './text.ts';

/** Words one after another, wrapped, in blocks below each other. What was written is never changed again. */
export class Layout {
  /** Whether anything was written at all. */
  hasText = false;
  readonly #width: number;
  #out = '';
  /** Nothing was written since the last empty line. */
  #isFirst = true;
  #column = 0;
  #hanging = '';
  /** What comes before the next word. */
  #gap: '' | ' ' | '\n' = '';

  /** Wraps at `width` columns. */
  constructor(width: number) {
    this.#width = width;
  }

  /** Begins a block on a line of its own, with `lead`; further lines of it are indented with `hanging`. */
  begin(lead: string, hanging: string): void {
    this.#breakLine();
    this.#write(lead);
    this.#hanging = hanging;
    this.#gap = '';
  }

  word(word: string): void {
    if (this.#gap === '\n' || (this.#gap === ' ' && this.#column + 1 + widthOf(word) > this.#width)) {
      this.#breakLine();
      this.#write(this.#hanging);
    } else this.#write(this.#gap);
    this.#write(word);
    this.#gap = ' ';
  }

  /** The next word of the block goes on a line of its own. */
  endLine(): void {
    this.#gap = '\n';
  }

  /** An empty line comes before the next block. */
  endParagraph(): void {
    this.#isFirst = true;
    this.#column = 0;
  }

  /** What was written since this was asked for the last time. */
  take(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }

  #breakLine(): void {
    if (!this.#isFirst) this.#out += '\n';
    this.#column = 0;
  }

  #write(text: string): void {
    if (text === '') return;
    if (this.#isFirst && this.hasText) this.#out += '\n\n';
    this.#isFirst = false;
    this.hasText = true;
    this.#out += text;
    this.#column += widthOf(text);
  }
}
