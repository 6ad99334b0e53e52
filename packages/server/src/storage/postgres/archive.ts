import {
  ARCHIVE_TABLES,
  type Archive,
  type ArchiveCounts,
  type ArchiveRows,
  type ArchiveTable,
  type Cell,
  EVENT_COLUMNS,
  eventRows,
} from '../archive.ts';
import type { Database, Session } from './database.ts';

/** Rows fetched at once. */
const ROWS = 500;
/** Packed logs fetched at once. */
const LOGS = 25;

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

/** What an archive does without: in it all logs are events. */
const LEFT_OUT = new Set(['runs.archived_seq']);

/** Reads all of a database as it is at one moment, while servers may go on with it. The archive ends with `use`. */
export function archivePostgres<T>(database: Database, use: (archive: Archive) => Promise<T>): Promise<T> {
  return database.transaction(async (session) => {
    await session.run('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    // The first SELECT fixes the moment that is read. A partition that is archived and dropped after that would be gone for us, too: so it is held before.
    await session.run('LOCK TABLE clew.events IN ACCESS SHARE MODE');
    const count = async (sql: string) => (await session.row(`SELECT ${sql}`))?.[0] as number;
    const counts: Partial<Record<ArchiveTable, number>> = {};
    for (const table of ARCHIVE_TABLES) counts[table] = await count(`count(*) FROM clew.${table}`);
    counts.events = (counts.events ?? 0) + (await count('coalesce(sum(events), 0) FROM clew.archives'));
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
    if (table === 'events') yield* archivedEvents(session);
  }
}

async function* archivedEvents(session: Session): AsyncGenerator<ArchiveRows> {
  await session.run(
    `DECLARE packed NO SCROLL CURSOR FOR SELECT id, log FROM clew.archives JOIN clew.runs ON runs.n = run_n ORDER BY run_n`,
  );
  for (;;) {
    const logs = (await session.rows(`FETCH ${LOGS} FROM packed`)) as [runId: string, log: Uint8Array][];
    let rows: Cell[][] = [];
    for (const row of logs.flatMap(([runId, log]) => eventRows(runId, log))) {
      rows.push(row);
      if (rows.length < ROWS) continue;
      yield { table: 'events', columns: EVENT_COLUMNS, rows };
      rows = [];
    }
    if (rows.length > 0) yield { table: 'events', columns: EVENT_COLUMNS, rows };
    if (logs.length < LOGS) break;
  }
  await session.run('CLOSE packed');
}

/** The columns of a table, with what is read of each: JSON as text, truth as 0 and 1. Numbers that the database gives by itself are left out. */
async function columnsOf(session: Session, table: ArchiveTable): Promise<[name: string, sql: string][]> {
  const rows = await session.rows(
    `SELECT column_name::text, data_type::text FROM information_schema.columns
     WHERE table_schema = 'clew' AND table_name = $1 AND is_identity = 'NO' ORDER BY ordinal_position`,
    table,
  );
  const taken = (rows as [string, string][]).filter(([name]) => !LEFT_OUT.has(`${table}.${name}`));
  return taken.map(([name, type]) => {
    if (table === 'events' && name === 'run_n') return ['run_id', '(SELECT id FROM clew.runs WHERE n = run_n)'];
    const instead = INSTEAD[`${table}.${name}`];
    if (instead) return [name, instead];
    return [name, type === 'json' ? `${name}::text` : type === 'boolean' ? `${name}::int` : name];
  });
}
