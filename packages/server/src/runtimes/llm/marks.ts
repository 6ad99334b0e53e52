/** What a text with marks is taken apart into: text as it is, and a place where sources are named. */
export type Marked = string | { readonly sources: readonly number[] };

/** A whole mark, with the spaces before it: `[1]`, `[1, 2]`. Followed by `(` it is a link. */
const MARK = /^[ \t]*\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]/;
/** What may become a mark when more comes. */
const BEGINNING = /^[ \t]*(?:\[[\d,; ]{0,24}\]?)?$/;
const INTERESTING = /[ \t[`]/;

/**
 * Takes marks of sources out of a text that comes in pieces. What may be a mark is held back until it is known; what is none comes as it is, and so does
 * everything in code, in links, and with numbers that are no sources.
 */
export class MarkReader {
  readonly #isSource: (number: number) => boolean;
  #held = '';
  #inCode = false;

  constructor(isSource: (number: number) => boolean) {
    this.#isSource = isSource;
  }

  /** What is known after one more piece. */
  read(piece: string): Marked[] {
    return this.#take(this.#held + piece, false);
  }

  /** The rest, once no more comes. */
  end(): Marked[] {
    return this.#take(this.#held, true);
  }

  #take(text: string, ended: boolean): Marked[] {
    const found: Marked[] = [];
    let plain = '';
    let rest = text;
    this.#held = '';
    while (rest !== '') {
      const at = rest.search(INTERESTING);
      plain += at < 0 ? rest : rest.slice(0, at);
      rest = at < 0 ? '' : rest.slice(at);
      if (rest === '') break;
      if (!ended && this.#isOpen(rest)) {
        this.#held = rest;
        break;
      }
      const mark = this.#inCode ? null : MARK.exec(rest);
      const sources = mark ? mark[1]!.split(/[,;]/).map(Number) : [];
      if (mark && rest[mark[0].length] !== '(' && sources.every(this.#isSource)) {
        if (plain !== '') found.push(plain);
        plain = '';
        found.push({ sources });
        rest = rest.slice(mark[0].length);
        continue;
      }
      const length = /^`+/.exec(rest)?.[0].length ?? 1;
      if (rest[0] === '`') this.#inCode = !this.#inCode;
      plain += rest.slice(0, length);
      rest = rest.slice(length);
    }
    if (plain !== '') found.push(plain);
    return found;
  }

  /** Whether what comes next decides what this is. */
  #isOpen(text: string): boolean {
    return /^`+$/.test(text) || (!this.#inCode && BEGINNING.test(text));
  }
}
