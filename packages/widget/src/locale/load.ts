import { ENGLISH, NAMES, type Word, type Words, wordsOf } from './words.ts';

type Table = Readonly<Partial<Record<Word, string>>>;

/** What a table is once it has been built: its texts without their names, in the order of the English ones. */
type Texts = readonly (string | null)[];

/** One chunk each, loaded when a chat speaks the language. */
const TABLES: Readonly<Record<string, () => Promise<{ readonly default: Table | Texts }>>> = {
  de: () => import('./de.json', { with: { type: 'json' } }),
  es: () => import('./es.json', { with: { type: 'json' } }),
  fr: () => import('./fr.json', { with: { type: 'json' } }),
  it: () => import('./it.json', { with: { type: 'json' } }),
  ja: () => import('./ja.json', { with: { type: 'json' } }),
  pt: () => import('./pt-BR.json', { with: { type: 'json' } }),
};

/**
 * The words for a language tag: `de-AT` and `DE_at` are German, any Portuguese is Brazilian, languages that are not there are English.
 * `locale` of the result is the tag that was asked for where its language is there (dates and numbers follow the region), else `en`.
 * Never rejects: words that cannot be loaded are English.
 */
export async function loadWords(locale: string): Promise<Words> {
  const tag = canonical(locale);
  const language = tag.split('-', 1)[0] ?? '';
  if (language === 'en') return { ...ENGLISH, locale: tag };
  try {
    const table = await TABLES[language]?.();
    return table ? wordsOf(tag, named(table.default)) : ENGLISH;
  } catch (error) {
    console.error(`[Clew] The words of "${tag}" could not be loaded; the chat speaks English.`, error);
    return ENGLISH;
  }
}

function named(table: Table | Texts): Table {
  return isTexts(table) ? Object.fromEntries(NAMES.map((word, index) => [word, table[index] ?? undefined])) : table;
}

function isTexts(table: Table | Texts): table is Texts {
  return Array.isArray(table);
}

/** `de_at` as `de-AT`; `en` for what is no tag. */
function canonical(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale.replaceAll('_', '-'))[0] ?? 'en';
  } catch {
    return 'en';
  }
}
