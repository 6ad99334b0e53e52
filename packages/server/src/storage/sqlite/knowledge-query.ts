import { formsOf, spaced } from '../words.ts';

/** What is longer than this, in UTF-16 code units, is cut: nobody looks for it. */
const LONGEST_WORD = 200;

/**
 * The MATCH expression that finds a word as somebody typed it, e.g. `("embed" OR "embedding")`; undefined when there is nothing to find. Everything is
 * quoted, so that no input is an operator; a word with punctuation in it is a phrase.
 */
export function matchWord(word: string): string | undefined {
  const plain = unquoted(word);
  return plain && `(${formsOf(plain).map(quoted).join(' OR ')})`;
}

/** As `matchWord`, for any word that begins so. */
export function matchBeginning(word: string): string | undefined {
  const plain = unquoted(word);
  return plain && `(${quoted(plain)} *)`;
}

function unquoted(word: string): string | undefined {
  const plain = spaced(word.slice(0, LONGEST_WORD)).replaceAll('"', ' ').trim();
  return /[\p{L}\p{N}\p{Co}]/u.test(plain) ? plain : undefined;
}

function quoted(text: string): string {
  return `"${text}"`;
}
