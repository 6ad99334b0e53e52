/** Scripts that are written without spaces: the tokenizer would take a whole sentence for one word. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;

/** What is longer than this, in UTF-16 code units, is cut: nobody looks for it. */
const LONGEST_WORD = 200;

/** Text as the tokenizer can take it apart. A lone surrogate would end the text for SQLite, NUL the query. */
export function searchable(text: string): string {
  return text.toWellFormed().replaceAll('\0', ' ').replace(UNSPACED, ' $& ');
}

/**
 * The MATCH expression that finds a word as somebody typed it, e.g. `("embed" OR "embedding")`; undefined when there is nothing to find. Everything is
 * quoted, so that no input is an operator; a word with punctuation in it is a phrase.
 */
export function matchWord(word: string): string | undefined {
  const plain = unquoted(word);
  return plain && `(${forms(plain).map(quoted).join(' OR ')})`;
}

/** As `matchWord`, for any word that begins so. */
export function matchBeginning(word: string): string | undefined {
  const plain = unquoted(word);
  return plain && `(${quoted(plain)} *)`;
}

function unquoted(word: string): string | undefined {
  const plain = searchable(word.slice(0, LONGEST_WORD)).replaceAll('"', ' ').trim();
  return /[\p{L}\p{N}\p{Co}]/u.test(plain) ? plain : undefined;
}

function quoted(text: string): string {
  return `"${text}"`;
}

/**
 * The stemmer takes `-ed` off `embed` but not off the `embed` that is left of `embedding`: words whose root ends in `ed` are asked for both ways.
 */
function forms(word: string): readonly string[] {
  const root = word.replace(/(?<=ed)(?:ded|ding|s)$/i, '');
  return /\p{L}{3,}ed$/iu.test(root) ? [...new Set([word, root, `${root}ding`])] : [word];
}
