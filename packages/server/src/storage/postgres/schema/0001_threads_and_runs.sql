-- Threads, their messages, and the runs with their logs. Times are milliseconds since 1970-01-01 UTC, ids are UUIDs in lower case. JSON is kept as text that
-- was checked (`json`): it comes back as it was sent, \u0000 included, which `jsonb` refuses.

CREATE TABLE clew.settings (
  key   text COLLATE "C" PRIMARY KEY,
  value json NOT NULL
);

CREATE TABLE clew.threads (
  n             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id            text COLLATE "C" NOT NULL UNIQUE,
  tenant_id     text COLLATE "C" NOT NULL,
  user_id       text COLLATE "C" NOT NULL,
  user_name     text NOT NULL,
  title         text NOT NULL,
  agent_id      text COLLATE "C",
  status        text COLLATE "C" NOT NULL CHECK (status IN ('open', 'closed')),
  created_at    bigint NOT NULL,
  updated_at    bigint NOT NULL,
  extra         json NOT NULL,
  -- What agents keep with the thread: version 0 is nothing; a null value is one that is only known where to read it.
  state_version integer NOT NULL DEFAULT 0,
  state_source  text,
  state_value   json
) WITH (fillfactor = 85);

CREATE INDEX threads_by_user ON clew.threads (tenant_id, user_id, updated_at);

CREATE TABLE clew.messages (
  n          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- the order of the thread
  id         text COLLATE "C" NOT NULL UNIQUE,
  thread_id  text COLLATE "C" NOT NULL,
  run_id     text COLLATE "C",
  role       text COLLATE "C" NOT NULL CHECK (role IN ('user', 'assistant')),
  parts      json NOT NULL,
  parent_id  text COLLATE "C",
  agent_name text,
  user_id    text COLLATE "C" NOT NULL,
  user_name  text NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  flags      integer NOT NULL, -- 1: incomplete, 2: interrupt
  steps      json, -- null: none
  state      json,
  extra      json,
  origin     text COLLATE "C" -- address of the message that this one is a copy of
);

CREATE INDEX messages_by_thread ON clew.messages (thread_id, n);
-- By a hash: an address may be longer than an entry of an index.
CREATE UNIQUE INDEX messages_by_origin ON clew.messages (thread_id, md5(origin)) WHERE origin IS NOT NULL;

CREATE TABLE clew.runs (
  n             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- the order of the queue
  id            text COLLATE "C" NOT NULL UNIQUE,
  tenant_id     text COLLATE "C" NOT NULL,
  user_id       text COLLATE "C" NOT NULL,
  user_name     text NOT NULL,
  thread_id     text COLLATE "C" NOT NULL,
  agent_id      text COLLATE "C" NOT NULL,
  agent_name    text NOT NULL,
  status        text COLLATE "C" NOT NULL CHECK (status IN ('queued', 'running', 'waiting', 'completed', 'failed', 'cancelled')),
  message_id    text COLLATE "C" NOT NULL,
  context       json NOT NULL,
  options       json NOT NULL,
  inputs        integer NOT NULL, -- how many messages started the run: its user message is the last of them
  epoch         integer NOT NULL,
  worker        text COLLATE "C",
  lease_until   bigint,
  cancelling    boolean NOT NULL DEFAULT false,
  created_at    bigint NOT NULL,
  started_at    bigint,
  ended_at      bigint,
  waiting_since bigint, -- meaningless in every status but `waiting`
  error         json
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

CREATE INDEX runs_queued ON clew.runs (n) WHERE status = 'queued';
CREATE INDEX runs_leased ON clew.runs (lease_until) WHERE status = 'running';
CREATE INDEX runs_waiting ON clew.runs (waiting_since) WHERE status = 'waiting';
CREATE INDEX runs_by_thread ON clew.runs (thread_id, n);
CREATE INDEX runs_by_user ON clew.runs (tenant_id, user_id, n);
CREATE INDEX runs_measured ON clew.runs (tenant_id, agent_id, n) INCLUDE (status, started_at, ended_at)
  WHERE status IN ('completed', 'failed');

-- The log. One row an event; the newest seq of a run is not stored anywhere else, so that an append changes no row.
CREATE TABLE clew.events (
  run_n bigint NOT NULL,
  seq   integer NOT NULL,
  type  text COLLATE "C" NOT NULL,
  at    bigint NOT NULL,
  data  json NOT NULL,
  PRIMARY KEY (run_n, seq)
);

-- Client message ids: what was sent with one is never done twice.
CREATE TABLE clew.sent (
  tenant_id   text COLLATE "C" NOT NULL,
  user_id     text COLLATE "C" NOT NULL,
  key         text COLLATE "C" NOT NULL,
  fingerprint text COLLATE "C" NOT NULL,
  run_id      text COLLATE "C" NOT NULL,
  message_id  text COLLATE "C" NOT NULL,
  after       integer NOT NULL,
  at          bigint NOT NULL,
  PRIMARY KEY (tenant_id, user_id, key)
);

CREATE INDEX sent_by_run ON clew.sent (run_id);
