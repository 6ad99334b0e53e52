import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createCheckpointer, emptyLog } from '../../src/storage/sqlite/checkpoint.ts';
import { openDatabase } from '../../src/storage/sqlite/open.ts';

const MB = 1024 * 1024;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clew-checkpoint-'));
  file = join(folder, 'clew.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const logSize = () => statSync(`${file}-wal`).size;

it('starts the write-ahead log over although the writing never pauses', async () => {
  const { db, close } = openDatabase({ file });
  db.exec('CREATE TABLE filler (x BLOB)');
  const insert = db.prepare('INSERT INTO filler VALUES (zeroblob(65536))');
  const checkpointer = createCheckpointer({ file, db, mostBytes: 16 * MB });
  let largest = 0;
  for (let written = 0; logSize() >= largest && written < 50_000; written += 1) {
    largest = logSize();
    insert.run();
    checkpointer.committed();
    if (written % 200 === 199) db.exec('DELETE FROM filler');
    await turn();
  }
  expect(logSize()).toBeLessThan(largest);
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  await checkpointer.close();
  close();
});

it('empties the log, or leaves it alone while somebody reads, and writes on either way', () => {
  const { db, close } = openDatabase({ file });
  db.exec('CREATE TABLE filler (x BLOB)');
  const reader = new DatabaseSync(file);
  reader.exec('BEGIN; SELECT count(*) FROM filler');
  db.exec('INSERT INTO filler VALUES (zeroblob(65536))');
  emptyLog(db);
  expect(logSize()).toBeGreaterThan(0);
  reader.close();
  emptyLog(db);
  expect(logSize()).toBe(0);
  expect(db.prepare('PRAGMA busy_timeout').get()).toEqual({ timeout: 5000 });
  close();
});

it('can be closed in the middle of its work, though nothing else keeps the process alive', () => {
  const source = (name: string) => JSON.stringify(join(import.meta.dirname, '../../src/storage/sqlite', name));
  const script = `
    import { createCheckpointer } from ${source('checkpoint.ts')};
    import { openDatabase } from ${source('open.ts')};
    const { db, close } = openDatabase({ file: ${JSON.stringify(file)} });
    const checkpointer = createCheckpointer({ file: ${JSON.stringify(file)}, db });
    db.exec('CREATE TABLE filler (x BLOB); INSERT INTO filler VALUES (zeroblob(134217728))');
    checkpointer.committed();
    await new Promise((resolve) => setTimeout(resolve, 550));
    await checkpointer.close();
    close();
    console.log('closed');`;
  // A file: the worker would not start with the flags that a script on the command line needs.
  writeFileSync(join(folder, 'close.mjs'), script);
  const { status, stdout } = spawnSync(process.execPath, [join(folder, 'close.mjs')], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'closed\n' });
});
