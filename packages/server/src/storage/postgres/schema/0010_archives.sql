-- Logs of runs that ended long ago, in one row each. Once all runs of a partition of `clew.events` are here, it can be dropped.

CREATE TABLE clew.archives (
  run_n  bigint PRIMARY KEY,
  events integer NOT NULL, -- how many are in it
  log    bytea NOT NULL -- `packed-log.ts` reads it
);

-- It is compressed already.
ALTER TABLE clew.archives ALTER COLUMN log SET STORAGE EXTERNAL;

-- The last `seq` of a log that is in `clew.archives`; null: the log is in `clew.events`. 0: the run has no log.
ALTER TABLE clew.runs ADD COLUMN archived_seq integer;
CREATE INDEX runs_unarchived ON clew.runs (ended_at) WHERE ended_at IS NOT NULL AND archived_seq IS NULL;
