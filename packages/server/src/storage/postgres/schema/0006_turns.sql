-- Runs of a thread one after the other, and turns over the lanes of the queue.

ALTER TABLE clew.runs
  -- Another run of the thread, made before, has to end first. Such a run is `queued` and nobody claims it.
  ADD COLUMN behind boolean NOT NULL DEFAULT false,
  -- Another run of the thread, made later, waits for the end of this one.
  ADD COLUMN followed boolean NOT NULL DEFAULT false,
  -- The channel it came by: queued runs are claimed in turn over these.
  ADD COLUMN lane text COLLATE "C" NOT NULL DEFAULT '',
  -- The round of the queue in which it is claimed; -1: before all that are new.
  ADD COLUMN turn bigint NOT NULL DEFAULT -1;

CREATE INDEX runs_unended ON clew.runs (thread_id, n) WHERE status IN ('queued', 'running', 'waiting');
CREATE INDEX runs_claimable ON clew.runs (turn, n) WHERE status = 'queued' AND NOT behind;
CREATE INDEX runs_in_lane ON clew.runs (lane, turn) WHERE status = 'queued';
CREATE INDEX runs_behind ON clew.runs (thread_id, n) WHERE status = 'queued' AND behind;
