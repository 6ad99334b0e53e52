import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Connection } from '../../src/storage/sqlite/connection.ts';
import { migrate, readMigrations } from '../../src/storage/sqlite/migrate.ts';
import { openDatabase } from '../../src/storage/sqlite/open.ts';
import { openSqlite } from '../../src/storage/sqlite/store.ts';
import { createWriter } from '../../src/storage/sqlite/writer.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clew-sqlite-'));
  file = join(folder, 'deep', 'clew.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('makes the folder and the schema, and opens them again', () => {
  openDatabase({ file }).close();
  const { db, close } = openDatabase({ file, synchronous: 'full' });
  expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: readMigrations().at(-1)?.version });
  expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
  close();
});

it('refuses a database of a newer program and leaves it as it was', () => {
  openDatabase({ file }).close();
  const db = new DatabaseSync(file);
  db.exec('PRAGMA user_version = 999');
  db.close();
  expect(() => openDatabase({ file })).toThrow(/schema 999.*newer Clew/);
  expect(() => openDatabase({ file })).toThrow(expect.objectContaining({ code: 'database_newer' }));
});

it('undoes a migration that breaks, and says which', () => {
  const db = new DatabaseSync(':memory:');
  const broken = [
    { version: 1, name: '0001_a', sql: 'CREATE TABLE a (x)' },
    { version: 2, name: '0002_b', sql: 'CREATE TABLE b (x); SELECT nonsense' },
  ];
  expect(() => migrate(db, broken)).toThrow(/schema 2 \(0002_b\)/);
  expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 });
  expect(db.prepare(`SELECT count(*) AS n FROM sqlite_master WHERE name = 'b'`).get()).toEqual({ n: 0 });
});

it('refuses a second process, and lets go when the first dies without a word', () => {
  const first = openDatabase({ file });
  expect(() => openDatabase({ file })).toThrow(expect.objectContaining({ code: 'database_locked' }));
  first.close();
  const opener = join(import.meta.dirname, '../../src/storage/sqlite/open.ts');
  const script = `import { openDatabase } from ${JSON.stringify(opener)}; openDatabase({ file: ${JSON.stringify(file)} }); process.kill(process.pid, 'SIGKILL');`;
  expect(spawnSync(process.execPath, ['--input-type=module', '-e', script]).signal).toBe('SIGKILL');
  openDatabase({ file }).close();
});

it('says why a file cannot be opened and what to do, without its path', () => {
  writeFileSync(join(folder, 'text'), 'this is not a database, and it is longer than a header has to be '.repeat(20));
  const said = [join(folder, 'text'), folder, join(folder, 'text', 'below')].map((bad) => {
    try {
      openDatabase({ file: bad }).close();
      return undefined;
    } catch (error) {
      return error;
    }
  });
  expect(said).toMatchObject([
    {
      code: 'database_unusable',
      message:
        'The database cannot be opened: file is not a database. Put back a copy of it, or name another file with --db.',
    },
    {
      code: 'database_unusable',
      message:
        'The database cannot be opened: unable to open database file. Is that a file, and may you read and write it? Name a file with --db in a folder that you may write to.',
    },
    {
      code: 'database_unusable',
      message: 'The folder for the database cannot be made. Name a file with --db in a folder that you may write to.',
    },
  ]);
});

it('says so when a file turns out to be damaged, and lets go of it', () => {
  const { db, close } = openDatabase({ file });
  const add = db.prepare(`INSERT INTO settings VALUES (?, ?)`);
  for (let n = 0; n < 100; n += 1) add.run(`key ${n}`, '"x"'.repeat(500));
  close();
  const bytes = readFileSync(file);
  for (let at = 8_192; at < bytes.length; at += 4_096) bytes.fill(0xaa, at, at + 512);
  writeFileSync(file, bytes);
  for (const _ of ['once', 'and again: nothing is locked']) {
    expect(() => openSqlite({ file })).toThrow(
      expect.objectContaining({ code: 'database_unusable', message: expect.stringContaining('malformed') }),
    );
  }
});

it('commits what is written in one turn together, and undoes only what broke', async () => {
  const db = new DatabaseSync(':memory:');
  db.exec('CREATE TABLE t (x INTEGER PRIMARY KEY) STRICT');
  const connection = new Connection(db);
  let commits = 0;
  let rollbacks = 0;
  const writer = createWriter({ connection, onCommit: () => (commits += 1), onRollback: () => (rollbacks += 1) });
  const insert = (x: number) => writer.write(() => connection.run('INSERT INTO t VALUES (?)', x));

  await Promise.all([insert(1), insert(2), insert(3)]);
  expect(commits).toBe(1);

  const refused = writer.write(() => {
    throw new Error('checked before it changed anything');
  });
  await expect(Promise.allSettled([insert(4), refused])).resolves.toMatchObject([
    { status: 'fulfilled' },
    { status: 'rejected' },
  ]);
  expect([commits, rollbacks]).toEqual([2, 0]);

  const half = writer.write(() => {
    connection.run('INSERT INTO t VALUES (100)');
    connection.run('INSERT INTO t VALUES (1)');
  });
  await expect(Promise.allSettled([insert(5), half, insert(6)])).resolves.toMatchObject([
    { status: 'fulfilled' },
    { status: 'rejected' },
    { status: 'fulfilled' },
  ]);
  expect(db.prepare('SELECT group_concat(x) AS all_x FROM t').get()).toEqual({ all_x: '1,2,3,4,5,6' });
  writer.close();
  await expect(insert(7)).rejects.toThrow('closed');
});
