import en from './en.json' with { type: 'json' };

/** The name of a text of the chat. */
export type Word = keyof typeof en;

/** All of them, in the order of their file. */
export const NAMES = Object.keys(en) as readonly Word[];

/** The chat's own words in one language. */
export interface Words {
  /** E.g. `pt-BR`. */
  readonly locale: string;
  /** The text with `{name}` filled in. Texts are plain, never markup. */
  t(word: Word, values?: Readonly<Record<string, string | number>>): string;
}

/** Words from a table; those it lacks are English. */
export function wordsOf(locale: string, table: Readonly<Partial<Record<Word, string>>>): Words {
  return {
    locale,
    t: (word, values = {}) =>
      (table[word] ?? en[word]).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)),
  };
}

/** What the chat speaks until another language has been loaded. */
export const ENGLISH: Words = wordsOf('en', en);
