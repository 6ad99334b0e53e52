import type { DatabaseSync } from 'node:sqlite';
import type { Look } from './outcome.ts';

/** How to look into an SQLite file. */
export function lookIntoFile(db: DatabaseSync): Look {
  const rows = <T>(sql: string, ...values: (string | number)[]) => db.prepare(sql).all(...values) as T[];
  return {
    runs: async () => rows('SELECT n, id, status FROM runs'),
    events: async ({ n }) =>
      rows<{ seq: number; type: string; data: string }>(
        'SELECT seq, type, data FROM events WHERE run_n = ? ORDER BY seq',
        n,
      ).map((event) => ({ ...event, data: JSON.parse(event.data) })),
    roles: async ({ id }) =>
      rows<{ role: string }>('SELECT role FROM messages WHERE run_id = ?', id).map(({ role }) => role),
  };
}
