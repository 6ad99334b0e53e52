import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { measureTails } from '../measures/nodes.ts';
import { cpuOf, measureRuns } from '../measures/runs.ts';
import { measureStreams } from '../measures/streams.ts';
import { type Cluster, startCluster } from '../servers/cluster.ts';
import { type BenchPostgres, between, type Work } from '../servers/database.ts';
import { median } from '../table.ts';
import type { Constants, Costs } from './constants.ts';
import { leastSquares } from './least-squares.ts';
import { FLIGHTS } from './model.ts';

/** What was done while it was looked, and what that took. */
export interface Sample {
  readonly runs: number;
  /** Pieces as they were stored, after coalescing. */
  readonly deltas: number;
  /** Pieces that were read at another node, too. */
  readonly far: number;
  /** How long it took, times the nodes. */
  readonly seconds: number;
  /** Seconds of CPU of all nodes. */
  readonly nodeSeconds: number;
  readonly work: Work;
  /** Bytes that the nodes grew by. */
  readonly memory: number;
}

export interface MeasureOptions {
  readonly postgres: BenchPostgres;
  /** Seconds of each load. */
  readonly seconds: number;
  readonly say: (line: string) => void;
}

/** Measures the constants: loads that differ in what they are made of, and the costs that explain what they took. */
export async function measureConstants({ postgres, seconds, say }: MeasureOptions): Promise<Constants> {
  const samples: Sample[] = [];
  say('notifications');
  const notify = await measureNotify(postgres, seconds);
  const loads: readonly [name: string, nodes: number, work: (cluster: Cluster) => Promise<Counted>][] = [
    ['nothing', 1, () => countNothing(seconds)],
    ['runs, 1 client', 1, (cluster) => countRuns(cluster, 1, seconds)],
    ['runs, 8 clients', 1, (cluster) => countRuns(cluster, 8, seconds)],
    ['runs, 64 clients', 1, (cluster) => countRuns(cluster, 64, seconds)],
    ['20 streams', 1, (cluster) => countStreams(cluster, { streams: 20, perSecond: 20, seconds })],
    ['200 streams', 1, (cluster) => countStreams(cluster, { streams: 200, perSecond: 20, seconds })],
    ['1,000 streams', 1, (cluster) => countStreams(cluster, { streams: 1_000, perSecond: 2, seconds })],
    [
      '100 streams, read at another node, too',
      2,
      (cluster) => countTails(cluster, { streams: 100, perSecond: 20, seconds }),
    ],
  ];
  for (const [name, nodes, work] of loads) {
    say(name);
    const one = await sample(await startCluster({ postgres, nodes }), work);
    say(`  ${JSON.stringify(one)}`);
    samples.push(one);
  }
  const [nothing, single, , many, few, streams, crowd] = samples as [
    Sample,
    Sample,
    Sample,
    Sample,
    Sample,
    Sample,
    Sample,
  ];
  const costsOf = (used: (one: Sample) => number): Costs => {
    const second = used(nothing) / nothing.seconds;
    const rows = samples.map((one) => ({
      counts: [one.runs, one.deltas, commitsOf(one), one.far],
      used: (used(one) - second * one.seconds) * 1e6,
    }));
    const [run = 0, delta = 0, commit = 0, farDelta = 0] = leastSquares(rows).map(round);
    return { run, delta, commit, farDelta, second: round(second * 1e6) };
  };
  const bytes = leastSquares([many, streams].map((one) => ({ counts: [one.runs, one.deltas], used: one.work.bytes })));
  const wal = leastSquares(
    [many, few, streams].map((one) => ({ counts: [one.runs, one.deltas], used: one.work.walBytes })),
  );
  return {
    measured: `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, two shared cores with the database on the same machine`,
    node: costsOf((one) => one.nodeSeconds),
    database: costsOf(({ work }) => work.cpuSeconds - (work.notifications * notify.send) / 1e6),
    commitsPerRun: round(commitsOf(single) / single.runs),
    stored: { run: round(bytes[0]), delta: round(bytes[1]) },
    wal: { run: round(wal[0]), delta: round(wal[1]) },
    commitMs: round(await measureCommit(postgres)),
    notify,
    // The slope: a heap that begins to work grows by as much for ten streams as for a hundred.
    streamBytes: Math.round(Math.max(0, (crowd.memory - streams.memory) / (crowd.runs - streams.runs))),
  };
}

/** Milliseconds that a transaction of one node waited where so much came that `FLIGHTS` were always under way, beside what it took itself. */
export function waitOf(busy: Sample, { commit, delta }: Costs): number {
  const commits = commitsOf(busy);
  const ms = (busy.seconds * 1_000 * FLIGHTS) / commits;
  return Math.max(0, ms - (commit + (delta * busy.deltas) / commits) / 1_000);
}

