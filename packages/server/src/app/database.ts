import { existsSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { ClewError } from '../model/index.ts';
import { secretBeside } from './secret.ts';
import { postgresOptions, SECRET } from './storage.ts';

/** Where the schema of a project's PostgreSQL database stands. */
export interface DatabaseStatus {
  /** 0: nothing is there yet. */
  readonly version: number;
  /** What this program works with. */
  readonly newest: number;
}

/** Looks, and changes nothing. Rejects with a `ClewError` when the project has no PostgreSQL database, or it cannot be used. */
export async function databaseStatus(storage: Config['storage']): Promise<DatabaseStatus> {
  const options = required(storage);
  const { visitPostgres, schemaStatus } = await import('../storage/postgres/open.ts');
  return visitPostgres(options, schemaStatus);
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
