import { lexer, type Token, type Tokens } from 'marked';
import { stem, wordsOf } from './words.ts';

/** What an excerpt is chosen by: how much each stem of the question weighs. */
export type Interest = ReadonlyMap<string, number>;

/** Makes an interest of the words of a question. */
export function interestIn(weights: Readonly<Record<string, number>>): Interest {
  return new Map(Object.entries(weights).map(([word, weight]) => [stem(word), weight]));
}

interface Piece {
  readonly text: string;
  readonly value: number;
  /** Shown only together with the piece before it. */
  readonly follows: boolean;
}

const MOST_ROWS = 8;
/** Rows are shown when they speak of this much of what the best row speaks of. */
const WORTH_SHOWING = 0.5;

/**
 * The part of a passage that speaks of the question, at most about `budget` UTF-16 code units of Markdown. Code is kept whole, together with the text that leads
 * to it; long paragraphs give the sentences, long lists and tables the rows that fit best. A passage that is short enough is given back whole.
 */
export function excerpt(markdown: string, interest: Interest, budget: number): string {
  if (markdown.length <= budget) return markdown;
  const blocks = lexer(markdown).filter(({ type }) => type !== 'space' && type !== 'def');
  const pieces = blocks.map((token, at): Piece => {
    const text = shortened(token, interest, budget);
    const lead = blocks[at - 1];
    const follows = lead?.type === 'paragraph' && (token.type === 'code' || /:\s*$/.test(lead.raw));
    return { text, value: value(text, interest) + (at === 0 ? 0.5 : 0), follows };
  });
  return join(pieces, choose(pieces, budget));
}

/** Places of the pieces to show: the most valuable first, each with the text that leads to it, until the budget is used. */
function choose(pieces: readonly Piece[], budget: number): Set<number> {
  const chosen = new Set<number>();
  let left = budget;
  const worth = (at: number): number => pieces[at]!.value + (pieces[at + 1]?.follows ? worth(at + 1) : 0);
  const order = pieces.map((_, at) => at).sort((a, b) => worth(b) - worth(a) || a - b);
  for (const at of order) {
    const group = [at];
    while (pieces[group[0]!]!.follows) group.unshift(group[0]! - 1);
    while (pieces[group.at(-1)! + 1]?.follows) group.push(group.at(-1)! + 1);
    const added = group.filter((place) => !chosen.has(place));
    const size = added.reduce((sum, place) => sum + pieces[place]!.text.length, 0);
    if (chosen.size > 0 && size > left) continue;
    for (const place of added) chosen.add(place);
    left -= size;
  }
  return chosen;
}

function join(pieces: readonly Piece[], chosen: ReadonlySet<number>): string {
  const shown = pieces.filter((_, at) => chosen.has(at));
  return shown.map(({ text }) => text).join('\n\n');
}

function value(text: string, interest: Interest): number {
  const stems = new Set(wordsOf(text).map(stem));
  let sum = 0;
  for (const [word, weight] of interest) if (stems.has(word)) sum += weight;
  return sum;
}

function shortened(token: Token, interest: Interest, budget: number): string {
  const raw = token.raw.trimEnd();
  const limit = budget / 2;
  if (raw.length <= limit || token.type === 'code') return raw;
  if (token.type === 'list') {
    const { items } = token as Tokens.List;
    const kept = best(items, (item) => value(item.raw, interest), MOST_ROWS);
    return rows(kept, items.length, (item) => item.raw.trimEnd());
  }
  if (token.type === 'table') {
    const lines = raw.split('\n');
    const body = lines.slice(2);
    const kept = best(body, (line) => value(line, interest), MOST_ROWS);
    return [...lines.slice(0, 2), ...kept].join('\n');
  }
  return token.type === 'paragraph' || token.type === 'text' ? sentences(raw, interest, limit) : raw;
}

/** Those of most value, in their own order; the first ones when nothing has any. */
function best<T>(items: readonly T[], rate: (item: T) => number, most: number): T[] {
  const rated = items.map((item, at) => ({ item, at, value: rate(item) }));
  const top = Math.max(...rated.map((one) => one.value));
  const worthwhile = rated.filter((one) => one.value > 0 && one.value >= top * WORTH_SHOWING);
  const kept = (worthwhile.length > 0 ? worthwhile : rated)
    .sort((a, b) => b.value - a.value || a.at - b.at)
    .slice(0, most);
  return kept.sort((a, b) => a.at - b.at).map(({ item }) => item);
}

function rows<T>(kept: readonly T[], all: number, show: (item: T) => string): string {
  return kept.map(show).join('\n') + (kept.length < all ? '\n- …' : '');
}

/** Neighbouring sentences around the one of most value. */
function sentences(paragraph: string, interest: Interest, limit: number): string {
  const all = splitSentences(paragraph);
  const values = all.map((sentence) => value(sentence, interest));
  let from = values.indexOf(Math.max(...values));
  let to = from + 1;
  let size = all[from]!.length;
  for (;;) {
    const forward = to < all.length && size + all[to]!.length <= limit;
    const backward = from > 0 && size + all[from - 1]!.length <= limit;
    if (!forward && !backward) break;
    if (forward && (!backward || values[to]! >= values[from - 1]!)) size += all[to++]!.length;
    else size += all[--from]!.length;
  }
  const text = all.slice(from, to).join('').trim();
  return `${from > 0 ? '… ' : ''}${text}${to < all.length ? ' …' : ''}`;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/** Sentences with the space after them. A full stop within a code span or a link ends none. */
export function splitSentences(text: string): string[] {
  const result: string[] = [];
  for (const { segment } of segmenter.segment(text)) {
    const open = result.at(-1);
    if (open !== undefined && ((open.split('`').length - 1) % 2 === 1 || /\[[^\]]*$|\]\([^)]*$/.test(open))) {
      result[result.length - 1] = open + segment;
    } else result.push(segment);
  }
  return result;
}
