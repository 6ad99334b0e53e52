-- When the question that a run waits on is over; null: it has no end of its own. Meaningless in every status but `waiting`.
ALTER TABLE clew.runs ADD COLUMN waiting_until bigint;
CREATE INDEX runs_waiting_until ON clew.runs (waiting_until) WHERE status = 'waiting' AND waiting_until IS NOT NULL;
