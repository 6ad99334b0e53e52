-- What is taken away after a time, or when somebody asks for it.

-- Whether an anonymous visitor owns the thread.
ALTER TABLE clew.threads ADD COLUMN visitor boolean NOT NULL DEFAULT false;
UPDATE clew.threads SET visitor = true WHERE user_name = 'visitor';

-- Whether the deltas of the run were pruned.
ALTER TABLE clew.runs ADD COLUMN pruned boolean NOT NULL DEFAULT false;
CREATE INDEX runs_unpruned ON clew.runs (ended_at) WHERE ended_at IS NOT NULL AND NOT pruned;

-- Visitors whose threads became those of a person.
CREATE TABLE clew.visitor_links (
  tenant_id  text COLLATE "C" NOT NULL,
  user_id    text COLLATE "C" NOT NULL,
  visitor_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, user_id, visitor_id)
);

-- That somebody was erased, without who it was.
CREATE TABLE clew.erasures (
  id     text COLLATE "C" PRIMARY KEY,
  at     bigint NOT NULL,
  counts json NOT NULL
);

CREATE INDEX erasures_by_time ON clew.erasures (at);
