import type { Json, Part, TextPart } from '../model/index.ts';

/**
 * How what is said now stands to what an earlier attempt said: `behind` when it is a beginning of that (or all of it), `different` when it says something
 * else, and otherwise what goes beyond it: text that goes on in the last part, or everything from here on.
 */
export type Relation = 'behind' | 'different' | { readonly ahead: string };

/** Whether further text joins this part: it is text and nothing but text. */
export function isPlain(part: Part | undefined): part is TextPart {
  return part?.type === 'text' && !part.contentType && !part.name && !part.citation && !part.extra;
}

/**
 * Follows a message that is said again along the message in the log, piece by piece: what has been compared is not looked at again, however long it is.
 * Once it said `different` or `ahead` it is of no more use.
 */
export class Repetition {
  readonly #logged: readonly Part[];
  /** The part that is being repeated … */
  #part = 0;
  /** … and how much of its text has been; 0 when it has not begun. */
  #offset = 0;

  constructor(logged: readonly Part[]) {
    this.#logged = logged;
  }

  /** Everything in the log has been said again. */
  get complete(): boolean {
    return this.#part >= this.#logged.length || (this.#part === this.#logged.length - 1 && this.#isPartDone());
  }

  /** Text is said, in the part that is being said or (`begins`) in a new one. */
  text(text: string, { begins }: { begins: boolean }): Relation {
    if (begins && !this.#endPart()) return 'different';
    const part = this.#logged[this.#part];
    if (!part) return { ahead: text };
    if (!isPlain(part)) return 'different';
    if (part.text.startsWith(text, this.#offset)) {
      this.#offset += text.length;
      return 'behind';
    }
    const rest = part.text.slice(this.#offset);
    const isLast = this.#part === this.#logged.length - 1;
    return isLast && text.startsWith(rest) ? { ahead: text.slice(rest.length) } : 'different';
  }

  /** A whole part is said. */
  part(part: Part): Relation {
    if (isPlain(part)) return this.text(part.text, { begins: true });
    if (!this.#endPart()) return 'different';
    const logged = this.#logged[this.#part];
    if (!logged) return { ahead: '' };
    if (JSON.stringify(logged) !== JSON.stringify(part)) return 'different';
    this.#part += 1;
    return 'behind';
  }

  /** Goes on to the next part, if the one that has begun is done. */
  #endPart(): boolean {
    if (this.#offset === 0) return true;
    if (!this.#isPartDone()) return false;
    this.#part += 1;
    this.#offset = 0;
    return true;
  }

  #isPartDone(): boolean {
    const part = this.#logged[this.#part];
    return isPlain(part) && this.#offset === part.text.length;
  }
}

/** Follows facts without an id that are stated again: those that the log has, in its order, are no news. From the first that differs everything is. */
export class FactRepetition {
  readonly #logged: readonly Json[];
  #next = 0;

  constructor(logged: readonly Json[]) {
    this.#logged = logged;
  }

  /** Whether the fact, as JSON, goes beyond the log. */
  isNew(fact: string): boolean {
    if (this.#next < this.#logged.length && JSON.stringify(this.#logged[this.#next]) === fact) {
      this.#next += 1;
      return false;
    }
    this.#next = this.#logged.length;
    return true;
  }
}
