-- What subscribers of webhooks are told, and what was good once.

-- Facts, written by the triggers below in the transaction that makes them facts.
CREATE TABLE clew.webhook_events (
  n          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  type       text COLLATE "C" NOT NULL,
  tenant_id  text COLLATE "C" NOT NULL,
  run_id     text COLLATE "C" NOT NULL,
  message_id text COLLATE "C",
  at         bigint NOT NULL
);

-- One for each subscriber of a fact. Gone when it was delivered.
CREATE TABLE clew.webhook_deliveries (
  n          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id         text COLLATE "C" NOT NULL UNIQUE, -- webhook-id
  endpoint   text COLLATE "C" NOT NULL,
  type       text COLLATE "C" NOT NULL,
  tenant_id  text COLLATE "C" NOT NULL,
  run_id     text COLLATE "C" NOT NULL,
  message_id text COLLATE "C",
  at         bigint NOT NULL,
  attempts   integer NOT NULL,
  next_at    bigint, -- null: dead
  problem    text
);

CREATE INDEX webhook_deliveries_due ON clew.webhook_deliveries (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX webhook_deliveries_dead ON clew.webhook_deliveries (at) WHERE next_at IS NULL;

-- The setting lists the types that somebody subscribes to: a run of a server without webhooks costs one look-up.
CREATE FUNCTION clew.tell_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO clew.webhook_events (type, tenant_id, run_id, at)
  SELECT 'run.' || NEW.status, NEW.tenant_id, NEW.id,
    coalesce(CASE WHEN NEW.status = 'waiting' THEN NEW.waiting_since ELSE NEW.ended_at END, NEW.created_at)
  FROM clew.settings WHERE key = 'webhooks' AND strpos(value::text, '"run.' || NEW.status || '"') > 0;
  RETURN NULL;
END $$;

CREATE TRIGGER runs_told AFTER UPDATE OF status ON clew.runs FOR EACH ROW
  WHEN (NEW.status <> OLD.status AND NEW.status IN ('completed', 'failed', 'cancelled', 'waiting'))
  EXECUTE FUNCTION clew.tell_run();

CREATE FUNCTION clew.tell_feedback() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO clew.webhook_events (type, tenant_id, run_id, message_id, at)
  SELECT 'feedback', runs.tenant_id, runs.id, NEW.id, NEW.updated_at
  FROM clew.settings, clew.runs
  WHERE settings.key = 'webhooks' AND strpos(settings.value::text, '"feedback"') > 0 AND runs.id = NEW.run_id;
  RETURN NULL;
END $$;

CREATE TRIGGER feedback_told AFTER UPDATE OF state ON clew.messages FOR EACH ROW
  WHEN (NEW.run_id IS NOT NULL AND NEW.role = 'assistant' AND NEW.state::text IS DISTINCT FROM OLD.state::text
    AND strpos(NEW.state::text, '"feedback"') > 0)
  EXECUTE FUNCTION clew.tell_feedback();

-- Tokens of people who signed out, and proofs of work that were shown.
CREATE TABLE clew.revoked (
  key   text COLLATE "C" PRIMARY KEY,
  until bigint NOT NULL -- it is worthless by itself from then on
);

CREATE INDEX revoked_by_until ON clew.revoked (until);
