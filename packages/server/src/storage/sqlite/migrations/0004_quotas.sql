-- What is used up, for the ceilings and budgets of channels.

CREATE TABLE quotas (
  key    TEXT NOT NULL,
  slot   TEXT NOT NULL, -- what is counted together
  amount REAL NOT NULL,
  until  INTEGER NOT NULL, -- it does not count any more from then on
  PRIMARY KEY (key, slot)
) STRICT, WITHOUT ROWID;

CREATE INDEX quotas_by_until ON quotas (until);
CREATE INDEX quotas_by_slot ON quotas (slot);
