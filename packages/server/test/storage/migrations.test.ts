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

test('the address of a state moves to its thread with migration 3, and no message is a copy', () => {
  const db = new DatabaseSync(':memory:');
  migrate(db, readMigrations().slice(0, 2));
  const insert = db.prepare(
    `INSERT INTO threads (n, id, tenant_id, user_id, user_name, title, status, created_at, updated_at, extra)
     VALUES (?, ?, 't', 'u', 'u', 't', 'open', 1, 1, ?)`,
  );
  insert.run(1, 'brought', '{"acp":{"state":"https://b.example/state"},"other":1}');
  insert.run(2, 'plain', '{"other":1}');
  db.exec(
    `INSERT INTO messages (id, thread_id, role, parts, user_id, user_name, created_at, updated_at, flags)
     VALUES ('m', 'plain', 'user', '[]', 'u', 'u', 1, 1, 0)`,
  );
  migrate(db);
  const rows = db.prepare('SELECT id, state, extra FROM threads ORDER BY n').all();
  expect(rows.map((row) => ({ ...row }))).toEqual([
    { id: 'brought', state: '{"source":"https://b.example/state","version":1}', extra: '{"other":1}' },
    { id: 'plain', state: null, extra: '{"other":1}' },
  ]);
  expect(
    db
      .prepare('SELECT origin FROM messages')
      .all()
      .map((row) => ({ ...row })),
  ).toEqual([{ origin: null }]);
  db.close();
});

test('facts for webhooks keep their numbers with migration 10, and none is given twice from then on', () => {
  const db = new DatabaseSync(':memory:');
  migrate(db, readMigrations().slice(0, 9));
  const tell = () =>
    db.exec(`INSERT INTO webhook_events (type, tenant_id, run_id, at) VALUES ('run.failed', 't', 'r', 1)`);
  const numbers = () =>
    db
      .prepare('SELECT n FROM webhook_events ORDER BY n')
      .all()
      .map(({ n }) => n);
  db.exec(`CREATE TRIGGER runs_told AFTER UPDATE OF status ON runs BEGIN
    INSERT INTO webhook_events (type, tenant_id, run_id, at) VALUES ('run.' || NEW.status, NEW.tenant_id, NEW.id, 1);
  END`);
  tell();
  tell();
  db.exec('DELETE FROM webhook_events WHERE n = 1');
  migrate(db);
  expect(numbers()).toEqual([2]);
  db.exec('DELETE FROM webhook_events');
  tell();
  expect(numbers()).toEqual([3]);
  db.close();
});
