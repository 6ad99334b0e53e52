/** Scripts that are written without spaces: whoever takes text apart would take a whole sentence for one word. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;

/** Text with spaces around what is a word by itself, and without what a database cannot keep. */
export function spaced(text: string): string {
  return text.toWellFormed().replaceAll('\0', ' ').replace(UNSPACED, ' $& ');
}

/**
 * The stemmers take `-ed` off `embed` but not off the `embed` that is left of `embedding`: words whose root ends in `ed` are asked for both ways.
 */
export function formsOf(word: string): readonly string[] {
  const root = word.replace(/(?<=ed)(?:ded|ding|s)$/i, '');
  return /\p{L}{3,}ed$/iu.test(root) ? [...new Set([word, root, `${root}ding`])] : [word];
}
