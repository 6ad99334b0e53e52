import { Lexer, type Token, type TokensList } from 'marked';

type Links = TokensList['links'];

/** A part of the text after which a blank line and a whole further line stand: nothing that follows can change its blocks. */
interface Closed {
  readonly raw: string;
  readonly first: number;
  readonly count: number;
}

/**
 * Lexes Markdown that grows at its end. What is finished is kept, and only the rest is lexed again, so that a piece costs what the last block
 * costs. The blocks are those that lexing the whole text would give, at any moment.
 */
export class MarkdownStream {
  #text = '';
  #blocks: Token[] = [];
  #closed: Closed[] = [];
  /** Where the part begins that may still change: in the text, and among the blocks. */
  #openAt = 0;
  #openBlock = 0;
  /** Definitions of links in the closed part, and all that are known. */
  #closedLinks: Links = noLinks();
  #links = '{}';

  /** The blocks of `text`, without blank lines and definitions of links. Tokens of blocks that did not change keep their identity. */
  update(text: string): readonly Token[] {
    const clean = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
    if (clean === this.#text) return this.#blocks;
    if (!clean.startsWith(this.#text)) this.#forget();
    this.#text = clean;
    const tail = clean.slice(this.#openAt);
    const { tokens, links } = lex(tail, this.#closedLinks);
    this.#blocks = [...this.#blocks.slice(0, this.#openBlock), ...tokens.filter(isShown)];
    const known = JSON.stringify(links);
    if (known !== this.#links) {
      this.#links = known;
      this.#relink(links);
    }
    this.#close(tail, tokens);
    return this.#blocks;
  }

  /** So many of the blocks can no longer change, save for what their links lead to. */
  get closedBlocks(): number {
    return this.#openBlock;
  }

  #forget(): void {
    this.#blocks = [];
    this.#closed = [];
    this.#openAt = this.#openBlock = 0;
    this.#closedLinks = noLinks();
    this.#links = '{}';
  }

  /** A definition may stand after what refers to it. */
  #relink(links: Links): void {
    for (const { raw, first, count } of this.#closed) {
      if (!raw.includes('[')) continue;
      this.#blocks.splice(first, count, ...lex(raw, links).tokens.filter(isShown));
    }
  }

  #close(tail: string, tokens: readonly Token[]): void {
    let at = 0;
    let from = 0;
    let count = 0;
    for (const token of tokens) {
      // A definition that was there before is no token, and what it took of the text is not known.
      if (!tail.startsWith(token.raw, at)) break;
      at += token.raw.length;
      if (isShown(token)) count++;
      if (!isBoundary(tail, at)) continue;
      const raw = tail.slice(from, at);
      this.#closed.push({ raw, first: this.#openBlock, count });
      if (raw.includes(']:')) this.#closedLinks = lex(raw, this.#closedLinks).links;
      this.#openAt += at - from;
      this.#openBlock += count;
      from = at;
      count = 0;
    }
  }
}

/** Whether a blank line stands before this place and a whole line with something in it behind it. */
function isBoundary(text: string, at: number): boolean {
  if (!/\n[ \t]*\n$/.test(text.slice(Math.max(0, at - 40), at))) return false;
  return text.slice(at, text.indexOf('\n', at) + 1).trim() !== '';
}

/** One line of Markdown, without blocks. */
export function lexLine(text: string): Token[] {
  return Lexer.lexInline(text, { gfm: true });
}

function lex(text: string, known: Links): { tokens: Token[]; links: Links } {
  try {
    const lexer = new Lexer({ gfm: true });
    const links = Object.assign(noLinks(), known);
    lexer.tokens.links = links;
    return { tokens: [...lexer.lex(text)], links };
  } catch {
    // Thousands of nested quotes overflow its stack.
    return { tokens: [{ type: 'text', raw: text, text }], links: known };
  }
}

function noLinks(): Links {
  return Object.create(null);
}

function isShown({ type }: Token): boolean {
  return type !== 'space' && type !== 'def';
}
