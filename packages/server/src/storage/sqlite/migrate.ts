import { readdirSync, readFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { ClewError } from '../../model/index.ts';

const FOLDER = new URL('./migrations/', import.meta.url);

/** A step from one schema to the next. */
export interface Migration {
  /** 1, 2, 3 …: the schema's version after it, kept in `PRAGMA user_version`. */
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** The migrations beside this program, in order. */
export function readMigrations(): Migration[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({
      version: Number.parseInt(name, 10),
      name: name.replace(/\.sql$/, ''),
      sql: readFileSync(new URL(name, FOLDER), 'utf8'),
    }));
}

/**
 * Brings the database to the newest schema, each step in a transaction of its own. There is no way back: an older program refuses a newer
 * schema with `database_newer`.
 */
export function migrate(db: DatabaseSync, migrations: readonly Migration[] = readMigrations()): void {
  const version = (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
  const newest = migrations.at(-1)?.version ?? 0;
  if (version > newest) {
    throw new ClewError(
      'database_newer',
      `The database has schema ${version}, this Clew knows ${newest}: it was written by a newer Clew. Use that version, or another file.`,
    );
  }
  for (const migration of migrations) {
    if (migration.version <= version) continue;
    db.exec('BEGIN IMMEDIATE');
    try {
      db.exec(migration.sql);
      db.exec(`PRAGMA user_version = ${migration.version}`);
      db.exec('COMMIT');
    } catch (cause) {
      db.exec('ROLLBACK');
      throw new ClewError(
        'database_unusable',
        `The database could not be brought to schema ${migration.version} (${migration.name}).`,
        { cause },
      );
    }
  }
}
