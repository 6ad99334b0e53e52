-- What is used up, for the ceilings and budgets of channels.

CREATE TABLE clew.quotas (
  key    text COLLATE "C" NOT NULL,
  slot   text COLLATE "C" NOT NULL, -- what is counted together
  amount double precision NOT NULL,
  until  bigint NOT NULL, -- it does not count any more from then on
  PRIMARY KEY (key, slot)
);

CREATE INDEX quotas_by_until ON clew.quotas (until);
CREATE INDEX quotas_by_slot ON clew.quotas (slot);
