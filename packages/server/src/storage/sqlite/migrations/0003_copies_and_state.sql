-- Messages that are copies, and what agents keep with a thread.

-- Address of the message that this one is a copy of: a thread has one copy of each.
ALTER TABLE messages ADD COLUMN origin TEXT;
CREATE UNIQUE INDEX messages_by_origin ON messages (thread_id, origin) WHERE origin IS NOT NULL;

-- JSON object: source, value, version.
ALTER TABLE threads ADD COLUMN state TEXT;

-- Addresses of states were kept with what wires keep.
UPDATE threads SET
  state = json_object('source', json_extract(extra, '$.acp.state'), 'version', 1),
  extra = json_remove(extra, '$.acp')
WHERE json_type(extra, '$.acp.state') = 'text';
