import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '../../packages/server/src/storage/sqlite/store.ts';
import { storeSuite } from './store.suite.ts';

storeSuite({
  name: 'SQLite',
  async open() {
    const folder = mkdtempSync(join(tmpdir(), 'clew-store-'));
    const { store } = openSqlite({ file: join(folder, 'clew.db') });
    return {
      store,
      async close() {
        await store.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
});
