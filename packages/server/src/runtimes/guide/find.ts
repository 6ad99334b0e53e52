import type { KnowledgeHit, KnowledgeIndex } from '../../ports/index.ts';
import type { Question, QuestionWord } from './question.ts';
import { contentWords } from './words.ts';

/** A passage that may answer, as the run's log remembers it: plain JSON. */
export type FoundPassage = {
  readonly knowledge_base: string;
  readonly path: string;
  readonly title: string;
  readonly url: string | null;
  readonly anchor: string | null;
  readonly headings: readonly string[];
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** From 0 to 1. */
  readonly score: number;
  /** How much of the question it speaks of, from 0 to 1, and how much its own heading does. */
  readonly coverage: number;
  readonly in_heading: number;
  /** How much of its own heading the question asks for, from 0 to 1. */
  readonly heading_fits: number;
  /** The words of the question that it speaks of, as asked. */
  readonly words: readonly string[];
  /** How near its meaning is to the question's: at most 1. Absent where meanings are not searched. */
  readonly closeness?: number;
};

/** What a search in the agent's documents gave. */
export type Found = {
  /** Best first. */
  readonly passages: readonly FoundPassage[];
  /** Words of the question that no document has. */
  readonly unknown: readonly string[];
  /** Every word of the question and what it weighs here. */
  readonly weights: Readonly<Record<string, number>>;
};

/** Passages that are looked at, and those that are kept for the answer. */
const CANDIDATES = 30;
const KEPT = 4;
/** What is nearer than this means what was asked, whatever its words; what is less near has nothing to do with it. Measured with small models (all-MiniLM-L6-v2). */
export const NEAR = 0.35;
export const LEAST_NEAR = 0.2;
/** How little the first places of a ranking count more than the next ones. */
const FUSION = 60;
/** What a word counts that stands there only in other words: more when no document has the word itself. */
const BY_ANOTHER_WORD = { unknown: { heading: 0.8, text: 0.6 }, known: { heading: 0.6, text: 0.35 } };
/** Adverbs that no document has (`quickly`, `exactly`) are no topic. */
const ADVERB = 0.3;

/** Searches the knowledge bases and ranks what is found by how much of the question each passage and its heading speak of. */
export async function find(
  index: KnowledgeIndex,
  knowledgeBases: readonly string[],
  question: Question,
): Promise<Found> {
  const { words, phrases, text } = question;
  const rarity = await rarities(index, knowledgeBases, words);
  const weights = Object.fromEntries(words.map(({ word, weight }) => [word, weight * rarity.of(word)]));
  const asked = [...words.map(({ word }) => word), ...phrases, ...words.flatMap(({ also }) => also)];
  const hits = await index.search(knowledgeBases, asked, CANDIDATES, text);
  const best = Math.max(Number.EPSILON, ...hits.map(({ score }) => score));
  const rated = hits.map((hit) => rate(hit, { words, phrases, weights, best, unknown: rarity.unknown }));
  const passages = fuse(rated).slice(0, KEPT);
  return { passages, unknown: rarity.unknown, weights };
}

/**
 * Best first. Where meanings are searched, by reciprocal rank fusion (Cormack and others, 2009): the places that a passage has by its words and by its meaning count,
 * not the two scores, which cannot be compared. Only what is half as good as the best of a ranking has a place there: with few passages, everything would have one.
 */
