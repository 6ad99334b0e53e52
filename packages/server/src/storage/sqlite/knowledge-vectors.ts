import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { KnowledgeHit, VectorIndex } from '../../ports/index.ts';
import { packVector, VectorSearch, type VectorSource } from '../vectors.ts';

type Row = Record<string, SQLOutputValue>;
/** What of a passage its vector depends on, and the vector. */
type Kept = ReadonlyMap<string, { readonly model: string; readonly vector: Uint8Array }>;

/** The vectors of a knowledge index, and what `update` needs to leave them with passages that stay as they are. Paths are as they are stored. */
export interface PassageVectors {
  readonly index: Pick<VectorIndex, 'withoutVector' | 'keepVectors' | 'countVectors' | 'nearest'>;
  remove(knowledgeBase: string, path: string): void;
  taken(knowledgeBase: string, path: string): Kept;
  giveBack(knowledgeBase: string, path: string, kept: Kept): void;
}

const OF_BASE = `FROM knowledge_passages p JOIN knowledge_documents d ON d.id = p.document_id
  LEFT JOIN knowledge_vectors v ON v.passage_id = p.id WHERE d.knowledge_base = ?`;

/** Makes the vectors of the index whose tables are there. `toHit` reads a row of passage and document. */
export function createPassageVectors(
  db: DatabaseSync,
  toHit: (row: Row) => Omit<KnowledgeHit, 'words' | 'headingWords'>,
): PassageVectors {
  const search = new VectorSearch<number>();
  const sql = {
    without: db.prepare(`SELECT d.path, d.hash, d.title, p.place, p.headings, p.text ${OF_BASE}
      AND v.model IS NOT ? ORDER BY d.path, p.place LIMIT ?`),
    find: db.prepare(`SELECT p.id ${OF_BASE} AND d.path = ? AND d.hash = ? AND p.place = ?`),
    // A new row rather than a changed one: its id tells that there is something new.
    keep: db.prepare(
      'INSERT OR REPLACE INTO knowledge_vectors (passage_id, knowledge_base, model, vector) VALUES (?, ?, ?, ?)',
    ),
    stamp: db.prepare(
      'SELECT count(*) AS n, max(id) AS newest FROM knowledge_vectors WHERE knowledge_base = ? AND model = ?',
    ),
    load: db.prepare(
      'SELECT passage_id, vector FROM knowledge_vectors WHERE knowledge_base = ? AND model = ? ORDER BY id',
    ),
    passages: db.prepare(`SELECT p.*, d.knowledge_base, d.path, d.title, d.url, 0 AS rank
      FROM knowledge_passages p JOIN knowledge_documents d ON d.id = p.document_id WHERE p.id IN (SELECT value FROM json_each(?))`),
    ofDocument: db.prepare(`SELECT p.id, d.title, p.headings, p.text, v.model, v.vector ${OF_BASE} AND d.path = ?`),
    remove: db.prepare(`DELETE FROM knowledge_vectors WHERE passage_id IN (
      SELECT p.id FROM knowledge_passages p JOIN knowledge_documents d ON d.id = p.document_id WHERE d.knowledge_base = ? AND d.path = ?)`),
  };

  const stampOf = (base: string, model: string) => sql.stamp.get(base, model) as { n: number; newest: number | null };
  const sourceOf = (base: string, model: string): VectorSource<number> => ({
    stamp: async () => JSON.stringify(stampOf(base, model)),
    load: async () =>
      sql.load.all(base, model).map(({ passage_id, vector }) => ({
        ref: Number(passage_id),
        bytes: vector as Uint8Array,
      })),
  });

  return {
    remove: (knowledgeBase, path) => void sql.remove.run(knowledgeBase, path),
    taken(knowledgeBase, path) {
      const rows = sql.ofDocument.all(knowledgeBase, path).filter(({ vector }) => vector !== null);
      return new Map(
        rows.map((row) => [contentOf(row), { model: String(row.model), vector: row.vector as Uint8Array }]),
      );
    },
    giveBack(knowledgeBase, path, kept) {
      if (kept.size === 0) return;
      for (const row of sql.ofDocument.all(knowledgeBase, path)) {
        const had = kept.get(contentOf(row));
        if (had) sql.keep.run(row.id as number, knowledgeBase, had.model, had.vector);
      }
    },
    index: {
      async withoutVector(knowledgeBase, model, limit) {
        return sql.without.all(knowledgeBase, model, limit).map(({ path, hash, title, place, headings, text }) => ({
          path: String(path),
          hash: String(hash),
          title: String(title),
          place: Number(place),
          headings: JSON.parse(String(headings)) as string[],
          text: String(text),
        }));
      },
      async keepVectors(knowledgeBase, model, vectors) {
        db.exec('SAVEPOINT vectors');
        try {
          for (const { path, hash, place, vector } of vectors) {
            const passage = sql.find.get(knowledgeBase, path, hash, place);
            if (passage) sql.keep.run(passage.id as number, knowledgeBase, model, packVector(vector));
          }
          db.exec('RELEASE vectors');
        } catch (error) {
          db.exec('ROLLBACK TO vectors; RELEASE vectors');
          throw error;
        }
      },
      async countVectors(knowledgeBases, model) {
        return knowledgeBases.reduce((sum, base) => sum + stampOf(base, model).n, 0);
      },
      async nearest(knowledgeBases, { model, vector }, limit) {
        const sources = new Map(
          knowledgeBases.map((base) => [JSON.stringify([base, model]), sourceOf(base, model)] as const),
        );
        const near = await search.nearest(sources, vector, limit);
        const rows = new Map(
          sql.passages.all(JSON.stringify(near.map(({ ref }) => ref))).map((row) => [Number(row.id), row]),
        );
        return near.flatMap(({ ref, similarity, closeness }) => {
          const row = rows.get(ref);
          return row ? [{ ...toHit(row), score: similarity, closeness, words: [], headingWords: [] }] : [];
        });
      },
    },
  };
}

function contentOf({ title, headings, text }: Row): string {
  return JSON.stringify([title, headings, text]);
}
