-- Threads, their messages, and the runs with their logs. Times are milliseconds since 1970-01-01 UTC, ids are UUIDs in lower case.

CREATE TABLE settings (
  key   TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL -- JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE threads (
  n          INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  tenant_id  TEXT NOT NULL,
  user_id    TEXT NOT NULL,
  user_name  TEXT NOT NULL,
  title      TEXT NOT NULL,
  agent_id   TEXT,
  status     TEXT NOT NULL CHECK (status IN ('open', 'closed')),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  extra      TEXT NOT NULL -- JSON object
) STRICT;

CREATE INDEX threads_by_user ON threads (tenant_id, user_id, updated_at);

CREATE TABLE messages (
  n          INTEGER PRIMARY KEY, -- the order of the thread
  id         TEXT NOT NULL UNIQUE,
  thread_id  TEXT NOT NULL,
  run_id     TEXT,
  role       TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
  parts      TEXT NOT NULL, -- JSON array
  parent_id  TEXT,
  agent_name TEXT,
  user_id    TEXT NOT NULL,
  user_name  TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  flags      INTEGER NOT NULL, -- 1: incomplete, 2: interrupt
  steps      TEXT, -- JSON array; null: none
  state      TEXT, -- JSON object
  extra      TEXT  -- JSON object
) STRICT;

CREATE INDEX messages_by_thread ON messages (thread_id, n);

CREATE TABLE runs (
  n            INTEGER PRIMARY KEY, -- the order of the queue
  id           TEXT NOT NULL UNIQUE,
  tenant_id    TEXT NOT NULL,
  user_id      TEXT NOT NULL,
  user_name    TEXT NOT NULL,
  thread_id    TEXT NOT NULL,
  agent_id     TEXT NOT NULL,
  agent_name   TEXT NOT NULL,
  status       TEXT NOT NULL CHECK (status IN ('queued', 'running', 'waiting', 'completed', 'failed', 'cancelled')),
  message_id   TEXT NOT NULL,
  context      TEXT NOT NULL, -- JSON object
  options      TEXT NOT NULL, -- JSON object
  epoch        INTEGER NOT NULL,
  worker       TEXT,
  lease_until  INTEGER,
  cancelling   INTEGER NOT NULL,
  created_at   INTEGER NOT NULL,
  started_at   INTEGER,
  ended_at     INTEGER,
  error        TEXT -- JSON object
) STRICT;

CREATE INDEX runs_open ON runs (n) WHERE status IN ('queued', 'running');
CREATE INDEX runs_waiting ON runs (thread_id) WHERE status = 'waiting';
CREATE INDEX runs_by_thread ON runs (thread_id);

-- The log. One row an event; the newest seq of a run is not stored anywhere else.
CREATE TABLE events (
  run_n INTEGER NOT NULL,
  seq   INTEGER NOT NULL,
  type  TEXT NOT NULL,
  at    INTEGER NOT NULL,
  data  TEXT NOT NULL, -- JSON object
  PRIMARY KEY (run_n, seq)
) STRICT, WITHOUT ROWID;

-- Client message ids: what was sent with one is never done twice.
CREATE TABLE sent (
  tenant_id   TEXT NOT NULL,
  user_id     TEXT NOT NULL,
  key         TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  run_id      TEXT NOT NULL,
  message_id  TEXT NOT NULL,
  after       INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, user_id, key)
) STRICT, WITHOUT ROWID;
