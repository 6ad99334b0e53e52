import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDir } from '../../../../test/kit/temp-dir.ts';
import { exportDatabase } from '../../src/app/database.ts';
import { openSqlite } from '../../src/storage/sqlite/store.ts';
import { load } from '../config/folder.ts';

test('a copy of the database can be read by its owner only, and none is written over', async () => {
  const { storage } = load(null);
  await openSqlite(storage).store.close();
  const copy = join(tempDir(), 'copies', 'clew.db');
  await exportDatabase(storage, copy);
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  await expect(exportDatabase(storage, copy)).rejects.toMatchObject({ code: 'database_unusable' });
});
