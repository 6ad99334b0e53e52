/**
 * The tables of the knowledge index. They hold nothing that cannot be read from the documents again, so they are not migrated: a program that needs other
 * tables names them with another number and drops these.
 *
 * The full-text table keeps no text of its own (`content=''`): passages are shown from `knowledge_passages`.
 */
export const KNOWLEDGE_SCHEMA = `
CREATE TABLE IF NOT EXISTS knowledge_documents (
  id INTEGER PRIMARY KEY,
  knowledge_base TEXT NOT NULL,
  path TEXT NOT NULL,
  title TEXT NOT NULL,
  url TEXT,
  hash TEXT NOT NULL,
  headings TEXT NOT NULL,
  UNIQUE (knowledge_base, path)
) STRICT;
CREATE TABLE IF NOT EXISTS knowledge_passages (
  id INTEGER PRIMARY KEY,
  document_id INTEGER NOT NULL REFERENCES knowledge_documents (id),
  place INTEGER NOT NULL,
  headings TEXT NOT NULL,
  text TEXT NOT NULL,
  from_point INTEGER NOT NULL,
  to_point INTEGER NOT NULL,
  anchor TEXT,
  UNIQUE (document_id, place)
) STRICT;
CREATE VIRTUAL TABLE IF NOT EXISTS knowledge_words USING fts5 (
  heading, trail, text,
  content = '', contentless_delete = 1,
  tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE TABLE IF NOT EXISTS knowledge_vectors (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  passage_id INTEGER NOT NULL UNIQUE REFERENCES knowledge_passages (id) ON DELETE CASCADE,
  knowledge_base TEXT NOT NULL,
  model TEXT NOT NULL,
  vector BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS knowledge_vectors_by_base ON knowledge_vectors (knowledge_base, model, id);
`;
