import { burst, Connection } from '../load/client.ts';
import type { BenchServer } from '../servers/process.ts';

/** How a server carries many slow streams. */
export interface StreamsResult {
  /** Share of the deltas that arrived, 0 to 1. */
  readonly delivered: number;
  /** From the making of an event (the milliseconds in its id) to its arrival. */
  readonly delayP50: number;
  readonly delayP99: number;
  /** Resident memory for each stream above that of the server at rest, in bytes. */
  readonly bytesPerStream: number;
}

const ID = /"id":\s*"(\d+)-\d+",\s*"event":\s*"message\.delta"/g;

/** `streams` runs at once, each with `perSecond` deltas a second for `seconds`. */
export async function measureStreams(
  server: BenchServer,
  { streams, perSecond, seconds }: { streams: number; perSecond: number; seconds: number },
): Promise<StreamsResult> {
  const rest = server.rss();
  const connections: Connection[] = [];
  while (connections.length < streams) {
    connections.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(100, streams - connections.length) }, () => Connection.open(server.port)),
      )),
    );
  }
  const request = burst(perSecond * seconds, perSecond);
  const delays: number[] = [];
  let largest = 0;
  const watch = setInterval(() => {
    largest = Math.max(largest, server.rss());
  }, 250);
  await Promise.all(
    connections.map(async (connection, n) => {
      // Spread over a second, as people would be.
      await new Promise((resolve) => setTimeout(resolve, (n / streams) * 1000));
      await connection.exchange(request, (chunk) => {
        const now = Date.now();
        for (const [, ms] of chunk.toString('latin1').matchAll(ID)) delays.push(now - Number(ms));
      });
    }),
  );
  clearInterval(watch);
  for (const connection of connections) connection.close();
  delays.sort((a, b) => a - b);
  return {
    delivered: delays.length / (streams * perSecond * seconds),
    delayP50: delays[Math.floor(delays.length * 0.5)] ?? Number.NaN,
    delayP99: delays[Math.floor(delays.length * 0.99)] ?? Number.NaN,
    bytesPerStream: Math.max(0, largest - rest) / streams,
  };
}
