/** What a pasted snippet says. */
export interface ParsedSnippet {
  /** The value of `window.wxOConfiguration`; undefined when there is none. Functions are functions that do nothing; what only the page can work out is left out. */
  readonly configuration: Record<string, unknown> | undefined;
  /** Keys whose values only the page knows, e.g. `token`. */
  readonly unknown: readonly string[];
  readonly loadsLoader: boolean;
  readonly callsInit: boolean;
}

/** Reads a snippet without running any of it. Throws an `Error` with one sentence when the object is not closed or has no sense. */
export function parseSnippet(text: string): ParsedSnippet {
  const start = /wxOConfiguration\s*=\s*(?=\{)/.exec(text);
  const reader = start ? new LiteralReader(text, start.index + start[0].length) : undefined;
  return {
    configuration: reader?.object(''),
    unknown: reader?.unknown ?? [],
    loadsLoader: /wxoLoader\.js/.test(text),
    callsInit: /wxoLoader\s*(\?\.|\.)\s*init\s*\(/.test(text),
  };
}

/** Stands for a value that only the page can work out. */
const UNKNOWN = Symbol('unknown');

/** Reads JavaScript's object literals as far as configurations have them. */
class LiteralReader {
  readonly unknown: string[] = [];
  readonly #text: string;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  object(path: string): Record<string, unknown> {
    const found: Record<string, unknown> = {};
    this.#expect('{');
    for (;;) {
      if (this.#take('}')) return found;
      const key = this.#key();
      const place = path ? `${path}.${key}` : key;
      let value: unknown = UNKNOWN;
      if (this.#take(':')) value = this.#value(place);
      else if (this.#peek() === '(') {
        this.#skip();
        value = () => {};
      }
      if (value === UNKNOWN) this.unknown.push(place);
      else found[key] = value;
      if (!this.#take(',') && this.#peek() !== '}') throw new Error(`A comma is missing after ${place}.`);
    }
  }

  #value(path: string): unknown {
    const next = this.#peek();
    if (next === '{') return this.object(path);
    if (next === '"' || next === "'" || next === '`') {
      const text = this.#string();
      if (/[\w"'`]/.test(this.#peek())) throw new Error(`A comma is missing after ${path}.`);
      return /[,}]/.test(this.#peek()) ? text : this.#skip();
    }
    const from = this.#at;
    this.#skip();
    const source = this.#text.slice(from, this.#at).trim();
    if (/^(true|false|null|-?[\d.]+)$/.test(source)) return JSON.parse(source);
    if (/^(async\b\s*)?(function\b|\([^)]*\)\s*=>|[\w$]+\s*=>)/.test(source)) return () => {};
    return UNKNOWN;
  }

  #key(): string {
    const next = this.#peek();
    if (next === '"' || next === "'") return this.#string();
    const name = /^(?:async\s+)?([\w$]+)/.exec(this.#text.slice(this.#at));
    if (!name) throw new Error(`There is no key at "${this.#text.slice(this.#at, this.#at + 20)}".`);
    this.#at += name[0].length;
    return name[1] as string;
  }

  #string(): string {
    const quote = this.#text[this.#at];
    let value = '';
    for (this.#at += 1; this.#text[this.#at] !== quote; this.#at += 1) {
      if (this.#at >= this.#text.length) throw new Error('A text is not closed.');
      if (this.#text[this.#at] === '\\') this.#at += 1;
      value += this.#text[this.#at] ?? '';
    }
    this.#at += 1;
    return value;
  }

  /** Goes on to the comma or bracket that ends a value. */
  #skip(): typeof UNKNOWN {
    let depth = 0;
    for (;;) {
      const next = this.#peek();
      if (next === '') throw new Error('The configuration is not closed: a } is missing.');
      if (depth === 0 && (next === ',' || next === '}')) return UNKNOWN;
      if (next === '"' || next === "'" || next === '`') {
        this.#string();
        continue;
      }
      if ('([{'.includes(next)) depth += 1;
      if (')]}'.includes(next)) depth -= 1;
      this.#at += 1;
    }
  }

  #peek(): string {
    const blank = /^(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/.exec(this.#text.slice(this.#at));
    this.#at += blank?.[0].length ?? 0;
    return this.#text[this.#at] ?? '';
  }

  #take(wanted: string): boolean {
    if (this.#peek() !== wanted) return false;
    this.#at += 1;
    return true;
  }

  #expect(wanted: string): void {
    if (!this.#take(wanted)) throw new Error(`A ${wanted} is missing.`);
  }
}
