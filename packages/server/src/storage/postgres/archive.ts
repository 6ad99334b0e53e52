import { ARCHIVE_TABLES, type Archive, type ArchiveCounts, type ArchiveRows, type ArchiveTable } from '../archive.ts';
import type { Database, Session } from './database.ts';

/** Rows fetched at once. */
const ROWS = 500;

const ORDER: Partial<Readonly<Record<ArchiveTable, string>>> = {
  threads: 'n',
  messages: 'n',
  runs: 'n',
  events: 'run_n, seq',
  webhook_events: 'n',
  webhook_deliveries: 'n',
};

/** What stands in an archive in place of what a column holds. */
const INSTEAD: Readonly<Record<string, string>> = {
  // Whoever works on it now works on another database.
  'runs.lease_until': `CASE WHEN status = 'running' THEN 0 END`,
};

/** Reads all of a database as it is at one moment, while servers may go on with it. The archive ends with `use`. */
export function archivePostgres<T>(database: Database, use: (archive: Archive) => Promise<T>): Promise<T> {
  return database.transaction(async (session) => {
    await session.run('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const counts: Partial<Record<ArchiveTable, number>> = {};
    for (const table of ARCHIVE_TABLES)
      counts[table] = (await session.row(`SELECT count(*) FROM clew.${table}`))?.[0] as number;
    return use({ counts: counts as ArchiveCounts, rows: () => rowsOf(session), close: () => {} });
  });
}

async function* rowsOf(session: Session): AsyncGenerator<ArchiveRows> {
  for (const table of ARCHIVE_TABLES) {
    const selected = await columnsOf(session, table);
    const columns = selected.map(([name]) => name);
    const order = ORDER[table] ? ` ORDER BY ${ORDER[table]}` : '';
    await session.run(
      `DECLARE archived NO SCROLL CURSOR FOR SELECT ${selected.map(([, sql]) => sql).join(', ')} FROM clew.${table}${order}`,
    );
    for (;;) {
      const rows = await session.rows(`FETCH ${ROWS} FROM archived`);
      if (rows.length > 0) yield { table, columns, rows };
      if (rows.length < ROWS) break;
    }
    await session.run('CLOSE archived');
  }
}

/** The columns of a table, with what is read of each: JSON as text, truth as 0 and 1. Numbers that the database gives by itself are left out. */
async function columnsOf(session: Session, table: ArchiveTable): Promise<[name: string, sql: string][]> {
  const rows = await session.rows(
    `SELECT column_name::text, data_type::text FROM information_schema.columns
     WHERE table_schema = 'clew' AND table_name = $1 AND is_identity = 'NO' ORDER BY ordinal_position`,
    table,
  );
  return (rows as [string, string][]).map(([name, type]) => {
    if (table === 'events' && name === 'run_n') return ['run_id', '(SELECT id FROM clew.runs WHERE n = run_n)'];
    const instead = INSTEAD[`${table}.${name}`];
    if (instead) return [name, instead];
    return [name, type === 'json' ? `${name}::text` : type === 'boolean' ? `${name}::int` : name];
  });
}