/** Without those of notifications, whose cost is its own. */
export function commitsOf({ work }: Sample): number {
  return Math.max(0, work.commits - work.notifications);
}

type Counted = Pick<Sample, 'runs' | 'deltas' | 'far' | 'memory'>;

/** What a load does to a cluster, which is stopped afterwards. */
export async function sample(cluster: Cluster, load: (cluster: Cluster) => Promise<Counted>): Promise<Sample> {
  const { nodes, database } = cluster;
  if (!database) throw new Error('The costs of a database want PostgreSQL.');
  try {
    await measureRuns(nodes, { clients: nodes.length, seconds: 1 }); // Plans, pools and compiled code are there.
    const before = await database.work();
    const began = performance.now();
    const cpu = cpuOf(nodes);
    const counted = await load(cluster);
    const work = between(before, await database.work());
    const seconds = (performance.now() - began) / 1_000;
    return { ...counted, seconds: seconds * nodes.length, nodeSeconds: cpuOf(nodes) - cpu, work };
  } finally {
    await cluster.stop();
  }
}

/** A node that has nothing to do still looks whether there is something. */
async function countNothing(seconds: number): Promise<Counted> {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  return { runs: 0, deltas: 0, far: 0, memory: 0 };
}

async function countRuns({ nodes }: Cluster, clients: number, seconds: number): Promise<Counted> {
  const { runsPerSecond } = await measureRuns(nodes, { clients, seconds });
  // The half second of warming up is in what the database did, and nearly so in what the nodes did.
  const runs = runsPerSecond * (seconds + 0.5);
  // The seven pieces of a run come at once and are stored as one.
  return { runs, deltas: runs, far: 0, memory: 0 };
}

/** Streams that are read at the node that runs them. */
export async function countStreams(
  { nodes }: Cluster,
  load: { streams: number; perSecond: number; seconds: number },
): Promise<Counted> {
  const { frames, bytesPerStream } = await measureStreams(nodes, load);
  return { runs: load.streams, deltas: frames, far: 0, memory: bytesPerStream * load.streams };
}

async function countTails(
  { nodes }: Cluster,
  load: { streams: number; perSecond: number; seconds: number },
): Promise<Counted> {
  const { pieces } = await measureTails(nodes, load);
  return { runs: load.streams, deltas: pieces.near, far: pieces.far, memory: 0 };
}

/** Milliseconds of a transaction that writes one row, one after the other: the disk, and the way there and back. */
async function measureCommit(postgres: BenchPostgres): Promise<number> {
  const database = await postgres.createDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query('CREATE TABLE one (n int)');
    const samples: number[] = [];
    for (let n = 0; n < 300; n += 1) {
      const began = performance.now();
      await client.query('INSERT INTO one VALUES (1)');
      samples.push(performance.now() - began);
    }
    return median(samples) ?? Number.NaN;
  } finally {
    await client.end();
    await database.drop();
  }
}

/** Notifications as the bell sends them, by eight senders at once, with few and with many who listen. */
async function measureNotify(postgres: BenchPostgres, seconds: number): Promise<Constants['notify']> {
  const [few, many] = [2, 18];
  const measure = async (listeners: number) => {
    const database = await postgres.createDatabase();
    const clients = await Promise.all(
      Array.from({ length: listeners }, async () => {
        const client = new pg.Client({ connectionString: database.url });
        await client.connect();
        return client;
      }),
    );
    for (const client of clients) await client.query('LISTEN bench');
    const senders = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const client = new pg.Client({ connectionString: database.url });
        await client.connect();
        return client;
      }),
    );
    const payload = 'x'.repeat(120);
    const before = await database.work();
    const until = performance.now() + seconds * 1_000;
    let sent = 0;
    await Promise.all(
      senders.map(async (client) => {
        while (performance.now() < until) {
          await client.query("SELECT pg_notify('bench', $1)", [payload]);
          sent += 1;
        }
      }),
    );
    const { cpuSeconds } = between(before, await database.work());
    for (const client of [...senders, ...clients]) await client.end();
    await database.drop();
    return { micros: (cpuSeconds / sent) * 1e6, perSecond: sent / seconds };
  };
  const [a, b] = [await measure(few), await measure(many)];
  const perListener = Math.max(0, (b.micros - a.micros) / (many - few));
  return {
    send: round(Math.max(0, a.micros - few * perListener)),
    perListener: round(perListener),
    mostPerSecond: Math.round(a.perSecond),
  };
}

function round(value: number | undefined): number {
  return Number((value ?? 0).toPrecision(3));
}
