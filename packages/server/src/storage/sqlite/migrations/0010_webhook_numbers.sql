-- The number of a fact is never given again: SQLite gives that of the newest row to the next one once it is gone, and whoever took the fact away a second time took another one with it.

-- `Store.subscribe` makes them again at the start. A table that a trigger writes to cannot be renamed while it is not there.
DROP TRIGGER IF EXISTS runs_told;
DROP TRIGGER IF EXISTS feedback_told;

CREATE TABLE numbered_webhook_events (
  n          INTEGER PRIMARY KEY AUTOINCREMENT,
  type       TEXT NOT NULL,
  tenant_id  TEXT NOT NULL,
  run_id     TEXT NOT NULL,
  message_id TEXT,
  at         INTEGER NOT NULL
) STRICT;

INSERT INTO numbered_webhook_events (n, type, tenant_id, run_id, message_id, at)
SELECT n, type, tenant_id, run_id, message_id, at FROM webhook_events;

DROP TABLE webhook_events;
ALTER TABLE numbered_webhook_events RENAME TO webhook_events;
