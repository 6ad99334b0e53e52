import { ClewError } from '../../model/index.ts';
import { ARCHIVE_TABLES, type Archive, type ArchiveCounts, type ArchiveRows, type ArchiveTable } from '../archive.ts';
import type { Database, Session } from './database.ts';
import { columnsOf } from './group.ts';
import { makeAhead } from './partitions.ts';

/**
 * Writes an archive into a database that has the schema and nothing else, in one transaction: all of it, or nothing. Gives back how many rows each table then
 * has; rejects when that is not what the archive has.
 */
export function restore(database: Database, archive: Archive): Promise<ArchiveCounts> {
  return database.transaction(async (session) => {
    await session.run(`LOCK TABLE ${ARCHIVE_TABLES.map((table) => `clew.${table}`).join(', ')} IN EXCLUSIVE MODE`);
    const before = await countRows(session);
    if (ARCHIVE_TABLES.some((table) => before[table] > 0))
      throw new ClewError(
        'database_unusable',
        'The PostgreSQL database is not empty. Name one that no server has used yet.',
      );
    await makeAhead(session, archive.counts.runs);
    const types = await columnTypes(session);
    for await (const rows of archive.rows()) await insert(session, rows, types);
    const after = await countRows(session);
    const missing = ARCHIVE_TABLES.filter((table) => after[table] !== archive.counts[table]);
    if (missing.length > 0)
      throw new ClewError('database_unusable', `Not all rows arrived (${missing.join(', ')}). Nothing was changed.`);
    return after;
  });
}

async function insert(session: Session, { table, columns, rows }: ArchiveRows, types: ReadonlyMap<string, string>) {
  const names = table === 'events' ? columns.map((name) => (name === 'run_id' ? 'run_n' : name)) : columns;
  const values = columns.map((name) =>
    table === 'events' && name === 'run_id'
      ? '(SELECT n FROM clew.runs WHERE id = incoming.run_id)'
      : `incoming.${name}::${types.get(`${table}.${name}`)}`,
  );
  const texts = rows.map((row) => row.map((cell) => (cell === null ? null : String(cell))));
  await session.run(
    `INSERT INTO clew.${table} (${names.join(', ')}) SELECT ${values.join(', ')}
     FROM unnest(${columns.map((_, at) => `$${at + 1}::text[]`).join(', ')}) WITH ORDINALITY AS incoming (${columns.join(', ')}, place)
     ORDER BY place`,
    ...columnsOf(texts, columns.length),
  );
}

async function columnTypes(session: Session): Promise<ReadonlyMap<string, string>> {
  const rows = await session.rows(
    `SELECT table_name || '.' || column_name, data_type FROM information_schema.columns WHERE table_schema = 'clew'`,
  );
  return new Map(rows as [string, string][]);
}

async function countRows(session: Session): Promise<ArchiveCounts> {
  const counts: Partial<Record<ArchiveTable, number>> = {};
  for (const table of ARCHIVE_TABLES)
    counts[table] = (await session.row(`SELECT count(*) FROM clew.${table}`))?.[0] as number;
  return counts as ArchiveCounts;
}
