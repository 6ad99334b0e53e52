import { GROUP, PATIENCE_MS } from '../../packages/server/src/storage/postgres/groups.ts';
import type { Constants } from './constants.ts';

/** Conversations, as people have them. */
export interface Load {
  /** Open at the same time. */
  readonly conversations: number;
  /** Seconds between two messages of a person. */
  readonly everySeconds: number;
  /** How long an answer takes to come, in seconds, and the tokens a second that it comes with. */
  readonly answerSeconds: number;
  readonly tokensPerSecond: number;
  /** `engine.coalesceMs`. */
  readonly coalesceMs: number;
  /** Share of streams that are read at another node than the one that runs them, 0 to 1: after a reconnect, in a second tab. */
  readonly elsewhere: number;
}

/** Somebody who asks every two minutes and reads an answer of ten seconds (some 1,500 characters at 40 tokens a second). */
export const TYPICAL: Omit<Load, 'conversations'> = {
  everySeconds: 120,
  answerSeconds: 10,
  tokensPerSecond: 40,
  coalesceMs: 40,
  elsewhere: 0.05,
};

/** What an installation is made of. */
export interface Installation {
  readonly nodes: number;
  /** Databases that share the threads, and the nodes, among them. */
  readonly databases: number;
}

/** What a load asks of an installation, a second unless it says otherwise. */
export interface Demand {
  readonly runs: number;
  /** Pieces after coalescing. */
  readonly deltas: number;
  /** Open streams. */
  readonly streams: number;
  /** Pieces and facts that go together in one transaction. */
  readonly groupSize: number;
  /** Of each database. */
  readonly commits: number;
  readonly notifications: number;
  readonly databaseCores: number;
  readonly walBytes: number;
  /** Stored in a day, in bytes, of all databases: with `retention.deltas`, and without. */
  readonly bytesADay: number;
  readonly bytesADayWithoutDeltas: number;
  /** Of each node. */
  readonly nodeCores: number;
  readonly nodeStreamBytes: number;
}

/** Appends of a node that are under way at once, and the most that go together. */
export const { flights: FLIGHTS, size: MOST_TOGETHER } = GROUP;
/** How full a core may be before delays grow. */
export const FULL = 0.65;
/**
 * How long a piece may wait for its transaction, in milliseconds, in an installation that is as small as it can be. The busier a node or a database is, the longer
 * a transaction is under way, and the more goes together in the next: what transactions cost gives way to what has to be done, down to as many as this asks for.
 */
export const LONGEST_WAIT_MS = 25;

const DAY = 86_400;

/** Pieces a second of one answer: tokens, as far as coalescing leaves them apart. */
export function deltasPerSecond({ tokensPerSecond, coalesceMs }: Load): number {
  return coalesceMs === 0 ? tokensPerSecond : Math.min(tokensPerSecond, 1_000 / coalesceMs);
}

/**
 * How many appends go together when a node has `rate` of them a second: as many as come while `FLIGHTS` transactions are under way, each of which takes the
 * time of a commit and that of its parts, and `waitMs` at least, or in `PATIENCE_MS`. 1 where nothing comes meanwhile.
 */
export function groupSize(constants: Constants, rate: number, waitMs = 0): number {
  const commitMs = constants.commitMs + constants.database.commit / 1_000;
  const seconds = Math.max(commitMs, waitMs, PATIENCE_MS * FLIGHTS) / 1_000;
  const each = constants.database.delta / 1e6;
  const perFlight = rate / FLIGHTS;
  const grown = perFlight * each >= 1 ? MOST_TOGETHER : (perFlight * seconds) / (1 - perFlight * each);
  return Math.min(MOST_TOGETHER, Math.max(1, grown));
}

/** What `load` asks of each part of an installation whose transactions take `waitMs` at least. Averages: for delays ask `simulate`. */
export function demand(
  constants: Constants,
  load: Load,
  { nodes, databases, waitMs = LONGEST_WAIT_MS }: Installation & { readonly waitMs?: number },
): Demand {
  const runs = load.conversations / load.everySeconds;
  const streams = runs * load.answerSeconds;
  const deltas = streams * deltasPerSecond(load);
  const far = deltas * load.elsewhere;
  const perNode = (deltas + runs * constants.commitsPerRun) / nodes;
  const together = groupSize(constants, perNode, waitMs);
  const commits = (deltas + runs * constants.commitsPerRun) / together;
  // Every transaction rings once, and every ring reaches every node.
  const notifications = commits;
  const { node, database, notify, stored, wal } = constants;
  const databaseMicros =
    runs * database.run +
    deltas * database.delta +
    commits * database.commit +
    far * database.farDelta +
    notifications * (notify.send + (notify.perListener * nodes) / databases) +
    nodes * database.second;
  const nodeMicros =
    runs * node.run + deltas * node.delta + commits * node.commit + far * node.farDelta + nodes * node.second;
  return {
    runs,
    deltas,
    streams,
    groupSize: together,
    commits: commits / databases,
    notifications: notifications / databases,
    databaseCores: databaseMicros / 1e6 / databases,
    walBytes: (runs * wal.run + deltas * wal.delta) / databases,
    bytesADay: (runs * stored.run + deltas * stored.delta) * DAY,
    bytesADayWithoutDeltas: runs * stored.run * DAY,
    nodeCores: nodeMicros / 1e6 / nodes,
    nodeStreamBytes: (streams * constants.streamBytes) / nodes,
  };
}

/** Limits of one database, of which the first to be met counts. */
export interface Limits {
  /** Cores that the database has. */
  readonly databaseCores: number;
  /** Bytes of write-ahead log a second that its disk takes. */
  readonly walBytes: number;
}

/** A large machine: 64 cores, and a disk for 400 MB/s of log. */
export const LARGE: Limits = { databaseCores: 64, walBytes: 400e6 };

/** What is full first, in words; undefined: nothing. */
export function bottleneck(constants: Constants, load: Load, at: Installation, limits: Limits): string | undefined {
  const { databaseCores, walBytes, notifications, nodeCores } = demand(constants, load, at);
  if (nodeCores > FULL) return 'CPU of the nodes';
  if (notifications > constants.notify.mostPerSecond * FULL) return 'notifications';
  if (databaseCores > limits.databaseCores * FULL) return 'CPU of the database';
  return walBytes > limits.walBytes * FULL ? 'write-ahead log' : undefined;
}

/** The smallest installation that carries the load. More nodes first, then more databases. */
export function size(constants: Constants, load: Load, limits: Limits): Installation {
  let [nodes, databases] = [1, 1];
  for (;;) {
    const full = bottleneck(constants, load, { nodes, databases }, limits);
    if (full === undefined) return { nodes, databases };
    if (full === 'CPU of the nodes') nodes += Math.ceil(nodes / 50);
    else databases += 1;
    nodes = Math.max(nodes, databases);
    if (nodes > 1e6 || databases > 1e5) throw new RangeError('No installation carries this load.');
  }
}
