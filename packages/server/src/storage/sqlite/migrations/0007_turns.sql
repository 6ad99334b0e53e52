-- Runs of a thread one after the other, and turns over the lanes of the queue.

-- 1: another run of the thread, made before, has to end first. Such a run is `queued` and nobody claims it.
ALTER TABLE runs ADD COLUMN behind INTEGER NOT NULL DEFAULT 0;
-- 1: another run of the thread, made later, waits for the end of this one.
ALTER TABLE runs ADD COLUMN followed INTEGER NOT NULL DEFAULT 0;
-- The channel it came by: queued runs are claimed in turn over these.
ALTER TABLE runs ADD COLUMN lane TEXT NOT NULL DEFAULT '';
-- The round of the queue in which it is claimed; -1: before all that are new.
ALTER TABLE runs ADD COLUMN turn INTEGER NOT NULL DEFAULT -1;

DROP INDEX runs_open;
DROP INDEX runs_waiting;
CREATE INDEX runs_unended ON runs (thread_id, n) WHERE status IN ('queued', 'running', 'waiting');
CREATE INDEX runs_leased ON runs (lease_until) WHERE status = 'running';
CREATE INDEX runs_claimable ON runs (turn, n) WHERE status = 'queued' AND behind = 0;
CREATE INDEX runs_in_lane ON runs (lane, turn, created_at) WHERE status = 'queued';
