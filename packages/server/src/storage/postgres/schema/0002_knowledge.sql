-- The knowledge index. It holds nothing that cannot be read from the documents again.

-- Stems without a list of words to leave out: what a person asks for counts.
CREATE TEXT SEARCH DICTIONARY clew.stem (TEMPLATE = pg_catalog.snowball, LANGUAGE = english);
CREATE TEXT SEARCH CONFIGURATION clew.words (PARSER = pg_catalog."default");
ALTER TEXT SEARCH CONFIGURATION clew.words ADD MAPPING FOR asciiword, word, numword, int, uint, float, sfloat WITH clew.stem;

CREATE TABLE clew.documents (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  knowledge_base text COLLATE "C" NOT NULL,
  path           text COLLATE "C" NOT NULL,
  title          text NOT NULL,
  url            text,
  hash           text COLLATE "C" NOT NULL,
  headings       json NOT NULL,
  UNIQUE (knowledge_base, path)
);

CREATE TABLE clew.passages (
  document_id    bigint NOT NULL REFERENCES clew.documents (id) ON DELETE CASCADE,
  place          integer NOT NULL,
  knowledge_base text COLLATE "C" NOT NULL, -- that of the document
  headings       json NOT NULL,
  text           text NOT NULL,
  from_point     integer NOT NULL,
  to_point       integer NOT NULL,
  anchor         text,
  words          tsvector NOT NULL, -- A: the passage's own heading, B: the headings above it, D: its text
  PRIMARY KEY (document_id, place)
);

CREATE INDEX passages_by_base ON clew.passages (knowledge_base);
CREATE INDEX passages_by_word ON clew.passages USING gin (words);
