import type { KnowledgeDocument, KnowledgeHit, VectorIndex } from '../../ports/index.ts';
import type { Database, Row, Session } from './database.ts';
import { columnsOf } from './group.ts';
import { inHeading, plainWords, wordQuery } from './knowledge-query.ts';
import { createPassageVectors, giveVectorsBack, takenVectors } from './knowledge-vectors.ts';

/** How much a word counts in a passage's text, (nothing has C,) in the headings above it, and in its own: D, C, B, A. */
const WEIGHTS = `'{0.125, 0.125, 0.25, 1}'`;
const MOST_WORDS = 40;
/** Passages written by one statement: their text is held several times while it is on its way. */
const PASSAGES_AT_ONCE = 500;

/** A word that some passages contain. */
interface Found {
  readonly word: string;
  readonly query: string;
  readonly matching: number;
}

/**
 * The knowledge index on PostgreSQL, by `tsvector`. `ts_rank` weighs places and repetition but knows nothing of how rare a word is: what it says of each
 * word is therefore multiplied by the word's rarity (the IDF of BM25), and added up. Rejected: `ts_rank_cd` of all words together, which needs all of them to be there.
 */
export function createKnowledgeIndex(database: Database): VectorIndex {
  async function total(knowledgeBases: readonly string[]): Promise<number> {
    const row = await database.row(
      'SELECT count(*) FROM clew.passages WHERE knowledge_base = ANY ($1::text[])',
      knowledgeBases,
    );
    return row?.[0] as number;
  }

  /** Those of the words that are found: the word itself, or else what begins with it. */
  async function find(knowledgeBases: readonly string[], words: readonly string[]): Promise<Found[]> {
    const asked = words.flatMap((word) => {
      const query = wordQuery(word);
      return query ? [{ word, ...query }] : [];
    });
    if (asked.length === 0) return [];
    const rows = await database.rows(
      `SELECT query.k, exact.matching, CASE WHEN exact.matching = 0 AND query.beginning IS NOT NULL THEN (
           SELECT count(*) FROM clew.passages
           WHERE knowledge_base = ANY ($4::text[]) AND words @@ to_tsquery('clew.words', query.beginning)
         ) ELSE 0 END
       FROM unnest($1::int[], $2::text[], $3::text[]) AS query (k, exact, beginning)
       CROSS JOIN LATERAL (
         SELECT count(*) AS matching FROM clew.passages
         WHERE knowledge_base = ANY ($4::text[]) AND words @@ to_tsquery('clew.words', query.exact)
       ) exact ORDER BY query.k`,
      ...columnsOf(
        asked.map(({ exact, beginning }, k) => [k, exact, beginning]),
        3,
      ),
      knowledgeBases,
    );
    return rows.flatMap(([k, matching, beginning]) => {
      const one = asked[k as number];
      if (!one || matching + beginning === 0) return [];
      return [
        {
          word: one.word,
          query: matching > 0 ? one.exact : (one.beginning as string),
          matching: matching || beginning,
        },
      ];
    });
  }

  return {
    async list() {
      const rows = await database.rows('SELECT DISTINCT knowledge_base FROM clew.documents ORDER BY 1');
      return rows.map(([name]) => name as string);
    },
    async known(knowledgeBase) {
      const rows = await database.rows(
        'SELECT path, hash FROM clew.documents WHERE knowledge_base = $1',
        knowledgeBase,
      );
      return new Map(rows as [string, string][]);
    },
    async update(knowledgeBase, documents, gone) {
      await database.transaction(async (session) => {
        // Nodes that start at the same time bring the same documents.
        await session.run('SELECT pg_advisory_xact_lock(hashtextextended($1, 1))', knowledgeBase);
        const paths = documents.map(({ path }) => path);
        const vectors = await takenVectors(session, knowledgeBase, paths);
        await session.run(
          'DELETE FROM clew.documents WHERE knowledge_base = $1 AND path = ANY ($2::text[])',
          knowledgeBase,
          [...gone, ...paths],
        );
        for (const document of documents) await add(session, knowledgeBase, document);
        await giveVectorsBack(session, knowledgeBase, vectors);
      });
    },
    async search(knowledgeBases, words, limit) {
      const found = await find(knowledgeBases, [...new Set(words)].slice(0, MOST_WORDS));
      if (found.length === 0) return [];
      const passages = await total(knowledgeBases);
      const rarity = ({ matching }: Found) => Math.log(1 + (passages - matching + 0.5) / (matching + 0.5));
      const rows = await database.rows(
        SEARCH,
        found.map((_, k) => k),
        found.map(({ query }) => query),
        found.map(({ query }) => inHeading(query)),
        found.map(rarity),
        found.map(({ query }) => `(${query})`).join(' | '),
        knowledgeBases,
        limit,
      );
      return rows.map((row) => toHit(row, found));
    },
    async frequency(knowledgeBases, word) {
      const [found, all] = await Promise.all([find(knowledgeBases, [word]), total(knowledgeBases)]);
      return { matching: found[0]?.matching ?? 0, total: all };
    },
    async outline(knowledgeBases) {
      const rows = await database.rows(
        'SELECT title, path, headings FROM clew.documents WHERE knowledge_base = ANY ($1::text[]) ORDER BY knowledge_base, path',
        knowledgeBases,
      );
      return rows.map(([title, path, headings]) => ({ title, path, headings }));
    },
    ...createPassageVectors(database),
  };
}

