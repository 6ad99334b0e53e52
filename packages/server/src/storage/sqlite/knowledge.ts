import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { KnowledgeDocument, KnowledgeHit, Passage, VectorIndex } from '../../ports/index.ts';
import { spaced } from '../words.ts';
import { matchBeginning, matchWord } from './knowledge-query.ts';
import { KNOWLEDGE_SCHEMA } from './knowledge-schema.ts';
import { createPassageVectors } from './knowledge-vectors.ts';

/** How much a word counts in a passage's own heading, in the headings above it, and in its text. */
const WEIGHTS = '8.0, 2.0, 1.0';
/** A beginning shorter than this fits too many words. */
const SHORTEST_BEGINNING = 4;
const MOST_WORDS = 40;

type Row = Record<string, SQLOutputValue>;

/**
 * The knowledge index in a SQLite database, by FTS5. Makes its tables if need be. Calls are answered in one go, without leaving the event loop; `update` is a
 * savepoint and so may stand inside a transaction of the caller's.
 */
export function createKnowledgeIndex(db: DatabaseSync): VectorIndex {
  db.exec(KNOWLEDGE_SCHEMA);
  const vectors = createPassageVectors(db, hit);
  const sql = statements(db);

  /** The expression that finds the word in these knowledge bases: itself, or else what begins with it. */
  function expressionFor(bases: string, word: string): string | undefined {
    const exact = matchWord(word);
    if (exact === undefined || exists(bases, exact)) return exact;
    const beginning = [...word].length < SHORTEST_BEGINNING ? undefined : matchBeginning(word);
    return beginning !== undefined && exists(bases, beginning) ? beginning : undefined;
  }

  function exists(bases: string, expression: string): boolean {
    return sql.exists.get(expression, bases) !== undefined;
  }

  function add(knowledgeBase: string, document: KnowledgeDocument): void {
    const { path, title, url, hash, passages } = document;
    const top = JSON.stringify([...new Set(passages.flatMap(({ headings }) => headings.slice(1, 2)))]);
    const documentId = sql.addDocument.run(knowledgeBase, text(path), text(title), url, hash, top).lastInsertRowid;
    for (const [place, passage] of passages.entries()) {
      const { headings, start, end, anchor } = passage;
      const id = sql.addPassage.run(
        documentId,
        place,
        JSON.stringify(headings),
        text(passage.text),
        start,
        end,
        anchor,
      ).lastInsertRowid;
      const trail = headings.slice(0, -1).join(' \n ');
      sql.addWords.run(id, spaced(headings.at(-1) ?? ''), spaced(trail), spaced(passage.text));
    }
  }

  function remove(knowledgeBase: string, path: string): void {
    vectors.remove(knowledgeBase, text(path));
    sql.removeWords.run(knowledgeBase, text(path));
    sql.removePassages.run(knowledgeBase, text(path));
    sql.removeDocument.run(knowledgeBase, text(path));
  }

  return {
    async list() {
      return sql.list.all().map((row) => String(row.knowledge_base));
    },
    async known(knowledgeBase) {
      return new Map(sql.known.all(knowledgeBase).map((row) => [String(row.path), String(row.hash)]));
    },
    async update(knowledgeBase, documents, gone) {
      db.exec('SAVEPOINT knowledge');
      try {
        for (const path of gone) remove(knowledgeBase, path);
        for (const document of documents) {
          const kept = vectors.taken(knowledgeBase, text(document.path));
          remove(knowledgeBase, document.path);
          add(knowledgeBase, document);
          vectors.giveBack(knowledgeBase, text(document.path), kept);
        }
        db.exec('RELEASE knowledge');
      } catch (error) {
        db.exec('ROLLBACK TO knowledge; RELEASE knowledge');
        throw error;
      }
    },
    async search(knowledgeBases, words, limit) {
      const bases = JSON.stringify(knowledgeBases);
      const asked = [...new Set(words)].slice(0, MOST_WORDS).flatMap((word) => {
        const expression = expressionFor(bases, word);
        return expression === undefined ? [] : [{ word, expression }];
      });
      if (asked.length === 0) return [];
      const rows = sql.search.all(asked.map(({ expression }) => expression).join(' OR '), bases, limit);
      const ids = JSON.stringify(rows.map((row) => row.id));
      const within = (expression: string) => new Set(sql.within.all(expression, ids).map((row) => row.id));
      const found = asked.map(({ word, expression }) => ({
        word,
        anywhere: within(expression),
        heading: within(`heading : ${expression}`),
      }));
      return rows.map((row) => ({
        ...hit(row),
        words: found.filter(({ anywhere }) => anywhere.has(row.id!)).map(({ word }) => word),
        headingWords: found.filter(({ heading }) => heading.has(row.id!)).map(({ word }) => word),
      }));
    },
    async frequency(knowledgeBases, word) {
      const bases = JSON.stringify(knowledgeBases);
      const expression = expressionFor(bases, word);
      const matching = expression === undefined ? 0 : Number(sql.count.get(expression, bases)?.matching);
      return { matching, total: Number(sql.total.get(bases)?.total) };
    },
    async outline(knowledgeBases) {
      return sql.outline.all(JSON.stringify(knowledgeBases)).map(({ title, path, headings }) => ({
        title: String(title),
        path: String(path),
        headings: JSON.parse(String(headings)) as string[],
      }));
    },
    ...vectors.index,
  };
}

