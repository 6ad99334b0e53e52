import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { migrate, readMigrations } from '../../src/storage/sqlite/migrate.ts';

test('a run that waits knows since when after migration 2, and every run has one input', () => {
  const db = new DatabaseSync(':memory:');
  migrate(db, readMigrations().slice(0, 1));
  const insert = db.prepare(
    `INSERT INTO runs (n, id, tenant_id, user_id, user_name, thread_id, agent_id, agent_name, status, message_id, context, options, epoch, cancelling, created_at)
     VALUES (?, ?, 't', 'u', 'u', 'th', 'a', 'a', ?, 'm', '{}', '{}', 1, 0, 1)`,
  );
  insert.run(1, 'waits', 'waiting');
  insert.run(2, 'works', 'running');
  const event = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?)');
  event.run(1, 1, 'run.waiting', 10, '{}');
  event.run(1, 2, 'run.resumed', 20, '{}');
  event.run(1, 3, 'run.waiting', 30, '{}');
  event.run(2, 1, 'run.waiting', 40, '{}');
  migrate(db);
  const rows = db.prepare('SELECT id, waiting_since, inputs FROM runs ORDER BY n').all();
  expect(rows.map((row) => ({ ...row }))).toEqual([
    { id: 'waits', waiting_since: 30, inputs: 1 },
    { id: 'works', waiting_since: null, inputs: 1 },
  ]);
  db.close();
});
