import { lexer } from 'marked';
import type { CitationPart } from '../../model/index.ts';
import { plainText } from './documents/plain-text.ts';
import { excerpt, type Interest, interestIn, splitSentences } from './excerpt.ts';
import { type Found, type FoundPassage, LEAST_NEAR, NEAR } from './find.ts';
import { stem, wordsOf } from './words.ts';

/** Text and the places it comes from. */
export interface Answer {
  readonly text: string;
  readonly citations: readonly CitationPart[];
}

/** Lengths in UTF-16 code units of Markdown. */
const MAIN = 1_600;
const SECOND = 700;
const SNIPPET = 240;
/** A passage must speak of this much of the question to answer it; less will do when its heading speaks of it … */
const FITS = 0.5;
const FITS_BY_HEADING = 0.34;
/** … and below this the answer says first that it does not fit well. */
const FITS_WELL = 0.62;
/** A passage that is so near in its meaning answers well without the words of the question. */
const VERY_NEAR = 0.4;
/** A word that no document has is mentioned when it makes this much of the question. */
const WORTH_MENTIONING = 0.3;
/** A second passage is shown when it is nearly as good, or when it speaks of what the first does not. */
const NEARLY = 0.88;
/** Others are linked to when they are at least so good, measured by the first. */
const WORTH_A_LINK = 0.65;

/** Whether what was found answers the question at all. */
export function answers({ passages }: Found): boolean {
  return passages[0] !== undefined && fits(passages[0]);
}

function fits({ coverage, in_heading: inHeading, closeness = 0 }: FoundPassage): boolean {
  return closeness >= NEAR || coverage >= FITS || (coverage >= FITS_BY_HEADING && inHeading >= FITS_BY_HEADING / 2);
}

/** Puts an answer together from what was found. Pure: the same finding gives the same text, letter by letter. */
export function compose({ passages, unknown, weights }: Found): Answer {
  const main = passages[0]!;
  const interest = interestIn(weights);
  const missing = unknown.filter((word) => !main.words.includes(word));
  const page = new Page();
  const { closeness = 0 } = main;
  const fitsWell = closeness >= VERY_NEAR || (isSure(main) && main.coverage >= FITS_WELL);
  if (!fitsWell) page.add(`${confession(missing)}\n\n`);
  show(page, main, { interest, budget: MAIN });
  // Beside a passage that means what was asked, one that shares a word with the question says nothing.
  const isBeside = (passage: FoundPassage) => closeness >= NEAR && (passage.closeness ?? 0) < LEAST_NEAR;
  const rest = passages
    .slice(1)
    .filter((passage) => fits(passage) && !isBeside(passage) && passage.score >= main.score * WORTH_A_LINK);
  const second = rest.find((passage) => addsTo(main, passage, weights));
  if (second) {
    page.add('\n\n');
    show(page, second, { interest, budget: SECOND });
  }
  const links = distinct(
    rest.filter((passage) => !sameSection(passage, main) && !(second && sameSection(passage, second))),
  );
  if (links.length > 0) {
    page.add('\n\n**See also**\n');
    for (const passage of links) {
      page.add('\n- ');
      page.cite(link(passage), citation(passage, interest));
    }
  }
  // Who means the same in other words misses nothing.
  if (fitsWell && closeness < NEAR && share(missing, weights) >= WORTH_MENTIONING) {
    page.add(`\n\nMy documents do not mention ${quoted(missing)}.`);
  }
  return page;
}

/** A text that grows, and where in it what comes from where. */
class Page implements Answer {
  text = '';
  readonly citations: CitationPart[] = [];
  #points = 0;

  add(text: string): void {
    this.text += text;
    for (const _ of text) this.#points += 1;
  }

  cite(text: string, source: CitationPart): void {
    const start = this.#points;
    this.add(text);
    this.citations.push({ ...source, start, end: this.#points });
  }
}

function show(page: Page, passage: FoundPassage, { interest, budget }: { interest: Interest; budget: number }): void {
  if (!repeatsTheQuestion(passage)) page.add(`**${passage.headings.at(-1) ?? passage.title}**\n\n`);
  page.cite(excerpt(passage.text, interest, budget), citation(passage, interest));
}

/** One word in the middle of a text may stand there for anything. */
function isSure({ in_heading: inHeading, words }: FoundPassage): boolean {
  return inHeading > 0 || words.length > 1;
}

/** A heading that says what was asked need not be read again. */
function repeatsTheQuestion(passage: FoundPassage): boolean {
  return passage.in_heading >= 0.8 && passage.heading_fits >= 0.8;
}

function addsTo(main: FoundPassage, passage: FoundPassage, weights: Found['weights']): boolean {
  if (sameSection(main, passage)) return passage.score >= main.score * 0.7;
  const news = passage.words.filter((word) => !main.words.includes(word));
  return share(news, weights) >= 0.25 || (passage.score >= main.score * NEARLY && main.coverage >= FITS_WELL);
}

/** How much of the question these words make, from 0 to 1. */
function share(words: readonly string[], weights: Found['weights']): number {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0) || 1;
  return words.reduce((sum, word) => sum + (weights[word] ?? 0), 0) / total;
}

function confession(missing: readonly string[]): string {
  if (missing.length === 0) return 'I found no passage that answers this as a whole. This comes closest:';
  return `I found nothing about ${quoted(missing)} in my documents. This comes closest:`;
}

/** `“a”, “b” or “c”`, at most three. */
export function quoted(words: readonly string[]): string {
  const shown = words.slice(0, 3).map((word) => `“${word}”`);
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`;
}

function link(passage: FoundPassage): string {
  const name = passage.headings.join(' › ').replace(/[[\]]/g, '\\$&');
  const address = addressOf(passage);
  return address === null ? name : `[${name}](${address})`;
}

/** Where a passage stands, for a reader. */
export function citation(passage: FoundPassage, interest: Interest): CitationPart {
  const address = addressOf(passage);
  const { path, anchor, headings, score } = passage;
  return {
    type: 'citation',
    ...(address !== null && { url: address }),
    title: headings.join(' › '),
    description: snippet(passage.text, interest),
    source: anchor === null ? path : `${path}#${anchor}`,
    score,
  };
}

function addressOf({ url, anchor }: FoundPassage): string | null {
  return url === null || anchor === null || url.includes('#') ? url : `${url}#${anchor}`;
}

/** The sentence of the passage that speaks most of the question, without markup. */
function snippet(markdown: string, interest: Interest): string {
  const text = lexer(markdown)
    .map((token) => (token.type === 'code' ? '' : plainText([token])))
    .filter((block) => block.trim() !== '')
    .join(' ');
  const all = splitSentences(text === '' ? markdown : text);
  const value = (sentence: string) => {
    const stems = new Set(wordsOf(sentence).map(stem));
    return [...interest].reduce((sum, [word, weight]) => sum + (stems.has(word) ? weight : 0), 0);
  };
  const best = all.reduce((top, sentence) => (value(sentence) > value(top) ? sentence : top), all[0] ?? '').trim();
  if (best.length <= SNIPPET) return best;
  return `${best.slice(0, best.lastIndexOf(' ', SNIPPET)).toWellFormed()} …`;
}

function sameSection(a: FoundPassage, b: FoundPassage): boolean {
  return (
    a.knowledge_base === b.knowledge_base &&
    a.path === b.path &&
    a.anchor === b.anchor &&
    a.headings.join() === b.headings.join()
  );
}

function distinct(passages: readonly FoundPassage[]): FoundPassage[] {
  return passages.filter((passage, at) => passages.findIndex((other) => sameSection(other, passage)) === at);
}