function fuse(passages: readonly FoundPassage[]): FoundPassage[] {
  const nearOf = ({ closeness = 0 }: FoundPassage) => closeness;
  const byWords = passages.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
  if (passages.every(({ closeness }) => closeness === undefined)) return byWords;
  const byMeaning = passages.filter((one) => nearOf(one) >= LEAST_NEAR).sort((a, b) => nearOf(b) - nearOf(a));
  const worth = new Map<FoundPassage, number>();
  const vote = (ranking: readonly FoundPassage[], goodOf: (one: FoundPassage) => number): void => {
    const good = ranking.filter((one) => goodOf(one) >= goodOf(ranking[0]!) / 2);
    for (const [at, passage] of good.entries()) worth.set(passage, (worth.get(passage) ?? 0) + 1 / (FUSION + at + 1));
  };
  vote(byWords, ({ score }) => score);
  vote(byMeaning, nearOf);
  const isNear = (one: FoundPassage) => Number(nearOf(one) >= NEAR);
  return [...worth]
    .sort(([a, x], [b, y]) => y - x || isNear(b) - isNear(a) || b.score - a.score)
    .map(([passage]) => ({ ...passage, score: Math.max(passage.score, nearOf(passage)) }));
}

/** What the words are worth: those in few passages much, those in most next to nothing, those that no document has like a rather rare one. */
async function rarities(index: KnowledgeIndex, knowledgeBases: readonly string[], words: readonly QuestionWord[]) {
  const rarity = new Map<string, number>();
  const unknown: string[] = [];
  for (const { word } of words) {
    const { matching, total } = await index.frequency(knowledgeBases, word);
    if (matching === 0) unknown.push(word);
    const passages = matching === 0 ? Math.max(1, Math.sqrt(total) / 2) : matching;
    const adverb = matching === 0 && word.length > 4 && word.endsWith('ly');
    rarity.set(word, Math.log(1 + total / (passages + 0.5)) * (adverb ? ADVERB : 1));
  }
  return { of: (word: string) => rarity.get(word) ?? 0, unknown };
}

interface Asked {
  readonly words: readonly QuestionWord[];
  readonly phrases: readonly string[];
  readonly weights: Readonly<Record<string, number>>;
  readonly unknown: readonly string[];
  /** The best score of the search. */
  readonly best: number;
}

function rate(hit: KnowledgeHit, { words, phrases, weights, best, unknown }: Asked): FoundPassage {
  const { passage } = hit;
  const total = words.reduce((sum, { word }) => sum + weights[word]!, 0) || 1;
  const covered = (share: (word: QuestionWord) => number) =>
    words.reduce((sum, word) => sum + share(word) * weights[word.word]!, 0) / total;
  const another = (word: string) => BY_ANOTHER_WORD[unknown.includes(word) ? 'unknown' : 'known'];
  const shareOfHeading = ({ word, also }: QuestionWord) =>
    hit.headingWords.includes(word) ? 1 : meets(also, hit.headingWords) ? another(word).heading : 0;
  const shareOfText = ({ word, also }: QuestionWord) =>
    hit.words.includes(word) ? 1 : meets(also, hit.words) ? another(word).text : 0;
  const coverage = covered((word) => Math.max(shareOfHeading(word), shareOfText(word)));
  const inHeading = covered(shareOfHeading);
  const joined =
    phrases.length === 0 ? coverage : phrases.filter((phrase) => hit.words.includes(phrase)).length / phrases.length;
  const headingLength = contentWords(passage.headings.at(-1) ?? '').length;
  const matched = words.filter((word) => shareOfHeading(word) > 0).length;
  const headingFits = headingLength === 0 ? 0 : inHeading * Math.min(1, matched / headingLength);
  const relevance = Math.max(0, hit.score / best);
  const { knowledgeBase, path, title, url } = hit;
  return {
    knowledge_base: knowledgeBase,
    path,
    title,
    url,
    anchor: passage.anchor,
    headings: passage.headings,
    text: passage.text,
    start: passage.start,
    end: passage.end,
    score: round(0.3 * relevance + 0.35 * coverage + 0.15 * inHeading + 0.12 * headingFits + 0.08 * joined),
    coverage: round(coverage),
    in_heading: round(inHeading),
    heading_fits: round(headingFits),
    words: words.filter((word) => shareOfText(word) > 0).map(({ word }) => word),
    ...(hit.closeness === undefined ? {} : { closeness: round(hit.closeness) }),
  };
}

function meets(some: readonly string[], others: readonly string[]): boolean {
  return some.some((word) => others.includes(word));
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
