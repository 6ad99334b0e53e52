import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pino from 'pino';
import type { Config } from '../config/config.ts';
import { isLoopback } from '../http/listen.ts';
import { ClewError } from '../model/index.ts';
import { openFileStore } from './file-store.ts';
import { SECRET_LENGTH } from './secret.ts';
import { postgresOptions } from './storage.ts';

/** What a database is, seen from outside while a server may be at work on it. */
export interface DatabaseExamination {
  readonly kind: 'sqlite' | 'postgres';
  /** Schema; 0: nothing is there yet. */
  readonly version: number;
  /** What this program works with. */
  readonly newest: number;
  /** Whether nothing can be written to it, as to a replica. Always false for SQLite. */
  readonly readOnly: boolean;
  /** Whether a process has it for itself. Always false for PostgreSQL. */
  readonly locked: boolean;
  /** What is wrong with the file; null when nothing is. */
  readonly damage: string | null;
  /** By how many milliseconds its clock is ahead; null where it has none of its own. */
  readonly aheadMs: number | null;
  /** Documents in the knowledge index, by knowledge base. */
  readonly documents: ReadonlyMap<string, number>;
}

/** Looks, and changes nothing. Rejects with what the database says when it cannot be used. */
export async function examineDatabase(storage: Config['storage'], now: () => number): Promise<DatabaseExamination> {
  const options = postgresOptions(storage);
  if (!options) {
    const { inspectSqlite } = await import('../storage/sqlite/inspect.ts');
    return { kind: 'sqlite', readOnly: false, aheadMs: null, ...inspectSqlite(storage.file) };
  }
  const { visitPostgres, inspectPostgres } = await postgres();
  const seen = await visitPostgres(options, (database) => inspectPostgres(database, now));
  return { kind: 'postgres', locked: false, damage: null, ...seen };
}

/** By how many milliseconds the clock of the database is ahead; null where it has none of its own. Rejects as `examineDatabase` does. */
export async function examineClock(storage: Config['storage'], now: () => number): Promise<number | null> {
  const options = postgresOptions(storage);
  if (!options) return null;
  const { visitPostgres, measureAhead } = await postgres();
  // Not a connection of the pool: waiting for one that is free would be taken for time on the way.
  return visitPostgres({ ...options, connections: 1 }, (database) => measureAhead(database, now));
}

async function postgres() {
  const [open, inspect] = await Promise.all([
    import('../storage/postgres/open.ts'),
    import('../storage/postgres/inspect.ts'),
  ]);
  return { ...open, ...inspect };
}

/** The file of the secret that tokens are signed with; undefined where it is kept in the database, or was not made yet. */
export function examineSecret(
  storage: Config['storage'],
): { readonly path: string; readonly mode: number; readonly holdsOne: boolean } | undefined {
  if (storage.url !== null || storage.file === ':memory:') return undefined;
  const path = join(dirname(storage.file), 'secret');
  if (!existsSync(path)) return undefined;
  return { path, mode: statSync(path).mode & 0o777, holdsOne: holdsSecret(path) };
}

function holdsSecret(path: string): boolean {
  try {
    return Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url').length >= SECRET_LENGTH;
  } catch {
    return false;
  }
}

/** A folder that a server writes to. */
export interface FolderExamination {
  readonly path: string;
  /** Of the folder, or of the first one above it that is there. */
  readonly writable: boolean;
  readonly freeBytes: number;
}

/** The folders of the database and of uploaded files; none for what is kept in memory, in PostgreSQL or in a bucket. */
export async function examineFolders({ storage, files }: Config): Promise<readonly FolderExamination[]> {
  const beside = storage.file === ':memory:' ? undefined : dirname(storage.file);
  const uploads = files.store === 'disk' ? (files.folder ?? (beside && join(beside, 'files'))) : undefined;
  const paths = [storage.url === null ? beside : undefined, uploads].filter((path) => path !== undefined);
  return Promise.all(
    paths.map(async (path) => {
      let there = path;
      while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
      const { bavail, bsize } = await statfs(there);
      return { path, writable: mayWrite(there), freeBytes: bavail * bsize };
    }),
  );
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Why uploaded files cannot be kept in the bucket, as a sentence; null when they can. Writes the small object that each start of a server writes. */
export async function examineBucket(config: Config): Promise<string | null> {
  let trouble: string | null = null;
  const log = pino(
    { level: 'warn' },
    {
      write(line: string) {
        const { msg, err } = JSON.parse(line) as { msg: string; err?: { message?: string } };
        trouble = `${msg}${err?.message ? ` (${err.message})` : ''}`;
      },
    },
  );
  const { files, check } = openFileStore(config, log);
  try {
    await check();
  } catch (error) {
    if (!(error instanceof ClewError)) throw error;
    trouble = error.message;
  } finally {
    await files.close();
  }
  return trouble;
}

/** Whether other machines may reach the server. */
export function isPublic({ server: { host, publicUrl } }: Config): boolean {
  return !isLoopback(host) || (publicUrl !== null && !isLoopback(new URL(publicUrl).hostname));
}
