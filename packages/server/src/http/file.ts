import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FileReply } from '../wires/endpoint.ts';

/** Writes the content of a file as fast as the client reads. Resolves when it is written or the client is gone; rejects with what the content threw, the connection cut. */
export async function writeFile(
  outgoing: ServerResponse,
  { status, bytes }: FileReply,
  { headers, isHead }: { headers: OutgoingHttpHeaders; isHead: boolean },
): Promise<void> {
  const iterator = bytes[Symbol.asyncIterator]();
  try {
    // A file that is gone is told before the status is.
    let next = isHead ? undefined : await iterator.next();
    outgoing.writeHead(status, headers);
    while (next && !next.done && !outgoing.destroyed) {
      if (!outgoing.write(next.value)) await drained(outgoing);
      next = await iterator.next();
    }
    outgoing.end();
  } finally {
    await iterator.return?.();
  }
}

function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      outgoing.off('drain', go).off('close', go);
      resolve();
    };
    if (outgoing.destroyed || !outgoing.writableNeedDrain) resolve();
    else outgoing.on('drain', go).on('close', go);
  });
}
