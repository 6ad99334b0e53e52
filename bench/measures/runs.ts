import { burst, Connection, openAll } from '../load/client.ts';
import type { BenchServer } from '../servers/process.ts';

/** Runs a second, and what one costs the server. */
export interface RunsResult {
  readonly runsPerSecond: number;
  readonly cpuMicrosPerRun: number;
}

export interface RunsOptions {
  readonly clients: number;
  readonly seconds: number;
  /** What each of them sends. Default: a canonical run (16 events) over the chat API. */
  readonly request?: Buffer;
}

/** `clients` connections, spread over the servers, that each send a run, read it to its end and send the next, for `seconds`. */
export async function measureRuns(
  server: BenchServer | readonly BenchServer[],
  { clients, seconds, request = burst(7, 0) }: RunsOptions,
): Promise<RunsResult> {
  const servers = [server].flat();
  const connections = await openAll(servers, clients);
  let runs = 0;
  const work = async (until: number) => {
    await Promise.all(
      connections.map(async (connection) => {
        while (performance.now() < until) {
          await connection.exchange(request);
          runs += 1;
        }
      }),
    );
  };
  await work(performance.now() + 500);
  runs = 0;
  const cpu = cpuOf(servers);
  const began = performance.now();
  await work(began + seconds * 1000);
  const elapsed = (performance.now() - began) / 1000;
  const used = cpuOf(servers) - cpu;
  for (const connection of connections) connection.close();
  return { runsPerSecond: runs / elapsed, cpuMicrosPerRun: (used / runs) * 1e6 };
}

/** Seconds of CPU that all of them have used so far. */
export function cpuOf(servers: readonly BenchServer[]): number {
  return servers.reduce((sum, server) => sum + server.cpuSeconds(), 0);
}

/** Milliseconds from sending a request to the first byte of the first event, one client, median of `times`. */
export async function measureFirstEvent(server: BenchServer, times: number): Promise<number> {
  const connection = await Connection.open(server.port);
  const request = burst(7, 0);
  const samples: number[] = [];
  for (let n = 0; n < times + 50; n += 1) {
    const began = performance.now();
    let first = 0;
    await connection.exchange(request, (chunk) => {
      if (first === 0 && chunk.includes('"event"')) first = performance.now() - began;
    });
    if (n >= 50) samples.push(first);
  }
  connection.close();
  return samples.sort((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0;
}
