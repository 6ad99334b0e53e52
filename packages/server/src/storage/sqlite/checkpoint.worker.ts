import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/** A passive pass as quick as this leaves so little that writers can wait for the rest. */
const QUICK_MS = 20;
const MOST_PASSES = 10;

/** Moves what is in the write-ahead log to the database file whenever it is asked to, on a connection of its own. */
const db = new DatabaseSync(workerData as string);
db.exec('PRAGMA busy_timeout = 100');
parentPort?.on('message', (message: 'checkpoint' | 'truncate' | 'close') => {
  if (message === 'close') {
    db.close();
    parentPort?.close();
    return;
  }
  try {
    if (message === 'truncate') truncate();
    else db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  } catch {
    // Busy: the next request tries again.
  }
  parentPort?.postMessage('done');
});

/** Catches up with the writers as far as one can, then holds them up for the rest and empties the file. */
function truncate(): void {
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    const begun = performance.now();
    db.exec('PRAGMA wal_checkpoint(PASSIVE)');
    if (performance.now() - begun < QUICK_MS) break;
  }
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}
