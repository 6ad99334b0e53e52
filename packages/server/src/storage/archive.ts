import { unpackLog } from './packed-log.ts';

/** The tables that a store is moved with, in the order in which they can be written. */
export const ARCHIVE_TABLES = [
  'settings',
  'threads',
  'messages',
  'runs',
  'events',
  'sent',
  'quotas',
  'webhook_events',
  'webhook_deliveries',
  'revoked',
  'visitor_links',
  'erasures',
] as const;
export type ArchiveTable = (typeof ARCHIVE_TABLES)[number];

/** How many rows each table has. */
export type ArchiveCounts = Readonly<Record<ArchiveTable, number>>;

/** A value of an archive. */
export type Cell = string | number | null;

/** Some rows of a table. JSON is text; an event names its run by id, as `run_id`. */
export interface ArchiveRows {
  readonly table: ArchiveTable;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Columns of `eventRows`. */
export const EVENT_COLUMNS = ['run_id', 'seq', 'type', 'at', 'data'] as const;

/** The events of a packed log as rows of the table `events`: whoever takes an archive over has all logs in one table, and packs them when it is time. Throws as `unpackLog` does. */
export function eventRows(runId: string, log: Uint8Array): Cell[][] {
  return unpackLog(log, { runId }).map(({ seq, type, at, data }) => [runId, seq, type, at, JSON.stringify(data)]);
}

/** Everything that a store holds, to be read once, in the order of the tables and within each in that of their making. Knowledge is left out: it is read from its documents. */
export interface Archive {
  readonly counts: ArchiveCounts;
  rows(): Iterable<ArchiveRows> | AsyncIterable<ArchiveRows>;
  close(): void;
}
