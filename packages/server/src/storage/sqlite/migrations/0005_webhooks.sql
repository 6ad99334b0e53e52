-- What subscribers of webhooks are told, and what was good once.

-- Facts, written by triggers in the transaction that makes them facts. `Store.subscribe` makes those.
CREATE TABLE webhook_events (
  n          INTEGER PRIMARY KEY,
  type       TEXT NOT NULL,
  tenant_id  TEXT NOT NULL,
  run_id     TEXT NOT NULL,
  message_id TEXT,
  at         INTEGER NOT NULL
) STRICT;

-- One for each subscriber of a fact. Gone when it was delivered.
CREATE TABLE webhook_deliveries (
  n          INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE, -- webhook-id
  endpoint   TEXT NOT NULL,
  type       TEXT NOT NULL,
  tenant_id  TEXT NOT NULL,
  run_id     TEXT NOT NULL,
  message_id TEXT,
  at         INTEGER NOT NULL,
  attempts   INTEGER NOT NULL,
  next_at    INTEGER, -- null: dead
  problem    TEXT
) STRICT;

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (at) WHERE next_at IS NULL;

-- Tokens of people who signed out, and proofs of work that were shown.
CREATE TABLE revoked (
  key   TEXT NOT NULL PRIMARY KEY,
  until INTEGER NOT NULL -- it is worthless by itself from then on
) STRICT, WITHOUT ROWID;

CREATE INDEX revoked_by_until ON revoked (until);
