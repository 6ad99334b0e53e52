import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ClewError } from '../../model/index.ts';
import { migrate } from './migrate.ts';

/** Where and how to keep the database. */
export interface OpenOptions {
  /** Absolute path, or `:memory:`. Its folder is made. */
  readonly file: string;
  /** Default `normal`: a crash of the process loses nothing, a crash of the machine may lose the last moment. */
  readonly synchronous?: 'normal' | 'full';
}

/** A database that belongs to this process alone. */
export interface OpenDatabase {
  readonly db: DatabaseSync;
  close(): void;
}

/**
 * Opens the file for this process alone and brings its schema up to date. A second process is refused with `database_locked`: two engines on one
 * file would each believe that they hold the leases of the other. Rejected: `locking_mode=EXCLUSIVE` on the database itself, which would keep the
 * checkpoint thread and `sqlite3` in a shell out as well.
 */
export function openDatabase({ file, synchronous = 'normal' }: OpenOptions): OpenDatabase {
  if (file !== ':memory:') makeFolder(file);
  const lock = file === ':memory:' ? null : lockFile(`${file}.lock`);
  try {
    const db = new DatabaseSync(file);
    try {
      db.exec(`PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous.toUpperCase()};
        PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON; PRAGMA cache_size = -16000`);
      migrate(db);
    } catch (error) {
      db.close();
      throw error;
    }
    return {
      db,
      close() {
        db.close();
        lock?.close();
      },
    };
  } catch (error) {
    lock?.close();
    if (error instanceof ClewError) throw error;
    throw unusable('The database cannot be opened', error);
  }
}

/** What SQLite says of a file that could be opened and turns out to be damaged, as `database_unusable`; any other error as it is. */
export function explainDatabase(error: unknown): unknown {
  if ((error as { code?: unknown } | null)?.code !== 'ERR_SQLITE_ERROR') return error;
  return unusable('The database cannot be used', error);
}

/**
 * A lock that the operating system lets go of when the process dies, however it dies: an exclusive transaction on a file of its own. Node has no
 * `flock`, and a file with a process id in it outlives a `kill -9`.
 */
function lockFile(path: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path);
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock?.close();
    if (/locked|busy/i.test(String(cause))) {
      throw new ClewError(
        'database_locked',
        'Another Clew process uses this database. Stop it, or name another file with --db.',
        { cause },
      );
    }
    throw unusable('The database cannot be opened', cause);
  }
}

function makeFolder(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
  } catch (cause) {
    // Its words are no help: with `recursive` Node calls even a disk that can only be read "no such file or directory".
    throw new ClewError('database_unusable', `The folder for the database cannot be made. ${WRITABLE}`, { cause });
  }
}

const WRITABLE = 'Name a file with --db in a folder that you may write to.';
/** What to do, by SQLite's number of the error (https://www.sqlite.org/rescode.html): FULL, CANTOPEN, READONLY. */
const FIXES: Readonly<Record<number, string>> = {
  13: 'Make room on its disk, or name a file on another one with --db.',
  14: `Is that a file, and may you read and write it? ${WRITABLE}`,
  8: `May you write it? ${WRITABLE}`,
};

function unusable(what: string, cause: unknown): ClewError {
  const { errcode } = cause as { errcode?: unknown };
  // The lower byte says what, the others say where.
  const fix = typeof errcode === 'number' ? FIXES[errcode & 0xff] : undefined;
  const message = `${what}: ${reason(cause)}. ${fix ?? 'Put back a copy of it, or name another file with --db.'}`;
  return new ClewError('database_unusable', message, { cause });
}

/** Why, without the path that Node puts into its messages. */
function reason(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  const text = error instanceof Error ? error.message.replace(/, \w+ '.*'$/, '') : String(error);
  return typeof code === 'string' && text.startsWith(code) ? text.slice(code.length + 2) : text;
}
