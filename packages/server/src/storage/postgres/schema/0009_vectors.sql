-- Points that an embedding model gives to passages. Like the rest of the index they can be made again.

CREATE TABLE clew.passage_vectors (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  document_id    bigint NOT NULL,
  place          integer NOT NULL,
  knowledge_base text COLLATE "C" NOT NULL, -- that of the passage
  model          text COLLATE "C" NOT NULL,
  vector         bytea NOT NULL, -- 32-bit floats, little-endian, of length 1; empty: there is none
  UNIQUE (document_id, place),
  FOREIGN KEY (document_id, place) REFERENCES clew.passages ON DELETE CASCADE
);

-- Numbers do not compress.
ALTER TABLE clew.passage_vectors ALTER COLUMN vector SET STORAGE EXTERNAL;

CREATE INDEX passage_vectors_by_base ON clew.passage_vectors (knowledge_base, model, id);
