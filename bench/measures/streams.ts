import { burst, openAll } from '../load/client.ts';
import type { BenchServer } from '../servers/process.ts';

/** How a server carries many slow streams. */
export interface StreamsResult {
  /** Share of the deltas that arrived, 0 to 1. Of those that were joined on their way each counts. */
  readonly delivered: number;
  /** Frames that they came in. */
  readonly frames: number;
  /** From the making of an event (the milliseconds in its id) to its arrival. */
  readonly delayP50: number;
  readonly delayP99: number;
  /** Resident memory for each stream above that of the server at rest, in bytes. */
  readonly bytesPerStream: number;
}

const DELTA = /"id":\s*"(\d+)-\d+",\s*"event":\s*"message\.delta"/;
/** What the agent `burst` says once for each delta; the yardstick says nothing of the kind, and joins nothing. */
const PIECE = /piece \.*\d+ /g;

/** `streams` runs at once, spread over the servers, each with `perSecond` deltas a second for `seconds`. */
export async function measureStreams(
  server: BenchServer | readonly BenchServer[],
  { streams, perSecond, seconds }: { streams: number; perSecond: number; seconds: number },
): Promise<StreamsResult> {
  const servers = [server].flat();
  const memory = () => servers.reduce((sum, one) => sum + one.rss(), 0);
  const rest = memory();
  const connections = await openAll(servers, streams);
  const request = burst(perSecond * seconds, perSecond);
  const delays: number[] = [];
  let largest = 0;
  let pieces = 0;
  const watch = setInterval(() => {
    largest = Math.max(largest, memory());
  }, 250);
  await Promise.all(
    connections.map(async (connection, n) => {
      // Spread over a second, as people would be.
      await new Promise((resolve) => setTimeout(resolve, (n / streams) * 1000));
      let begun = '';
      await connection.exchange(request, (chunk) => {
        const now = Date.now();
        const lines = (begun + chunk.toString('latin1')).split('\n');
        begun = lines.pop() ?? '';
        for (const line of lines) {
          const ms = DELTA.exec(line)?.[1];
          if (ms === undefined) continue;
          delays.push(now - Number(ms));
          pieces += Math.max(1, line.match(PIECE)?.length ?? 0);
        }
      });
    }),
  );
  clearInterval(watch);
  for (const connection of connections) connection.close();
  delays.sort((a, b) => a - b);
  return {
    delivered: pieces / (streams * perSecond * seconds),
    frames: delays.length,
    delayP50: delays[Math.floor(delays.length * 0.5)] ?? Number.NaN,
    delayP99: delays[Math.floor(delays.length * 0.99)] ?? Number.NaN,
    bytesPerStream: Math.max(0, largest - rest) / streams,
  };
}
