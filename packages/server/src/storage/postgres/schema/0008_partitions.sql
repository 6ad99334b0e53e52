-- The log in partitions by the number of the run: numbers grow with time, so that what is old lies together and can be dropped as a whole. What is there becomes the first of them; it
-- is read once, to see that all of it belongs there. `partitions.ts` makes those that follow.

ALTER TABLE clew.events RENAME TO events_0;
ALTER INDEX clew.events_pkey RENAME TO events_0_pkey;
CREATE TABLE clew.events (LIKE clew.events_0) PARTITION BY RANGE (run_n);
ALTER TABLE clew.events ADD CONSTRAINT events_pkey PRIMARY KEY (run_n, seq);
ALTER TABLE clew.events ATTACH PARTITION clew.events_0
  FOR VALUES FROM (MINVALUE) TO (coalesce(pg_sequence_last_value('clew.runs_n_seq'::regclass), 0) + 250001);

-- For runs beyond the last partition, should nobody have made one in time.
CREATE TABLE clew.events_rest PARTITION OF clew.events DEFAULT;
