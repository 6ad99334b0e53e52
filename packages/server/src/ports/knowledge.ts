/** How the knowledge bases of threads begin. No knowledge base of a project has a colon in its name. */
const THREAD = 'thread:';

/** The knowledge base of the files that were sent in a thread: private to it, and deleted with it. */
export function threadBase(threadId: string): string {
  return `${THREAD}${threadId}`;
}

/** Whether a knowledge base is that of a thread. */
export function isThreadBase(knowledgeBase: string): boolean {
  return knowledgeBase.startsWith(THREAD);
}

/** A piece of a document that can be found and cited. */
export interface Passage {
  /** Headings from the document's title down to the passage. */
  readonly headings: readonly string[];
  readonly text: string;
  /** Range of the passage in the document's text, in Unicode code points, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** Anchor of the nearest heading, for addresses. */
  readonly anchor: string | null;
}

/** A document of a knowledge base. */
export interface KnowledgeDocument {
  /** Path relative to the project, or the address it came from: unique in its knowledge base. */
  readonly path: string;
  readonly title: string;
  /** Where a person can open it; null for files that are served nowhere. */
  readonly url: string | null;
  /** Hash of the content; a document whose hash has not changed is not indexed again. */
  readonly hash: string;
  readonly passages: readonly Passage[];
}

/** A passage that was found. */
export interface KnowledgeHit {
  readonly knowledgeBase: string;
  readonly path: string;
  readonly title: string;
  readonly url: string | null;
  readonly passage: Passage;
  /** Larger is better; comparable within one search only. */
  readonly score: number;
  /** Those of the words asked for that the passage or a heading above it contains, as they were asked. */
  readonly words: readonly string[];
  /** Those of them that stand in the passage's own heading, the last of `passage.headings`. */
  readonly headingWords: readonly string[];
  /** How near its meaning is to that of the question, above what passages have in common: at most 1, 0 is none. Absent: nobody looked. */
  readonly closeness?: number;
}

/** A passage by where it stands in one state of a document: once that has changed, nothing is meant. */
export interface PassageRef {
  readonly path: string;
  /** That of the document. */
  readonly hash: string;
  /** From 0. */
  readonly place: number;
}

/** Full-text search over knowledge bases. */
export interface KnowledgeIndex {
  /** Names of the knowledge bases that the index holds documents of. */
  list(): Promise<readonly string[]>;
  /** The paths and hashes that the index has of a knowledge base. */
  known(knowledgeBase: string): Promise<ReadonlyMap<string, string>>;
  /** Adds or replaces documents and removes those whose path is in `gone`, in one transaction. */
  update(knowledgeBase: string, documents: readonly KnowledgeDocument[], gone: readonly string[]): Promise<void>;
  /**
   * The best passages for words as a person typed them; punctuation has no meaning. Every word counts, passages with more and rarer words first
   * (BM25; headings weigh more than text). Empty when no word is found. `question` is what the person means as a whole: an index that knows meanings adds what comes
   * near to it, at most `limit` more, each with its `closeness`; others pass it over.
   */
  search(
    knowledgeBases: readonly string[],
    words: readonly string[],
    limit: number,
    question?: string,
  ): Promise<readonly KnowledgeHit[]>;
  /** How many passages contain the word, over these knowledge bases, and how many passages there are. */
  frequency(knowledgeBases: readonly string[], word: string): Promise<{ matching: number; total: number }>;
  /** The documents of these knowledge bases with their top headings, for suggestions. */
  outline(
    knowledgeBases: readonly string[],
  ): Promise<readonly { title: string; path: string; headings: readonly string[] }[]>;
}

/** A knowledge index that also keeps a vector for each passage: the point that an embedding model gives to its text. It goes with the passage. */
export interface VectorIndex extends KnowledgeIndex {
  /** Passages of a knowledge base that have no vector of this model, in the order of their documents. Those that an update has left as they were keep theirs. */
  withoutVector(
    knowledgeBase: string,
    model: string,
    limit: number,
  ): Promise<readonly (PassageRef & Pick<Passage, 'headings' | 'text'> & { readonly title: string })[]>;
  /**
   * Keeps vectors, in place of those of other models. An empty one says that the passage has none, so that nobody asks again. What is not as it was any more is passed over.
   */
  keepVectors(
    knowledgeBase: string,
    model: string,
    vectors: readonly (PassageRef & { readonly vector: ArrayLike<number> })[],
  ): Promise<void>;
  /** How many passages of these knowledge bases have a vector of this model. */
  countVectors(knowledgeBases: readonly string[], model: string): Promise<number>;
  /** The passages whose vectors are nearest to this one by cosine, the nearest first. Exact: all are looked at. `words` of the hits are empty. */
  nearest(
    knowledgeBases: readonly string[],
    meaning: { readonly model: string; readonly vector: ArrayLike<number> },
    limit: number,
  ): Promise<readonly KnowledgeHit[]>;
}
