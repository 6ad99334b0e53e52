import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ClewError, prunable, pruneMark, type RunEvent } from '../model/index.ts';

/** The log of an ended run in one piece. */
export interface PackedLog {
  /** What `unpackLog` reads. */
  readonly log: Uint8Array;
  /** How many events it has, so that nobody unpacks it to count them. */
  readonly events: number;
}

/** What of a packed log is wanted. */
export interface Unpack {
  /** Id of the run, for the error. */
  readonly runId: string;
  /** Only events after this one. Default 0. */
  readonly after?: number;
  /** Most events; -1, the default: all. */
  readonly limit?: number;
}

/** The first byte says what follows. 1: a frame of zstd with a checksum, in it a line of JSON for each event, `[seq,type,at,data]`, the oldest first. */
const JSON_LINES_IN_ZSTD = 1;
const NEWLINE = 10;
/** Bytes in which the place of an event stands, with the bracket before it. */
const PLACE_BYTES = 12;

/**
 * Packs a log. JSON is packed and not the columns of a table: the events of all times have different data, and so do logs that are pruned. Rejected: a dictionary of words that all logs
 * have, which makes small ones smaller and would have to be kept for as long as any of them.
 */
export function packLog(log: readonly RunEvent[]): PackedLog {
  const lines = log.map(({ seq, type, at, data }) => JSON.stringify([seq, type, at, data])).join('\n');
  const frame = zstdCompressSync(lines, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  return { log: Buffer.concat([Buffer.of(JSON_LINES_IN_ZSTD), frame]), events: log.length };
}

/** The events of a packed log, the oldest first. Only those that are wanted are parsed. Throws `database_unusable` when the log is damaged. */
export function unpackLog(packed: Uint8Array, { runId, after = 0, limit = -1 }: Unpack): RunEvent[] {
  try {
    const lines = linesOf(packed);
    const events: RunEvent[] = [];
    for (let from = 0; from < lines.length && events.length !== limit; ) {
      const found = lines.indexOf(NEWLINE, from);
      const to = found === -1 ? lines.length : found;
      if (Number.parseInt(lines.toString('latin1', from + 1, from + PLACE_BYTES), 10) > after)
        events.push(toEvent(lines.toString('utf8', from, to)));
      from = to + 1;
    }
    return events;
  } catch (cause) {
    throw damagedLog(runId, cause);
  }
}

/**
 * The log without its deltas, as `Store.pruneDeltas` leaves one, and how many they were. Undefined when it has none, and when it is damaged: the sweeper comes by again and again, and
 * whoever reads the log is told.
 */
export function pruneLog(packed: Uint8Array): (PackedLog & { readonly pruned: number }) | undefined {
  const log = readable(packed);
  const stretches = prunable(log);
  if (stretches.length === 0) return undefined;
  const marks = new Map(stretches.map(pruneMark).map((mark) => [mark.seq, mark]));
  const pruned = new Set(stretches.flat().map(({ seq }) => seq));
  const left = log.flatMap((event): RunEvent[] => {
    const mark = marks.get(event.seq);
    if (mark) return [mark];
    return pruned.has(event.seq) ? [] : [event];
  });
  return { ...packLog(left), pruned: pruned.size };
}

/** What a reader is told of a log that is not whole, or not there. */
export function damagedLog(runId: string, cause?: unknown): ClewError {
  const message = `The archived log of run ${runId} is damaged. Put back a copy of the database that is older than the damage.`;
  return new ClewError('database_unusable', message, { cause });
}

function linesOf(packed: Uint8Array): Buffer {
  if (packed[0] !== JSON_LINES_IN_ZSTD) throw new Error(`Its first byte is ${packed[0]}.`);
  return zstdDecompressSync(packed.subarray(1));
}

function toEvent(line: string): RunEvent {
  const [seq, type, at, data] = JSON.parse(line);
  return { seq, type, at, data } as RunEvent;
}

function readable(packed: Uint8Array): RunEvent[] {
  try {
    return unpackLog(packed, { runId: '' });
  } catch {
    return [];
  }
}
