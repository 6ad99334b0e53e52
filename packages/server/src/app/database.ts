import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '../config/config.ts';
import { ClewError } from '../model/index.ts';
import type { QueueMeasures } from '../ports/index.ts';
import { REAL_CLOCK } from './clock.ts';
import { keepSecretBeside, secretBeside } from './secret.ts';
import { postgresOptions, SECRET } from './storage.ts';

/** Where the schema of a project's PostgreSQL database stands. */
export interface DatabaseStatus {
  /** 0: nothing is there yet. */
  readonly version: number;
  /** What this program works with. */
  readonly newest: number;
}

/** The same, and the queue of the servers that work on it; undefined where the schema is another one. */
export interface DatabaseState extends DatabaseStatus {
  /** Whether nothing can be written: servers refuse such a database. */
  readonly readOnly: boolean;
  readonly queue:
    | (QueueMeasures & { /** Milliseconds; null without queued runs. */ readonly oldestMs: number | null })
    | undefined;
}

/** Looks, and changes nothing. Rejects with a `ClewError` when the project has no PostgreSQL database, or it cannot be used. */
export async function databaseStatus(storage: Config['storage']): Promise<DatabaseState> {
  const options = required(storage);
  const { visitPostgres, schemaStatus, isReadOnly, measureQueue } = await import('../storage/postgres/open.ts');
  return visitPostgres(options, async (database) => {
    const status = { ...(await schemaStatus(database)), readOnly: await isReadOnly(database) };
    if (status.version !== status.newest) return { ...status, queue: undefined };
    const queue = await measureQueue(database);
    const oldestMs = queue.oldestAt === null ? null : Math.max(0, REAL_CLOCK.now() - queue.oldestAt);
    return { ...status, queue: { ...queue, oldestMs } };
  });
}

/** Brings the schema up to date, as a start of a server does; where it stood before, and stands now. */
export async function migrateDatabase(
  storage: Config['storage'],
): Promise<{ readonly before: DatabaseStatus; readonly after: DatabaseStatus }> {
  const options = required(storage);
  const { visitPostgres, schemaStatus, migrate } = await import('../storage/postgres/open.ts');
  return visitPostgres(options, async (database) => ({
    before: await schemaStatus(database),
    after: await migrate(database),
  }));
}

function required(storage: Config['storage']) {
  const options = postgresOptions(storage);
  if (options) return options;
  throw new ClewError(
    'database_unusable',
    'This project keeps its data in SQLite, which each start brings up to date by itself. For PostgreSQL set CLEW_DATABASE_URL, or `storage.url` in clew.config.yaml.',
  );
}

/**
 * Moves everything from the project's SQLite file into its PostgreSQL database, which has to be empty, and compares the counts. The file stays as it was; no server
 * may have it open. Tokens and keys that were given out stay good.
 */
export async function importDatabase(storage: Config['storage']): Promise<Readonly<Record<string, number>>> {
  const options = required(storage);
  const secret = secretBeside(storage.file);
  if (!existsSync(storage.file))
    throw new ClewError('database_unusable', 'There is no SQLite database to import. Name it with --db.');
  const [{ archiveSqlite }, { visitPostgres, migrate, restore, keepSetting }] = await Promise.all([
    import('../storage/sqlite/archive.ts'),
    import('../storage/postgres/open.ts'),
  ]);
  const archive = archiveSqlite(storage.file);
  try {
    return await visitPostgres(options, async (database) => {
      await migrate(database);
      const counts = await restore(database, archive);
      if (secret) await keepSetting(database, SECRET, Buffer.from(secret).toString('base64url'));
      return counts;
    });
  } finally {
    archive.close();
  }
}

/**
 * Copies everything of the project, from PostgreSQL or from its SQLite file, into a new SQLite file, and compares the counts. PostgreSQL is read as it is at one moment, while servers go on; a
 * SQLite file that a server has open is refused with `database_locked`. Where the secret of the installation stands in the database it is written beside the file, as a project has it, so
 * that tokens and keys stay good.
 */
export async function exportDatabase(
  storage: Config['storage'],
  file: string,
): Promise<Readonly<Record<string, number>>> {
  if (existsSync(file))
    throw new ClewError('database_unusable', 'There is a file of this name already. Name another one.');
  const { restoreSqlite } = await import('../storage/sqlite/restore.ts');
  const restore: typeof restoreSqlite = (to, archive, keep) => {
    makePrivate(to);
    return restoreSqlite(to, archive, keep);
  };
  const options = postgresOptions(storage);
  if (!options) {
    if (!existsSync(storage.file))
      throw new ClewError('database_unusable', 'There is no SQLite database to export. Name it with --db.');
    const { archiveSqlite } = await import('../storage/sqlite/archive.ts');
    const archive = archiveSqlite(storage.file);
    try {
      const secret = secretBeside(storage.file);
      if (secret) keepSecretBeside(file, secret);
      return await restore(file, archive, () => true);
    } finally {
      archive.close();
    }
  }
  const { visitPostgres, schemaStatus, archivePostgres, readSetting } = await import('../storage/postgres/open.ts');
  return visitPostgres(options, async (database) => {
    const { version, newest } = await schemaStatus(database);
    if (version !== newest)
      throw new ClewError(
        'database_unusable',
        'The database has another schema than this program. Run `clew db migrate` first.',
      );
    const secret = await readSetting(database, SECRET);
    if (secret !== undefined) keepSecretBeside(file, Buffer.from(String(secret), 'base64url'));
    return archivePostgres(database, (archive) => restore(file, archive, (key) => key !== SECRET));
  });
}

/** An empty file that only its owner may read; SQLite gives those beside it the same mode. */
function makePrivate(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '', { mode: 0o600, flag: 'wx' });
}
