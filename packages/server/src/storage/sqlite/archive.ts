import { ARCHIVE_TABLES, type Archive, type ArchiveRows, type ArchiveTable, type Cell, eventRows } from '../archive.ts';
import { openDatabase } from './open.ts';

/** Rows handed on at once, and their largest number of characters. */
const ROWS = 500;
const CHARACTERS = 4_000_000;

/** What of each table is taken along, in columns of the archive. */
const COLUMNS: Readonly<Record<ArchiveTable, Readonly<Record<string, string>>>> = {
  settings: same('key', 'value'),
  threads: {
    ...same(
      'id',
      'tenant_id',
      'user_id',
      'user_name',
      'title',
      'agent_id',
      'status',
      'created_at',
      'updated_at',
      'extra',
      'visitor',
    ),
    state_version: `coalesce(state ->> '$.version', 0)`,
    state_source: `state ->> '$.source'`,
    state_value: `state -> '$.value'`,
  },
  messages: {
    ...same('id', 'thread_id', 'run_id', 'role', 'parts', 'parent_id', 'agent_name', 'user_id', 'user_name'),
    ...same('created_at', 'updated_at', 'flags', 'steps', 'state', 'extra', 'origin'),
  },
  runs: {
    ...same('id', 'tenant_id', 'user_id', 'user_name', 'thread_id', 'agent_id', 'agent_name', 'status', 'message_id'),
    ...same('context', 'options', 'inputs', 'epoch', 'worker', 'cancelling', 'created_at', 'started_at', 'ended_at'),
    ...same('waiting_since', 'waiting_until', 'error', 'behind', 'followed', 'lane', 'turn', 'pruned'),
    // Whoever had it is gone: the file is not open anywhere else.
    lease_until: `CASE WHEN status = 'running' THEN 0 END`,
  },
  events: { run_id: '(SELECT id FROM runs WHERE runs.n = events.run_n)', ...same('seq', 'type', 'at', 'data') },
  sent: same('tenant_id', 'user_id', 'key', 'fingerprint', 'run_id', 'message_id', 'after', 'at'),
  quotas: same('key', 'slot', 'amount', 'until'),
  webhook_events: same('type', 'tenant_id', 'run_id', 'message_id', 'at'),
  webhook_deliveries: {
    ...same('id', 'endpoint', 'type', 'tenant_id', 'run_id', 'message_id', 'at', 'attempts', 'next_at', 'problem'),
  },
  revoked: same('key', 'until'),
  visitor_links: same('tenant_id', 'user_id', 'visitor_id'),
  erasures: same('id', 'at', 'counts'),
};

const ORDER: Readonly<Record<ArchiveTable, string>> = {
  settings: 'key',
  threads: 'n',
  messages: 'n',
  runs: 'n',
  events: 'run_n, seq',
  sent: 'tenant_id, user_id, key',
  quotas: 'key, slot',
  webhook_events: 'n',
  webhook_deliveries: 'n',
  revoked: 'key',
  visitor_links: 'tenant_id, user_id, visitor_id',
  erasures: 'at, id',
};

function same(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, name]));
}

/** Opens a SQLite database, brings it to the newest schema and reads all of it. Rejects as `openDatabase` does: also when a server has it. */
export function archiveSqlite(file: string): Archive {
  const { db, close } = openDatabase({ file });
  const number = (sql: string) => Number((db.prepare(`SELECT ${sql}`).get() as { n: number }).n);
  const counts = Object.fromEntries(
    ARCHIVE_TABLES.map((table) => [table, number(`count(*) AS n FROM ${table}`)]),
  ) as Record<ArchiveTable, number>;
  counts.events += number('coalesce(sum(events), 0) AS n FROM archives');

  function* rowsOf(table: ArchiveTable): Iterable<Cell[]> {
    const select = Object.values(COLUMNS[table]).join(', ');
    const statement = db.prepare(`SELECT ${select} FROM ${table} ORDER BY ${ORDER[table]}`);
    statement.setReturnArrays(true);
    yield* statement.iterate() as unknown as Iterable<Cell[]>;
    if (table !== 'events') return;
    const packed = db.prepare('SELECT id, log FROM archives JOIN runs ON runs.n = run_n ORDER BY run_n');
    for (const { id, log } of packed.iterate()) yield* eventRows(id as string, log as Uint8Array);
  }

  function* rows(): Iterable<ArchiveRows> {
    for (const table of ARCHIVE_TABLES) {
      const columns = Object.keys(COLUMNS[table]);
      let batch: Cell[][] = [];
      let characters = 0;
      for (const row of rowsOf(table)) {
        batch.push(row);
        for (const cell of row) if (typeof cell === 'string') characters += cell.length;
        if (batch.length < ROWS && characters < CHARACTERS) continue;
        yield { table, columns, rows: batch };
        batch = [];
        characters = 0;
      }
      if (batch.length > 0) yield { table, columns, rows: batch };
    }
  }

  return { counts, rows, close };
}
