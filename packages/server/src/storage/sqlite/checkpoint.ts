import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';

/** Begin to move pages once the write-ahead log is this large … */
const START_BYTES = 4 * 1024 * 1024;
/** … look this often … */
const LOOK_MS = 500;
/** … and have the thread that commits move the last piece when it has become this large: without a pause in the writing it would never start over. */
const MOST_BYTES = 256 * 1024 * 1024;

/** What `createCheckpointer` needs. */
export interface CheckpointerOptions {
  /** Absolute path of the database. */
  readonly file: string;
  /** The connection that writes. */
  readonly db: DatabaseSync;
  /** Default 256 MiB. */
  readonly mostBytes?: number;
}

/** Keeps the write-ahead log short without doing the work on the thread that commits. */
export interface Checkpointer {
  /** To be called after every commit. */
  committed(): void;
  close(): Promise<void>;
}

/**
 * A checkpoint copies pages and calls `fsync`; on the thread that commits it is what hurts the slowest hundredth of answers most (measured in
 * `bench/`). It therefore runs in a worker thread, which is started when the log has grown for the first time: a small server never has one.
 * A passive checkpoint lets writers go on; the log starts over from its beginning with the first commit after a checkpoint that reached the end. Under load
 * that does not pause no passive one does: from `mostBytes` on, the worker catches up as far as it can, and this thread moves what is left.
 */
export function createCheckpointer({ file, db, mostBytes = MOST_BYTES }: CheckpointerOptions): Checkpointer {
  const wal = `${file}-wal`;
  let worker: Worker | undefined;
  let busy = false;
  let finishing = false;
  let commits = 0;

  const timer = setInterval(look, LOOK_MS);
  timer.unref();

  function look(): void {
    const size = busy || commits === 0 ? 0 : sizeOf(wal);
    if (size < START_BYTES) return;
    commits = 0;
    busy = true;
    worker ??= startWorker();
    finishing = size >= mostBytes;
    worker.postMessage(finishing ? 'catch up' : 'checkpoint');
  }

  function startWorker(): Worker {
    const name = import.meta.url.endsWith('.ts') ? './checkpoint.worker.ts' : './checkpoint.worker.js';
    const started = new Worker(new URL(name, import.meta.url), { workerData: file });
    started.unref();
    started.on('message', () => {
      busy = false;
      if (!finishing) return;
      try {
        emptyLog(db);
      } catch {
        // The next look tries again.
      }
    });
    started.on('error', () => {
      busy = false;
      worker = undefined;
    });
    return started;
  }

  return {
    committed() {
      commits += 1;
    },
    async close() {
      clearInterval(timer);
      if (!worker) return;
      const ended = new Promise((resolve) => worker?.once('exit', resolve));
      // Nothing else may be left that keeps the process alive until then.
      worker.ref();
      worker.postMessage('close');
      await ended;
    },
  };
}

/**
 * Moves all that is left in the write-ahead log and empties the file, on the connection that writes. Does not wait for readers (a person with `sqlite3`): the thread
 * that commits would stand still for as long. Then nothing is emptied, and another time will do.
 */
export function emptyLog(db: DatabaseSync): void {
  const { timeout } = db.prepare('PRAGMA busy_timeout').get() as { timeout: number };
  db.exec('PRAGMA busy_timeout = 0');
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    db.exec(`PRAGMA busy_timeout = ${timeout}`);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
