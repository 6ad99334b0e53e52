import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { createKnowledgeIndex } from '../../packages/server/src/storage/sqlite/knowledge.ts';
import { tempDir } from '../kit/temp-dir.ts';
import { document } from './knowledge/kit.ts';
import { knowledgeSuite } from './knowledge.suite.ts';

knowledgeSuite({
  name: 'SQLite',
  async open() {
    const folder = mkdtempSync(join(tmpdir(), 'clew-knowledge-'));
    const db = new DatabaseSync(join(folder, 'clew.db'));
    db.exec('PRAGMA journal_mode = WAL');
    return {
      index: createKnowledgeIndex(db),
      async close() {
        db.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
});

test('a removed document leaves no rows behind', async () => {
  const db = new DatabaseSync(':memory:');
  const index = createKnowledgeIndex(db);
  await index.update('docs', [document('a.md', { One: 'apple' })], []);
  await index.update('docs', [], ['a.md']);
  expect(db.prepare('SELECT count(*) AS n FROM knowledge_passages').get()).toEqual({ n: 0 });
  db.close();
});

test('an update stands inside a transaction of the store', async () => {
  const db = new DatabaseSync(':memory:');
  const index = createKnowledgeIndex(db);
  db.exec('BEGIN IMMEDIATE');
  await index.update('docs', [document('a.md', { One: 'apple' })], []);
  db.exec('ROLLBACK');
  expect(await index.search(['docs'], ['apple'], 1)).toEqual([]);
  const broken = { ...document('b.md', { Two: 'pear' }), hash: undefined } as never;
  await expect(index.update('docs', [broken], [])).rejects.toThrow();
  expect(db.isTransaction).toBe(false);
  db.close();
});

test('the index is there after the database was opened again', async () => {
  const file = join(tempDir(), 'clew.db');
  const before = new DatabaseSync(file);
  await createKnowledgeIndex(before).update('docs', [document('a.md', { One: 'apple' })], []);
  before.close();
  const after = new DatabaseSync(file);
  expect(await createKnowledgeIndex(after).search(['docs'], ['apple'], 1)).toHaveLength(1);
  after.close();
});