function statements(
  db: DatabaseSync,
): Record<
  | 'list'
  | 'known'
  | 'addDocument'
  | 'addPassage'
  | 'addWords'
  | 'removeWords'
  | 'removePassages'
  | 'removeDocument'
  | 'search'
  | 'within'
  | 'exists'
  | 'count'
  | 'total'
  | 'outline',
  StatementSync
> {
  const inBases = 'd.knowledge_base IN (SELECT value FROM json_each(?))';
  const joined = `knowledge_words
    JOIN knowledge_passages p ON p.id = knowledge_words.rowid
    JOIN knowledge_documents d ON d.id = p.document_id
    WHERE knowledge_words MATCH ? AND ${inBases}`;
  const ofDocument = 'document_id IN (SELECT id FROM knowledge_documents WHERE knowledge_base = ? AND path = ?)';
  return {
    list: db.prepare('SELECT DISTINCT knowledge_base FROM knowledge_documents ORDER BY 1'),
    known: db.prepare('SELECT path, hash FROM knowledge_documents WHERE knowledge_base = ?'),
    addDocument: db.prepare(
      'INSERT INTO knowledge_documents (knowledge_base, path, title, url, hash, headings) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    addPassage: db.prepare(
      'INSERT INTO knowledge_passages (document_id, place, headings, text, from_point, to_point, anchor) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    addWords: db.prepare('INSERT INTO knowledge_words (rowid, heading, trail, text) VALUES (?, ?, ?, ?)'),
    removeWords: db.prepare(
      `DELETE FROM knowledge_words WHERE rowid IN (SELECT id FROM knowledge_passages WHERE ${ofDocument})`,
    ),
    removePassages: db.prepare(`DELETE FROM knowledge_passages WHERE ${ofDocument}`),
    removeDocument: db.prepare('DELETE FROM knowledge_documents WHERE knowledge_base = ? AND path = ?'),
    search: db.prepare(
      `SELECT p.*, d.knowledge_base, d.path, d.title, d.url, bm25(knowledge_words, ${WEIGHTS}) AS rank FROM ${joined}
       ORDER BY rank, d.knowledge_base, d.path, p.place LIMIT ?`,
    ),
    within: db.prepare(
      'SELECT rowid AS id FROM knowledge_words WHERE knowledge_words MATCH ? AND rowid IN (SELECT value FROM json_each(?))',
    ),
    exists: db.prepare(`SELECT 1 FROM ${joined} LIMIT 1`),
    count: db.prepare(`SELECT count(*) AS matching FROM ${joined}`),
    total: db.prepare(
      `SELECT count(*) AS total FROM knowledge_passages p JOIN knowledge_documents d ON d.id = p.document_id WHERE ${inBases}`,
    ),
    outline: db.prepare(
      `SELECT title, path, headings FROM knowledge_documents d WHERE ${inBases} ORDER BY knowledge_base, path`,
    ),
  };
}

function hit(row: Row): Omit<KnowledgeHit, 'words' | 'headingWords'> {
  const passage: Passage = {
    headings: JSON.parse(String(row.headings)) as string[],
    text: String(row.text),
    start: Number(row.from_point),
    end: Number(row.to_point),
    anchor: optional(row.anchor),
  };
  return {
    knowledgeBase: String(row.knowledge_base),
    path: String(row.path),
    title: String(row.title),
    url: optional(row.url),
    passage,
    score: -Number(row.rank),
  };
}

function optional(value: SQLOutputValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** Text that comes out of SQLite as it went in: NUL would end it for whoever reads it there. */
function text(value: string): string {
  return value.toWellFormed().replaceAll('\0', '\uFFFD');
}
