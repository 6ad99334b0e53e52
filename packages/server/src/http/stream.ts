import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { StreamReply } from '../wires/endpoint.ts';

/** A stream whose first chunk takes longer than this sends its headers alone; one that is quicker saves a write. */
const HEADERS_AFTER_MS = 10;

/** Chunks of one turn of the event loop are joined up to this many characters. */
const JOIN_UP_TO = 65_536;

/**
 * Writes a stream straight on the Node response. What the iterable gives within one turn of the event loop becomes one write; a slow
 * reader stops the pulling until it has read. Resolves when everything is written or the client is gone, and the iterable is closed by
 * then or about to; rejects with what the iterable threw, the connection cut.
 */
export async function writeStream(
  outgoing: ServerResponse,
  reply: StreamReply,
  headers: OutgoingHttpHeaders,
): Promise<void> {
  const iterator = reply.stream[Symbol.asyncIterator]();
  const writer = new ChunkWriter(outgoing);
  const keepAlive = reply.keepAlive;
  // The iterator may be in the middle of a wait; it also hears of the end by the request's signal.
  const leave = (): void => void iterator.return?.().catch(ignore);
  outgoing.on('close', leave).on('error', ignore);
  outgoing.writeHead(reply.status, headers);
  const flush = setTimeout(() => outgoing.flushHeaders(), HEADERS_AFTER_MS);
  const beat = keepAlive && setInterval(() => writer.idle && writer.add(keepAlive.text), keepAlive.everyMs);
  try {
    while (!outgoing.destroyed) {
      const { done, value } = await iterator.next();
      if (done) {
        outgoing.off('close', leave);
        writer.end();
        return;
      }
      if (value === '') continue;
      clearTimeout(flush);
      beat?.refresh();
      if (!writer.add(value)) await writer.drained();
    }
    leave();
  } catch (error) {
    const cut = outgoing.destroyed;
    outgoing.destroy();
    if (!cut) throw error;
  } finally {
    clearTimeout(flush);
    clearInterval(beat);
  }
}

/** Sends the headers of a stream alone: the answer to HEAD. */
export function writeStreamHead(outgoing: ServerResponse, reply: StreamReply, headers: OutgoingHttpHeaders): void {
  outgoing.writeHead(reply.status, headers);
  outgoing.end();
  void reply.stream[Symbol.asyncIterator]().return?.().catch(ignore);
}

function ignore(): void {}

/** Joins chunks and knows when to wait. Joining here is half as much work again for Node as one write of the whole. */
class ChunkWriter {
  readonly #outgoing: ServerResponse;
  #pending = '';
  #scheduled = false;
  #full = false;

  constructor(outgoing: ServerResponse) {
    this.#outgoing = outgoing;
  }

  /** Nothing is waiting to be sent. */
  get idle(): boolean {
    return !this.#full && this.#pending === '' && !this.#outgoing.writableNeedDrain;
  }

  /** False: wait for `drained` before the next. */
  add(chunk: string): boolean {
    this.#pending += chunk;
    if (this.#pending.length >= JOIN_UP_TO) {
      this.#flush();
    } else if (!this.#scheduled) {
      this.#scheduled = true;
      // After the microtasks of this turn: an iterable that has more at hand gives it first.
      process.nextTick(() => this.#flush());
    }
    return !this.#full;
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      const outgoing = this.#outgoing;
      if (outgoing.destroyed || !outgoing.writableNeedDrain) {
        this.#full = false;
        resolve();
        return;
      }
      const go = (): void => {
        outgoing.off('drain', go).off('close', go);
        this.#full = false;
        resolve();
      };
      outgoing.on('drain', go).on('close', go);
    });
  }

  end(): void {
    const rest = this.#pending;
    this.#pending = '';
    this.#outgoing.end(rest);
  }

  #flush(): void {
    this.#scheduled = false;
    const chunk = this.#pending;
    if (chunk === '' || this.#outgoing.destroyed || this.#outgoing.writableEnded) return;
    this.#pending = '';
    if (!this.#outgoing.write(chunk)) this.#full = true;
  }
}
