import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/** Moves what is in the write-ahead log to the database file whenever it is asked to, on a connection of its own. */
const db = new DatabaseSync(workerData as string);
db.exec('PRAGMA busy_timeout = 100');
parentPort?.on('message', (message: 'checkpoint' | 'close') => {
  if (message === 'close') {
    db.close();
    parentPort?.close();
    return;
  }
  try {
    db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  } catch {
    // Busy: the next request tries again.
  }
  parentPort?.postMessage('done');
});