const SEARCH = `
WITH query AS MATERIALIZED (
  SELECT k, to_tsquery('clew.words', query) AS query, to_tsquery('clew.words', heading) AS heading, rarity
  FROM unnest($1::int[], $2::text[], $3::text[], $4::float8[]) AS query (k, query, heading, rarity)
)
SELECT document.knowledge_base, document.path, document.title, document.url,
  passage.headings, passage.text, passage.from_point, passage.to_point, passage.anchor, rank.score, rank.words, rank.heading_words
FROM clew.passages passage
JOIN clew.documents document ON document.id = passage.document_id
CROSS JOIN LATERAL (
  SELECT sum(rarity * ts_rank(${WEIGHTS}, passage.words, query, 1)) AS score, array_agg(k ORDER BY k) AS words,
    array_agg(k ORDER BY k) FILTER (WHERE passage.words @@ heading) AS heading_words
  FROM query WHERE passage.words @@ query
) rank
WHERE passage.knowledge_base = ANY ($6::text[]) AND passage.words @@ to_tsquery('clew.words', $5)
ORDER BY rank.score DESC, document.knowledge_base, document.path, passage.place LIMIT $7`;

async function add(session: Session, knowledgeBase: string, document: KnowledgeDocument): Promise<void> {
  const { path, title, url, hash, passages } = document;
  const top = [...new Set(passages.flatMap(({ headings }) => headings.slice(1, 2)))];
  const row = await session.row(
    `INSERT INTO clew.documents (knowledge_base, path, title, url, hash, headings) VALUES ($1, $2, $3, $4, $5, $6::json) RETURNING id`,
    knowledgeBase,
    path,
    title,
    url,
    hash,
    JSON.stringify(top),
  );
  for (let from = 0; from < passages.length; from += PASSAGES_AT_ONCE) {
    const rows = passages
      .slice(from, from + PASSAGES_AT_ONCE)
      .map(({ headings, text, start, end, anchor }, at) => [
        ...[from + at, JSON.stringify(headings), text, start, end, anchor],
        ...[plainWords(headings.at(-1) ?? ''), plainWords(headings.slice(0, -1).join(' ')), plainWords(text)],
      ]);
    await session.run(
      `INSERT INTO clew.passages (document_id, knowledge_base, place, headings, text, from_point, to_point, anchor, words)
       SELECT $1, $2, place, headings::json, text, from_point, to_point, anchor,
         setweight(to_tsvector('clew.words', heading), 'A') || setweight(to_tsvector('clew.words', trail), 'B') || to_tsvector('clew.words', plain)
       FROM unnest($3::int[], $4::text[], $5::text[], $6::int[], $7::int[], $8::text[], $9::text[], $10::text[], $11::text[])
         AS passage (place, headings, text, from_point, to_point, anchor, heading, trail, plain)`,
      row?.[0],
      knowledgeBase,
      ...columnsOf(rows, 9),
    );
  }
}

function toHit(row: Row, found: readonly Found[]): KnowledgeHit {
  const [knowledgeBase, path, title, url, headings, text, start, end, anchor, score, words, headingWords] = row;
  const named = (places: readonly number[] | null) => (places ?? []).map((k) => (found[k] as Found).word);
  return {
    knowledgeBase,
    path,
    title,
    url,
    passage: { headings, text, start, end, anchor },
    score,
    words: named(words),
    headingWords: named(headingWords),
  };
}
