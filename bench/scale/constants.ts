import { readFileSync } from 'node:fs';

/** What one thing costs, in µs of CPU. */
export interface Costs {
  /** A run from its start to its end, without what is counted below: a POST, its first and its last events. */
  readonly run: number;
  /** A piece of an answer: made, stored and written to one reader at the same node. */
  readonly delta: number;
  /** A transaction, however much is in it: a round trip, and at the database a commit. */
  readonly commit: number;
  /** A piece that is read and written at another node. */
  readonly farDelta: number;
  /** A second of a node that has nothing to do. */
  readonly second: number;
}

/** What `npm run bench -- --scale --write` measures. Of one machine: what travels are the ratios. */
export interface Constants {
  /** When, and on what. */
  readonly measured: string;
  readonly node: Costs;
  readonly database: Costs;
  /** Transactions of a run beside those of its pieces, notifications included, when nothing goes together. */
  readonly commitsPerRun: number;
  /** Bytes on disk, with indexes. */
  readonly stored: { readonly run: number; readonly delta: number };
  /** Bytes of write-ahead log. */
  readonly wal: { readonly run: number; readonly delta: number };
  /** Milliseconds that a commit waits for the disk and the way there and back. */
  readonly commitMs: number;
  /** A notification: µs of CPU of the database, the same for each node that listens, and how many a second there can be at all. */
  readonly notify: { readonly send: number; readonly perListener: number; readonly mostPerSecond: number };
  /** Memory of a node for each open stream, in bytes. */
  readonly streamBytes: number;
}

const FILE = new URL('./constants.json', import.meta.url);

/** Where the constants are kept. */
export const CONSTANTS_FILE: URL = FILE;

export function readConstants(): Constants {
  return JSON.parse(readFileSync(FILE, 'utf8'));
}
