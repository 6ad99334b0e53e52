import { ClewError } from '../../model/index.ts';
import type { Connection } from './connection.ts';

interface Job {
  readonly work: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** What SQLite says when the file cannot grow, and when the index of its log cannot: SQLITE_FULL and SQLITE_IOERR_SHMSIZE. */
const FULL = new Set([13, 4874]);

function isFull(error: unknown): boolean {
  return FULL.has(Number((error as { errcode?: unknown } | null)?.errcode));
}

/** What `createWriter` needs. */
export interface WriterOptions {
  readonly connection: Connection;
  /** Called after a transaction was rolled back: whatever was derived from it in memory is void. */
  readonly onRollback: () => void;
  /** Called after each commit. */
  readonly onCommit: () => void;
}

/** Runs pieces of work in the order they come, those of one turn of the event loop in one transaction. */
export interface Writer {
  /** Resolves after the commit with what `work` gave back, or rejects with what it threw; then its changes are not stored. */
  write<T>(work: () => T): Promise<T>;
  /** Commits what is waiting and refuses more. */
  close(): void;
}

/**
 * Group commit. Work is expected to check before it changes anything, so that an error in it leaves nothing to undo; an error that comes after a
 * change rolls the whole group back and runs each piece again in a transaction of its own, so that only the culprit fails.
 */
export function createWriter({ connection, onRollback, onCommit }: WriterOptions): Writer {
  const { db } = connection;
  let waiting: Job[] = [];
  let closed = false;

  function flush(): void {
    const jobs = waiting;
    waiting = [];
    if (jobs.length > 0 && !group(jobs)) for (const job of jobs) alone(job);
  }

  function group(jobs: readonly Job[]): boolean {
    const settle: (() => void)[] = [];
    try {
      db.exec('BEGIN IMMEDIATE');
      for (const job of jobs) {
        const before = connection.writes;
        try {
          const value = job.work() as never;
          settle.push(() => job.resolve(value));
        } catch (error) {
          if (connection.writes !== before) throw error;
          settle.push(() => job.reject(error));
        }
      }
      db.exec('COMMIT');
    } catch {
      undo();
      return false;
    }
    onCommit();
    for (const done of settle) done();
    return true;
  }

  function alone(job: Job): void {
    try {
      db.exec('BEGIN IMMEDIATE');
      const value = job.work() as never;
      db.exec('COMMIT');
      onCommit();
      job.resolve(value);
    } catch (error) {
      undo();
      job.reject(isFull(error) ? new ClewError('database_full', undefined, { cause: error }) : error);
    }
  }

  function undo(): void {
    if (db.isTransaction) db.exec('ROLLBACK');
    onRollback();
  }

  return {
    write(work) {
      if (closed) return Promise.reject(new Error('The store is closed.'));
      return new Promise((resolve, reject) => {
        if (waiting.push({ work, resolve, reject }) === 1) setImmediate(flush);
      });
    },
    close() {
      flush();
      closed = true;
    },
  };
}
