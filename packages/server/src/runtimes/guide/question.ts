import { contentWords, related, weightOf, wordsOf } from './words.ts';

/** A word of a question. */
export interface QuestionWord {
  readonly word: string;
  /** From 0 to 1. */
  readonly weight: number;
  /** Other words that would do. */
  readonly also: readonly string[];
}

/** What is to be looked up. */
export interface Question {
  readonly words: readonly QuestionWord[];
  /** Words that stand side by side in the message: `log level`. */
  readonly phrases: readonly string[];
  /** What is meant, in whole sentences: the message, and the one before where that is needed. */
  readonly text: string;
  /** The person asks for more on what was said before. */
  readonly more: boolean;
}

const CONTINUES =
  /^(?:and|but|or|also|then|so|ok(?:ay)?|what about|how about|what if|and how|why|why not|where|when|since when)\b/;
const POINTS_BACK = new Set([
  'it',
  'that',
  'this',
  'they',
  'them',
  'these',
  'those',
  'there',
  'its',
  'their',
  'one',
  'ones',
  'same',
  'latter',
  'former',
]);
const ASKS_FOR_MORE = /\b(?:more|else|further|continue|go on|elaborate|details?|detailed|in depth|examples?|next)\b/;
/** A message with more words of its own than this stands for itself. */
const FEW = 2;
/** What the words of an earlier message count. */
const EARLIER = 0.6;

/**
 * Takes a message apart. A short one that points back (`and in React?`, `why?`, `tell me more`) is understood with the message before it; `earlier` are the
 * person's messages so far, oldest first.
 */
export function understand(message: string, earlier: readonly string[]): Question {
  const own = contentWords(message);
  const before = earlier.at(-1);
  const text = message.trim().toLowerCase();
  const more = own.length <= FEW && ASKS_FOR_MORE.test(text) && own.every((word) => ASKS_FOR_MORE.test(word));
  const words = weigh(more ? [] : own, 1);
  if (before !== undefined && (more || pointsBack(text, own))) {
    const inherited = understand(before, earlier.slice(0, -1)).words;
    for (const { word, weight, also } of inherited) {
      if (!words.some((known) => known.word === word))
        words.push({ word, weight: weight * (words.length > 0 ? EARLIER : 1), also });
    }
    const sentences = more ? before : `${before}\n${message}`;
    return { words, phrases: more ? [] : phrasesIn(message, own), text: sentences, more };
  }
  const all = words.length > 0 ? words : weigh([...new Set(wordsOf(message))], 1);
  return { words: all, phrases: phrasesIn(message, own), text: message, more: false };
}

function phrasesIn(message: string, content: readonly string[]): string[] {
  const all = wordsOf(message);
  return all
    .slice(1)
    .flatMap((word, at) => (content.includes(all[at]!) && content.includes(word) ? [`${all[at]} ${word}`] : []));
}

function pointsBack(text: string, own: readonly string[]): boolean {
  if (own.length > FEW) return false;
  return own.length === 0 || CONTINUES.test(text) || wordsOf(text).some((word) => POINTS_BACK.has(word));
}

function weigh(words: readonly string[], factor: number): QuestionWord[] {
  return words.map((word) => ({ word, weight: weightOf(word) * factor, also: related(word) }));
}
