import { rmSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { ClewError } from '../../model/index.ts';
import { ARCHIVE_TABLES, type Archive, type ArchiveCounts, type ArchiveTable } from '../archive.ts';
import { openDatabase } from './open.ts';

type Cell = string | number | null;

/** The state of a thread stands in three columns of an archive and in one here. */
const STATE = ['state_version', 'state_source', 'state_value'];

/**
 * Writes an archive into a new SQLite file, in one transaction: all of it, or no file. Gives back how many rows each table then has; rejects with `database_unusable` when that is not what
 * the archive has, and `settings` are those that `keep` lets through.
 */
export async function restoreSqlite(
  file: string,
  archive: Archive,
  keep: (setting: string) => boolean,
): Promise<ArchiveCounts> {
  const { db, close } = openDatabase({ file, synchronous: 'full' });
  let done = false;
  try {
    db.exec('BEGIN IMMEDIATE');
    const inserts = new Map<ArchiveTable, StatementSync>();
    let left = 0;
    for await (const { table, columns, rows } of archive.rows()) {
      let insert = inserts.get(table);
      if (!insert) {
        insert = db.prepare(insertInto(table, columns));
        inserts.set(table, insert);
      }
      for (const row of rows) {
        if (table === 'settings' && !keep(String(row[columns.indexOf('key')]))) left += 1;
        else insert.run(...cellsOf(table, columns, row));
      }
    }
    const counts = countRows(db);
    const missing = ARCHIVE_TABLES.filter(
      (table) => counts[table] !== archive.counts[table] - (table === 'settings' ? left : 0),
    );
    if (missing.length > 0)
      throw new ClewError('database_unusable', `Not all rows arrived (${missing.join(', ')}). Nothing was written.`);
    db.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
    done = true;
    return counts;
  } finally {
    close();
    for (const end of done ? ['.lock', '-wal', '-shm'] : ['', '.lock', '-wal', '-shm'])
      rmSync(`${file}${end}`, { force: true });
  }
}

function insertInto(table: ArchiveTable, columns: readonly string[]): string {
  const names = columns.filter((name) => !isState(table, name));
  const values = names.map((name) => (isRunId(table, name) ? '(SELECT n FROM runs WHERE id = ?)' : '?'));
  const into = names.map((name) => (isRunId(table, name) ? 'run_n' : name));
  if (table === 'threads') {
    into.push('state');
    values.push('?');
  }
  return `INSERT INTO ${table} (${into.join(', ')}) VALUES (${values.join(', ')})`;
}

const isState = (table: ArchiveTable, name: string) => table === 'threads' && STATE.includes(name);
const isRunId = (table: ArchiveTable, name: string) => table === 'events' && name === 'run_id';

function cellsOf(table: ArchiveTable, columns: readonly string[], row: readonly Cell[]): Cell[] {
  const cells = row.filter((_, at) => !isState(table, columns[at] ?? ''));
  if (table !== 'threads') return cells;
  const [version, source, value] = STATE.map((name) => row[columns.indexOf(name)] ?? null);
  return [...cells, Number(version) > 0 ? stateOf(Number(version), source, value) : null];
}

function stateOf(version: number, source: Cell | undefined, value: Cell | undefined): string {
  const members = [
    ...(typeof source === 'string' ? [`"source":${JSON.stringify(source)}`] : []),
    ...(typeof value === 'string' ? [`"value":${value}`] : []),
    `"version":${version}`,
  ];
  return `{${members.join(',')}}`;
}

function countRows(db: DatabaseSync): ArchiveCounts {
  const count = (table: ArchiveTable) =>
    Number((db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n);
  return Object.fromEntries(ARCHIVE_TABLES.map((table) => [table, count(table)])) as unknown as ArchiveCounts;
}
