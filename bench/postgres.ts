/**
 * One node and three nodes on PostgreSQL beside one on SQLite:
 *
 *   npm run bench -- --postgres           three rounds (about eight minutes)
 *   npm run bench -- --postgres --quick   one short round (a minute and a half)
 *
 * Everything is on this machine: nodes, database and clients share its cores, so three nodes are not faster here than one; what they show is what it costs to be
 * several. PostgreSQL is durable, as it is by default. Settings are those that Clew comes with.
 */
import { loadavg } from 'node:os';
import { measureCancels, measureTails, measureTakeover } from './measures/nodes.ts';
import { measureFirstEvent, measureRuns } from './measures/runs.ts';
import { measureStreams } from './measures/streams.ts';
import { type Cluster, type ClusterOptions, startCluster } from './servers/cluster.ts';
import { between, startBenchPostgres } from './servers/database.ts';
import { median, print, shown } from './table.ts';

const quick = process.argv.includes('--quick');
const rounds = quick ? 1 : 3;
const seconds = quick ? 2 : 5;
const LOAD = 'load average of the machine';
const LEASE_MS = quick ? 2_000 : 10_000;

const postgres = await startBenchPostgres();
const COLUMNS: Readonly<Record<string, ClusterOptions>> = {
  'SQLite, 1 node': {},
  'PostgreSQL, 1 node': { postgres },
  'PostgreSQL, 3 nodes': { postgres, nodes: 3, env: { CLEW_LEASE_MS: String(LEASE_MS) } },
};
const names = Object.keys(COLUMNS);
const samples = new Map<string, Map<string, number[]>>();

try {
  for (let round = 1; round <= rounds; round += 1) {
    // Each round begins with another one, so that none always meets the machine fresh.
    for (let n = 0; n < names.length; n += 1) {
      const name = names[(n + round) % names.length] as string;
      process.stderr.write(`round ${round} of ${rounds}: ${name}\n`);
      const cluster = await startCluster(COLUMNS[name] as ClusterOptions);
      const note = (measure: string, value: number) => {
        const row = samples.get(measure) ?? new Map<string, number[]>();
        samples.set(measure, row.set(name, [...(row.get(name) ?? []), value]));
      };
      try {
        await measure(cluster, note);
      } finally {
        await cluster.stop();
      }
    }
  }
} finally {
  await postgres.stop();
}
report();

type Note = (measure: string, value: number) => void;

async function measure({ nodes, database }: Cluster, note: Note): Promise<void> {
  const [first] = nodes;
  if (!first) return;
  note('first event, 1 client, ms', await measureFirstEvent(first, quick ? 100 : 500));
  const before = await database?.work();
  const runs = await measureRuns(nodes, { clients: 64, seconds });
  note('runs a second, 64 clients', runs.runsPerSecond);
  note('… CPU of the nodes a run, µs', runs.cpuMicrosPerRun);
  if (database && before) {
    const { cpuSeconds, commits } = between(before, await database.work());
    // Those of the half second of warming up are in it.
    const all = runs.runsPerSecond * (seconds + 0.5);
    note('… CPU of the database a run, µs', (cpuSeconds / all) * 1e6);
    note('… commits a run', commits / all);
  }
  const streams = await measureStreams(nodes, { streams: 500, perSecond: 20, seconds: quick ? 3 : 10 });
  note('500 streams at 20 deltas/s: deltas delivered, %', streams.delivered * 100);
  note('… delay p50, ms', streams.delayP50);
  note('… delay p99, ms', streams.delayP99);
  note('… memory a stream, kB', streams.bytesPerStream / 1000);
  if (nodes.length > 1) {
    const many = quick ? 100 : 500;
    const tails = await measureTails(nodes, { streams: many, perSecond: 20, seconds: quick ? 3 : 10 });
    note(`${many} streams of one node, read at another: added delay p50, ms`, tails.added.p50);
    note('… added delay p99, ms', tails.added.p99);
    const cancels = await measureCancels(nodes, quick ? 30 : 100);
    note('cancel from another node p50, ms', cancels.p50);
    note('… p99, ms', cancels.p99);
    const takeover = await measureTakeover(nodes, 50);
    note(`50 runs of a node that was killed go on, p50, s (lease ${LEASE_MS / 1000} s)`, takeover.p50 / 1000);
    note('… p99, s', takeover.p99 / 1000);
  }
  // Times are those of a machine of one's own only where this is near 1.
  note(LOAD, loadavg()[0] ?? Number.NaN);
}

function report(): void {
  console.log(`Node ${process.version}, median of ${rounds} rounds [min–max]`);
  const lines = [['measure', ...names, 'PostgreSQL / SQLite, 1 node']];
  // What several nodes alone have comes before it.
  const rows = [...samples].sort(([a], [b]) => Number(a === LOAD) - Number(b === LOAD));
  for (const [label, row] of rows) {
    const [file, one] = [median(row.get(names[0] as string)), median(row.get(names[1] as string))];
    lines.push([label, ...names.map((name) => shown(row.get(name))), file && one ? (one / file).toFixed(2) : '–']);
  }
  print(lines);
}
