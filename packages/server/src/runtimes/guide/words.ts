/** Words that say nothing about what is asked. Other languages need no list: a word that stands in most passages weighs next to nothing anyway. */
const EMPTY = new Set(
  `a about above actually after again all also am an and another any anybody anyone anything are aren't as ask at away be because been before being below between
  both but by can can't cannot could couldn't dear describe did didn't do does doesn't doing don't down during each else etc even ever every everything exactly
  explain few find first for from further get gets getting give go goes going good got had has hasn't have haven't having he hello hello hey hi her here hers him
  his how how's however i i'd i'll i'm i've if in instead into is isn't it it's its itself just know let let's like look made make makes making many may maybe me
  mean means might more most much must my myself need needed needs no nor not now of off often oh ok okay on once one only onto or other our ours out over own part
  please possible question quite really same say see shall she should show shows simply since so some somebody someone something sorry still such sure take
  tell than thank thanks that that's the their theirs them then there there's these they they're thing things this those through to too try under until up upon us
  very want wants was way ways we we're well were what what's when where where's whether which while who who's whom whose why will wish with within without won't
  would yes yet you you're your yours`.split(/\s+/),
);

/** Words that help to find but do not decide: nearly every passage of a manual could be said to be about them. */
const FAINT = new Set(
  `allow allowed allows available best change does easy example examples file files handle help happen happens kind new page piece possible provide put set
  support supported supports system type use used user uses using value work working works`.split(/\s+/),
);

/**
 * Words that people use for the same thing when they ask how something is used. Those after the colon lead to those before it and not back: who asks how to
 * `add` the chat means to `embed` it, but who asks how to `embed` it is not helped by every passage that adds something.
 */
const GROUPS = [
  'embed embedding: integrate add include insert put place show',
  'website site webpage page: html',
  'install installation setup: download get',
  'start: launch begin boot open',
  'delete remove: erase clear drop',
  'error errors fail fails failure: problem wrong issue broken',
  'crash crashes: die killed lost restart',
  'configure configuration settings setting: customize customise change adjust option options set',
  'color colour: paint',
  'customize customise: personalize personalise adapt',
  'theme color colour style: appearance look design brand',
  'token authentication authenticate: auth login signin credentials password',
  'database data storage: db sqlite store persist saved stored save keep kept',
  'data: database',
  'where folder path: location located',
  'documentation docs: manual guide',
  'endpoint endpoints api: http rest call',
  'deploy deployment production: host hosting publish',
  'price pricing cost costs: fee expensive cheap pay',
  'license licence: licensed free',
  'reconnect resume: disconnect disconnected disconnects offline',
  'create write define: make build new',
  'stop shutdown: quit exit end',
  'cancel: stop abort interrupt',
  'requirements require requires need needs: supported support compatible',
  'widget chat: chatbot bubble',
  'agent agents: bot assistant',
  'thread threads: conversation conversations history',
  'speed fast faster: performance quick slow latency',
].map((group) => group.split(': ').map((words) => words.split(' ')) as [string[], string[]]);

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/** The words of a text as they stand, without punctuation. Names such as `clew.config.yaml` and `max_tokens` are one word. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const { segment, isWordLike } of segmenter.segment(text.toWellFormed().slice(0, 4_000).replaceAll('’', "'"))) {
    if (isWordLike) words.push(segment.toLowerCase());
  }
  return words;
}

/** The words of a text that say what it is about, each once. */
export function contentWords(text: string): string[] {
  return [...new Set(wordsOf(text).map((word) => word.replace(/'s$/, '')))].filter((word) => !EMPTY.has(word));
}

/** How much a word of a question counts: 1, or less for a word that fits everywhere. */
export function weightOf(word: string): number {
  return FAINT.has(word) ? 0.35 : 1;
}

/** Other words that what is asked may be written in. */
export function related(word: string): readonly string[] {
  const singular = word.length > 3 && word.endsWith('s') ? word.slice(0, -1) : word;
  const other = (known: string) => known !== word && known !== singular;
  const meets = (words: readonly string[]) => words.includes(word) || words.includes(singular);
  return [...new Set(GROUPS.flatMap(([named, asked]) => (meets(named) || meets(asked) ? named.filter(other) : [])))];
}

/** A short form that words of one family share, good enough to see whether a sentence speaks of a word. */
export function stem(word: string): string {
  const plain = word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const short = plain.replace(/(?:ations?|ings?|ies|ied|ers?|ors?|ed|es|s|e|y)$/, '');
  return (short.length >= 3 ? short : plain).replace(/([b-df-hj-np-tv-z])\1$/, '$1');
}
