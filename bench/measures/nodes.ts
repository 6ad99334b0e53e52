import { burst, Connection } from '../load/client.ts';
import type { BenchServer } from '../servers/process.ts';
import { quantile } from '../table.ts';

/** Milliseconds. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
}

/** A delta's cursor: the time at which its event was made, and a number within that. */
const DELTA = /"id":\s*"((\d+)-\d+)",\s*"event":\s*"message\.delta"/g;
const RUN = /"run_id":\s*"([^"]+)"/;
/** A run that goes on for as long as anybody watches. */
const ENDLESS = burst(1_000_000, 20);

/** A stream of a run, and how it is left. */
interface Watched {
  readonly runId: string;
  readonly connection: Connection;
}

/** Starts a run at a node and reads on, until `close`. Resolves at the first delta. */
async function begin(
  node: BenchServer,
  request: Buffer,
  onDelta?: (id: string, madeAt: number) => void,
): Promise<Watched> {
  const connection = await Connection.open(node.port);
  const runId = await new Promise<string>((resolve, reject) => {
    let found: string | undefined;
    connection
      .exchange(request, (chunk) => {
        const text = chunk.toString('latin1');
        found ??= RUN.exec(text)?.[1];
        for (const [, id = '', ms] of text.matchAll(DELTA)) {
          onDelta?.(id, Number(ms));
          if (found) resolve(found);
        }
      })
      .catch(reject);
  });
  return { runId, connection };
}

/** Reads the events of a run at any node. */
async function follow(
  node: BenchServer,
  runId: string,
  onDelta: (id: string, madeAt: number) => void,
): Promise<Connection> {
  const connection = await Connection.open(node.port);
  const request = `GET /api/v1/orchestrate/runs/${runId}/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/x-ndjson\r\n\r\n`;
  connection
    .exchange(Buffer.from(request), (chunk) => {
      for (const [, id = '', ms] of chunk.toString('latin1').matchAll(DELTA)) onDelta(id, Number(ms));
    })
    .catch(() => {}); // It is cut when enough was seen.
  return connection;
}

/** What a reader at another node waits for. */
export interface TailResult {
  /** From the making of an event to its arrival, at the node that runs it. */
  readonly near: Spread;
  /** The same at another node. */
  readonly far: Spread;
  /** How much later the same event came there. */
  readonly added: Spread;
  /** Pieces that came at either node, from the first to the last; joined ones are one. */
  readonly pieces: { readonly near: number; readonly far: number };
}

/** `streams` runs of the first node, each read there and at the second, with `perSecond` deltas a second for `seconds`. */
export async function measureTails(
  nodes: readonly BenchServer[],
  { streams, perSecond, seconds }: { streams: number; perSecond: number; seconds: number },
): Promise<TailResult> {
  const [home, away] = nodes as [BenchServer, BenchServer];
  const seen = new Map<string, number>();
  const [near, far, added]: [number[], number[], number[]] = [[], [], []];
  const pieces = { near: 0, far: 0 };
  let counting = false;
  const watch = async (n: number) => {
    await pause((n / streams) * 1000);
    // Cursors are unique within a run.
    const atHome = (id: string, madeAt: number) => {
      pieces.near += 1;
      if (!counting) return;
      seen.set(`${n} ${id}`, performance.now());
      near.push(Date.now() - madeAt);
    };
    const { runId, connection } = await begin(home, burst(1_000_000, perSecond), atHome);
    const atOther = (id: string, madeAt: number) => {
      pieces.far += 1;
      const first = seen.get(`${n} ${id}`);
      if (first === undefined || !counting) return;
      added.push(performance.now() - first);
      far.push(Date.now() - madeAt);
    };
    return { runId, connections: [connection, await follow(away, runId, atOther)] };
  };
  const watched = await Promise.all(Array.from({ length: streams }, (_, n) => watch(n)));
  await pause(500);
  counting = true;
  await pause(seconds * 1000);
  counting = false;
  await end(home, watched);
  return { near: spread(near), far: spread(far), added: spread(added), pieces };
}

/** Milliseconds from the request to cancel at one node until the stream at another, which works on the run, says so. */
export async function measureCancels(nodes: readonly BenchServer[], times: number): Promise<Spread> {
  const [home, away] = nodes as [BenchServer, BenchServer];
  const samples: number[] = [];
  for (let n = 0; n < times; n += 1) {
    let over: (() => void) | undefined;
    const ended = new Promise<void>((resolve) => {
      over = resolve;
    });
    const { runId, connection } = await begin(home, ENDLESS);
    const reader = await Connection.open(home.port);
    const request = `GET /api/v1/orchestrate/runs/${runId}/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/x-ndjson\r\n\r\n`;
    reader.exchange(Buffer.from(request), (chunk) => chunk.includes('run.cancelled') && over?.()).catch(() => {});
    const began = performance.now();
    await cancel(away, runId);
    await ended;
    samples.push(performance.now() - began);
    connection.close();
    reader.close();
  }
  return spread(samples);
}

/** Milliseconds from the death of a node until runs of it say something new, read at another node. The node is dead afterwards. */
export async function measureTakeover(nodes: readonly BenchServer[], runs: number): Promise<Spread> {
  const [home, away] = nodes as [BenchServer, BenchServer];
  const watched = await Promise.all(Array.from({ length: runs }, () => begin(home, ENDLESS)));
  const samples: number[] = [];
  let killedAt = Number.POSITIVE_INFINITY;
  const back = await Promise.all(
    watched.map(async ({ runId }) => {
      let resumed: (() => void) | undefined;
      const waiting = new Promise<void>((resolve) => {
        resumed = resolve;
      });
      const connection = await follow(away, runId, (_, madeAt) => {
        // What the dead node had stored may still come; the clock is that of this machine.
        if (madeAt <= killedAt || !resumed) return;
        samples.push(Date.now() - killedAt);
        resumed();
        resumed = undefined;
      });
      return { runId, connections: [connection], waiting };
    }),
  );
  for (const { connection } of watched) connection.close();
  killedAt = Date.now();
  await home.stop('SIGKILL');
  await Promise.all(back.map(({ waiting }) => waiting));
  await end(away, back);
  return spread(samples);
}

async function end(
  node: BenchServer,
  watched: readonly { readonly runId: string; readonly connections: readonly Connection[] }[],
): Promise<void> {
  for (const { runId, connections } of watched) {
    for (const one of connections) one.close();
    await cancel(node, runId);
  }
}

async function cancel(node: BenchServer, runId: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${node.port}/api/v1/orchestrate/runs/cancel/${runId}`, {
    method: 'POST',
  });
  await response.arrayBuffer();
}

function spread(values: number[]): Spread {
  values.sort((a, b) => a - b);
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99) };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
