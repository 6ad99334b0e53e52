import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { readMigrations } from './migrate.ts';

/** What an SQLite file is, seen from outside while a server may be at work on it. */
export interface SqliteInspection {
  /** 0: there is no file yet. */
  readonly version: number;
  /** What this program works with. */
  readonly newest: number;
  /** Whether a process has it open as its own. */
  readonly locked: boolean;
  /** What is wrong with the file, in SQLite's words; null when nothing is, or it is too large to be looked through. */
  readonly damage: string | null;
  /** Documents in the knowledge index, by knowledge base. */
  readonly documents: ReadonlyMap<string, number>;
}

/** A file up to this size is looked through. */
const LOOKED_THROUGH_BYTES = 256 * 1_024 * 1_024;

/** Looks, and changes nothing. Throws SQLite's error when the file cannot be read. */
export function inspectSqlite(file: string): SqliteInspection {
  const newest = readMigrations().at(-1)?.version ?? 0;
  if (file === ':memory:' || !existsSync(file))
    return { version: 0, newest, locked: false, damage: null, documents: new Map() };
  const locked = isLocked(`${file}.lock`);
  const db = new DatabaseSync(file, { readOnly: true, timeout: 2_000 });
  try {
    const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
    return { version, newest, locked, damage: damageOf(db, file), documents: documentsOf(db) };
  } finally {
    db.close();
  }
}

function damageOf(db: DatabaseSync, file: string): string | null {
  if (statSync(file).size > LOOKED_THROUGH_BYTES) return null;
  const { quick_check: said } = db.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
  return said === 'ok' ? null : said;
}

function documentsOf(db: DatabaseSync): ReadonlyMap<string, number> {
  const table = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'knowledge_documents'").get();
  if (!table) return new Map();
  const rows = db
    .prepare('SELECT knowledge_base AS base, count(*) AS documents FROM knowledge_documents GROUP BY 1')
    .all() as { base: string; documents: number }[];
  return new Map(rows.map(({ base, documents }) => [base, documents]));
}

/** Whether the lock of `open.ts` is held. It is taken for a moment, which nobody minds who has it already. */
function isLocked(path: string): boolean {
  if (!existsSync(path)) return false;
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE; ROLLBACK');
    return false;
  } catch {
    return true;
  } finally {
    lock.close();
  }
}
