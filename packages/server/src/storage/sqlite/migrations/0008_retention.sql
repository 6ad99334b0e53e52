-- What is taken away after a time, or when somebody asks for it.

-- Whether an anonymous visitor owns the thread.
ALTER TABLE threads ADD COLUMN visitor INTEGER NOT NULL DEFAULT 0;
UPDATE threads SET visitor = 1 WHERE user_name = 'visitor';

-- Whether the deltas of the run were pruned.
ALTER TABLE runs ADD COLUMN pruned INTEGER NOT NULL DEFAULT 0;
CREATE INDEX runs_unpruned ON runs (ended_at) WHERE ended_at IS NOT NULL AND pruned = 0;

-- Visitors whose threads became those of a person.
CREATE TABLE visitor_links (
  tenant_id  TEXT NOT NULL,
  user_id    TEXT NOT NULL,
  visitor_id TEXT NOT NULL,
  PRIMARY KEY (tenant_id, user_id, visitor_id)
) STRICT, WITHOUT ROWID;

-- That somebody was erased, without who it was.
CREATE TABLE erasures (
  id     TEXT NOT NULL PRIMARY KEY,
  at     INTEGER NOT NULL,
  counts TEXT NOT NULL -- JSON object
) STRICT;

CREATE INDEX erasures_by_time ON erasures (at);
