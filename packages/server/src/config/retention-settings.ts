import { duration, type Row } from './setting-kinds.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How long what is kept. */
export const RETENTION_SETTINGS = {
  'retention.threads': [
    duration(HOUR_MS),
    'CLEW_RETENTION_THREADS',
    'retention-threads',
    null,
    '90d',
    'Conversations in which nobody spoke for this long are removed, with their runs, logs and files: `90d`, `12h`.',
    'kept',
  ],
  'retention.visitorThreads': [
    duration(HOUR_MS),
    'CLEW_RETENTION_VISITOR_THREADS',
    'retention-visitor-threads',
    null,
    '30d',
    'The same for conversations of anonymous visitors.',
    '`retention.threads`',
  ],
  'retention.deltas': [
    duration(MINUTE_MS),
    'CLEW_RETENTION_DELTAS',
    'retention-deltas',
    null,
    '30d',
    'The small pieces in which an answer came are removed this long after the end of its run. Whole messages, steps and everything else of the log stay, and so do cursors.',
    'kept',
  ],
  'retention.archive': [
    duration(MINUTE_MS),
    'CLEW_RETENTION_ARCHIVE',
    'retention-archive',
    null,
    '90d',
    'Logs are compressed this long after the end of their run. Nothing is lost and everything is read as before; it takes a fraction of the space.',
    'never',
  ],
  'retention.files': [
    duration(HOUR_MS),
    'CLEW_RETENTION_FILES',
    'retention-files',
    null,
    '30d',
    'Uploaded files are removed this long after they came, even if their conversation is kept.',
    'kept with their conversation',
  ],
  'retention.receipts': [
    duration(HOUR_MS),
    'CLEW_RETENTION_RECEIPTS',
    'retention-receipts',
    null,
    '3650d',
    'Receipts of erasures, which name nobody, are removed after this long.',
    'kept',
  ],
} as const satisfies Readonly<Record<string, Row>>;
