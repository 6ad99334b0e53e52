import type { DatabaseSync } from 'node:sqlite';
import type { Holdings } from '../../ports/index.ts';
import { emptyLog } from './checkpoint.ts';

/**
 * Makes what was removed unreadable in the files of the database. Rows were overwritten when they were deleted (`secure_delete`), but not all copies of them: where SQLite
 * has moved rows from page to page, what is left in the gaps is overwritten by chance only (measured: some 17 of 10,000 rows could still be found). So the file is written anew, which
 * takes a few seconds for each GB, in which nothing else is done. The new one grows in a temporary file: in memory it might not fit. Words of removed documents stand in the full-text
 * index until its pieces are merged, and everything stands in the write-ahead log until that is emptied.
 */
export function scrub(db: DatabaseSync, { threads, documents }: Pick<Holdings, 'threads' | 'documents'>): void {
  if (documents > 0) db.exec(`INSERT INTO knowledge_words (knowledge_words) VALUES ('optimize')`);
  if (threads > 0 || documents > 0) {
    db.exec('PRAGMA temp_store = FILE');
    try {
      db.exec('VACUUM');
    } finally {
      db.exec('PRAGMA temp_store = MEMORY');
    }
  }
  emptyLog(db);
}
