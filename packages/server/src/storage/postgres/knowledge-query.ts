import { formsOf, spaced } from '../words.ts';

/** What is longer than this, in UTF-16 code units, is cut: nobody looks for it. */
const LONGEST_WORD = 200;
/** A beginning shorter than this fits too many words. */
const SHORTEST_BEGINNING = 4;

/** How a word is looked for. Each is a `tsquery` as text, in which every word is quoted: no input is an operator. */
export interface WordQuery {
  /** The word in any of its forms; one with punctuation in it is a phrase. */
  readonly exact: string;
  /** Any word that begins so; null for one that is too short. */
  readonly beginning: string | null;
}

/** Text as words in lower case, without accents and punctuation, so that PostgreSQL takes it apart in the same way whatever its locale is. */
export function plainWords(text: string): string {
  return spaced(text)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{Co}]+/gu, ' ')
    .trim();
}

/** How to look for a word as somebody typed it; undefined when there is nothing to find. */
export function wordQuery(word: string): WordQuery | undefined {
  const plain = plainWords(word.slice(0, LONGEST_WORD));
  if (plain === '') return undefined;
  const exact = formsOf(plain).map((form) => `(${phrase(form)})`);
  return {
    exact: exact.join(' | '),
    beginning: [...plain].length < SHORTEST_BEGINNING ? null : `${phrase(plain)}:*`,
  };
}

/** The same query for passages that have the word in their own heading: weight A. */
export function inHeading(query: string): string {
  return query.replace(/'(:\*)?(?=$|[\s)])/g, (_, beginning) => `':${beginning ? '*' : ''}A`);
}

function phrase(words: string): string {
  return words
    .split(' ')
    .map((word) => `'${word}'`)
    .join(' <-> ');
}
