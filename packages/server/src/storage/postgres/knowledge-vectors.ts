import type { KnowledgeHit, VectorIndex } from '../../ports/index.ts';
import { packVector, VectorSearch, type VectorSource } from '../vectors.ts';
import type { Database, Row, Session } from './database.ts';
import { columnsOf } from './group.ts';

/** A passage by its key. */
interface Key {
  readonly document: number;
  readonly place: number;
}

/** Vectors written by one statement. */
const AT_ONCE = 200;

/** The vectors of the index on PostgreSQL: `bytea`, which every installation has. Rejected: pgvector, which few may install, and `float4[]`, which is read number by number. */
export function createPassageVectors(
  database: Database,
): Pick<VectorIndex, 'withoutVector' | 'keepVectors' | 'countVectors' | 'nearest'> {
  const search = new VectorSearch<Key>();

  const sourceOf = (base: string, model: string): VectorSource<Key> => ({
    // Ids do not become visible in their order: the sum tells what number and newest id do not.
    async stamp() {
      const row = await database.row(
        'SELECT count(*), max(id), sum(id)::text FROM clew.passage_vectors WHERE knowledge_base = $1 AND model = $2',
        base,
        model,
      );
      return JSON.stringify(row);
    },
    async load() {
      const rows = await database.rows(
        'SELECT document_id, place, vector FROM clew.passage_vectors WHERE knowledge_base = $1 AND model = $2 ORDER BY id',
        base,
        model,
      );
      return rows.map(([document, place, bytes]) => ({ ref: { document, place }, bytes: bytes as Uint8Array }));
    },
  });

  return {
    async withoutVector(knowledgeBase, model, limit) {
      const rows = await database.rows(
        `SELECT document.path, document.hash, document.title, passage.place, passage.headings, passage.text
         FROM clew.passages passage JOIN clew.documents document ON document.id = passage.document_id
         LEFT JOIN clew.passage_vectors vector ON vector.document_id = passage.document_id AND vector.place = passage.place
         WHERE passage.knowledge_base = $1 AND vector.model IS DISTINCT FROM $2
         ORDER BY document.path, passage.place LIMIT $3`,
        knowledgeBase,
        model,
        limit,
      );
      return rows.map(([path, hash, title, place, headings, text]) => ({ path, hash, title, place, headings, text }));
    },
    async keepVectors(knowledgeBase, model, vectors) {
      for (let from = 0; from < vectors.length; from += AT_ONCE) {
        const rows = vectors
          .slice(from, from + AT_ONCE)
          .map(({ path, hash, place, vector }) => [path, hash, place, hex(packVector(vector))]);
        await database.transaction((session) => keep(session, { knowledgeBase, model, rows }));
      }
    },
    async countVectors(knowledgeBases, model) {
      const row = await database.row(
        'SELECT count(*) FROM clew.passage_vectors WHERE knowledge_base = ANY ($1::text[]) AND model = $2',
        knowledgeBases,
        model,
      );
      return row?.[0] as number;
    },
    async nearest(knowledgeBases, { model, vector }, limit) {
      const sources = new Map(
        knowledgeBases.map((base) => [JSON.stringify([base, model]), sourceOf(base, model)] as const),
      );
      const near = await search.nearest(sources, vector, limit);
      const rows = await database.rows(
        `SELECT wanted.k, document.knowledge_base, document.path, document.title, document.url,
           passage.headings, passage.text, passage.from_point, passage.to_point, passage.anchor
         FROM unnest($1::int[], $2::bigint[], $3::int[]) AS wanted (k, document_id, place)
         JOIN clew.passages passage ON passage.document_id = wanted.document_id AND passage.place = wanted.place
         JOIN clew.documents document ON document.id = passage.document_id ORDER BY wanted.k`,
        ...columnsOf(
          near.map(({ ref }, k) => [k, ref.document, ref.place]),
          3,
        ),
      );
      return rows.map((row) => toHit(row, near[row[0] as number]!));
    },
  };
}

/** The vectors of a document whose passages are about to be replaced, each with what it depends on. */
export async function takenVectors(session: Session, knowledgeBase: string, paths: readonly string[]): Promise<Row[]> {
  return session.rows(
    `SELECT document.path, document.title, passage.headings::text, passage.text, vector.model, encode(vector.vector, 'hex')
     FROM clew.documents document JOIN clew.passages passage ON passage.document_id = document.id
     JOIN clew.passage_vectors vector ON vector.document_id = passage.document_id AND vector.place = passage.place
     WHERE document.knowledge_base = $1 AND document.path = ANY ($2::text[])`,
    knowledgeBase,
    paths,
  );
}

/** Gives them to the passages that are as they were. */
export async function giveVectorsBack(session: Session, knowledgeBase: string, taken: readonly Row[]): Promise<void> {
  for (let from = 0; from < taken.length; from += AT_ONCE) {
    await session.run(
      `INSERT INTO clew.passage_vectors (document_id, place, knowledge_base, model, vector)
       SELECT DISTINCT ON (passage.document_id, passage.place) passage.document_id, passage.place, $1, taken.model, decode(taken.vector, 'hex')
       FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) AS taken (path, title, headings, text, model, vector)
       JOIN clew.documents document ON document.knowledge_base = $1 AND document.path = taken.path AND document.title = taken.title
       JOIN clew.passages passage ON passage.document_id = document.id AND passage.headings::text = taken.headings AND passage.text = taken.text
       ON CONFLICT (document_id, place) DO NOTHING`,
      knowledgeBase,
      ...columnsOf(taken.slice(from, from + AT_ONCE), 6),
    );
  }
}

/** A new row rather than a changed one: its id tells that there is something new. */
async function keep(
  session: Session,
  { knowledgeBase, model, rows }: { knowledgeBase: string; model: string; rows: Row[] },
): Promise<void> {
  // An update replaces documents under the same lock.
  await session.run('SELECT pg_advisory_xact_lock(hashtextextended($1, 1))', knowledgeBase);
  await session.run(
    `DELETE FROM clew.passage_vectors vector USING clew.documents document, unnest($2::text[], $3::int[]) AS fresh (path, place)
     WHERE document.knowledge_base = $1 AND document.path = fresh.path AND vector.document_id = document.id AND vector.place = fresh.place`,
    knowledgeBase,
    rows.map(([path]) => path),
    rows.map(([, , place]) => place),
  );
  await session.run(
    `INSERT INTO clew.passage_vectors (document_id, place, knowledge_base, model, vector)
     SELECT passage.document_id, passage.place, $1, $2, decode(fresh.vector, 'hex')
     FROM unnest($3::text[], $4::text[], $5::int[], $6::text[]) AS fresh (path, hash, place, vector)
     JOIN clew.documents document ON document.knowledge_base = $1 AND document.path = fresh.path AND document.hash = fresh.hash
     JOIN clew.passages passage ON passage.document_id = document.id AND passage.place = fresh.place`,
    knowledgeBase,
    model,
    ...columnsOf(rows, 4),
  );
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

function toHit(row: Row, { similarity, closeness }: { similarity: number; closeness: number }): KnowledgeHit {
  const [, knowledgeBase, path, title, url, headings, text, start, end, anchor] = row;
  const passage = { headings, text, start, end, anchor };
  return { knowledgeBase, path, title, url, passage, score: similarity, closeness, words: [], headingWords: [] };
}
