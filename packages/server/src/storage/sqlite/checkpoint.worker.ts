import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/** A pass as quick as this leaves so little that the thread that commits can move the rest. */
const QUICK_MS = 20;
const MOST_PASSES = 10;

/** Moves what is in the write-ahead log to the database file whenever it is asked to, on a connection of its own. */
const db = new DatabaseSync(workerData as string);
db.exec('PRAGMA busy_timeout = 100');
parentPort?.on('message', (message: 'checkpoint' | 'catch up' | 'close') => {
  if (message === 'close') {
    db.close();
    parentPort?.close();
    return;
  }
  try {
    for (let pass = 0; pass < (message === 'catch up' ? MOST_PASSES : 1); pass += 1) {
      const begun = performance.now();
      db.exec('PRAGMA wal_checkpoint(PASSIVE)');
      if (performance.now() - begun < QUICK_MS) break;
    }
  } catch {
    // Busy: the next request tries again.
  }
  parentPort?.postMessage('done');
});
