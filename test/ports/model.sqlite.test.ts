import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqlite } from '../../packages/server/src/storage/sqlite/store.ts';
import { makeTempDir, removeTempDir } from '../kit/temp-dir.ts';
import { modelSuite } from './model.suite.ts';

/** Rows of a table, and what they belong to. */
const STRAYS: Readonly<Record<string, string>> = {
  events: 'NOT EXISTS (SELECT 1 FROM runs WHERE runs.n = run_n)',
  archives: 'NOT EXISTS (SELECT 1 FROM runs WHERE runs.n = run_n)',
  runs: 'NOT EXISTS (SELECT 1 FROM threads WHERE threads.id = thread_id)',
  messages: 'NOT EXISTS (SELECT 1 FROM threads WHERE threads.id = thread_id)',
  sent: 'NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = run_id)',
};

modelSuite({
  name: 'SQLite',
  async open() {
    const folder = makeTempDir();
    const file = join(folder, 'clew.db');
    const { store } = openSqlite({ file });
    return {
      stores: [store],
      async strays() {
        const db = new DatabaseSync(file, { readOnly: true });
        const found = Object.entries(STRAYS).flatMap(([table, condition]) => {
          const row = db.prepare(`SELECT count(*) AS count FROM ${table} WHERE ${condition}`).get();
          return row?.count === 0 ? [] : [`${table}: ${row?.count}`];
        });
        db.close();
        return found;
      },
      async close() {
        await store.close();
        removeTempDir(folder);
      },
    };
  },
});
