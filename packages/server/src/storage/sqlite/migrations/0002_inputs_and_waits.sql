-- Several messages that start one run, when a run began to wait, and what is measured of agents.

-- How many messages started the run: its user message is the last of them, the others stand right before it in the thread.
ALTER TABLE runs ADD COLUMN inputs INTEGER NOT NULL DEFAULT 1;

-- Set when the run began to wait for a person; meaningless in every other status.
ALTER TABLE runs ADD COLUMN waiting_since INTEGER;
UPDATE runs SET waiting_since = (SELECT max(at) FROM events WHERE run_n = runs.n AND type = 'run.waiting') WHERE status = 'waiting';
CREATE INDEX runs_waiting_since ON runs (waiting_since) WHERE status = 'waiting';

-- The newest ended runs of an agent, with all that is measured of them.
CREATE INDEX runs_measured ON runs (tenant_id, agent_id, n, status, started_at, ended_at) WHERE status IN ('completed', 'failed');
