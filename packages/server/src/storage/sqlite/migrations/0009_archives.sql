-- Logs of runs that ended long ago, in one row each.

CREATE TABLE archives (
  run_n  INTEGER PRIMARY KEY,
  events INTEGER NOT NULL, -- how many are in it
  log    BLOB NOT NULL -- `packed-log.ts` reads it
) STRICT;

-- The last `seq` of a log that is in `archives`; null: the log is in `events`. 0: the run has no log.
ALTER TABLE runs ADD COLUMN archived_seq INTEGER;
CREATE INDEX runs_unarchived ON runs (ended_at) WHERE ended_at IS NOT NULL AND archived_seq IS NULL;
