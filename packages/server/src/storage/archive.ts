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

/** Some rows of a table. JSON is text; an event names its run by id, as `run_id`. */
export interface ArchiveRows {
  readonly table: ArchiveTable;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** Everything that a store holds, to be read once, in the order of the tables and within each in that of their making. Knowledge is left out: it is read from its documents. */
export interface Archive {
  readonly counts: ArchiveCounts;
  rows(): Iterable<ArchiveRows> | AsyncIterable<ArchiveRows>;
  close(): void;
}
