-- When the question that a run waits on is over; null: it has no end of its own. Meaningless in every status but `waiting`.
ALTER TABLE runs ADD COLUMN waiting_until INTEGER;
CREATE INDEX runs_waiting_until ON runs (waiting_until) WHERE status = 'waiting' AND waiting_until IS NOT NULL;
