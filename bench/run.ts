/**
 * What the speed claims of the README are measured with:
 *
 *   npm run bench             everything, five rounds (about eight minutes)
 *   npm run bench -- --quick  one short round
 *   npm run bench -- --widget the chat on a page alone, --server the rest alone
 *   npm run bench -- --explain how PostgreSQL answers what is asked of it
 *   npm run bench -- --postgres one node and three on PostgreSQL beside SQLite
 *   npm run bench -- --scale   what a conversation costs, and whether the model of docs/scale.md is right
 *   npm run bench -- --help    this; with --explain, --postgres or --scale the options of that
 *
 * Three servers take turns in every round, so that they meet the same machine: `raw` (node:http that writes the same bytes and stores nothing),
 * `raw-durable` (the same, with every event in SQLite before it is sent), and Clew as it is published. What counts are the ratios.
 * The chat on a page has budgets: a median over one of them makes the exit code 1.
 */
import { acpBurst } from './load/client.ts';
import { measureAcpStream } from './measures/acp.ts';
import { measureModel } from './measures/model.ts';
import { measureReplay } from './measures/replay.ts';
import { measureFirstEvent, measureRuns } from './measures/runs.ts';
import { measureStreams } from './measures/streams.ts';
import { measureWidget } from './measures/widget.ts';
import { readOptions } from './options.ts';
import { type BenchServer, type ServerName, startServer } from './servers/process.ts';
import { median, print, shown } from './table.ts';

const asked = readOptions(process.argv.slice(2));
if ('say' in asked) {
  (asked.exitCode === 0 ? process.stdout : process.stderr).write(`${asked.say}\n`);
  process.exit(asked.exitCode);
}
if (asked.measure !== 'run') {
  await import(`./${asked.measure}.ts`);
  process.exit();
}

const SERVERS: readonly ServerName[] = ['raw', 'raw-durable', 'clew'];
const quick = asked.values.quick === true;
const rounds = quick ? 1 : 5;
const seconds = quick ? 2 : 5;

type Samples = Map<string, Map<ServerName, number[]>>;
const samples: Samples = new Map();

function note(measure: string, server: ServerName, value: number): void {
  const byServer = samples.get(measure) ?? new Map<ServerName, number[]>();
  samples.set(measure, byServer);
  byServer.set(server, [...(byServer.get(server) ?? []), value]);
}

const widget = new Map<string, { values: number[]; budget: number | undefined }>();

if (!asked.values.widget) await measureServers();
if (!asked.values.server) {
  await measureWidget(rounds, (measure, value, budget) => {
    const { values } = widget.get(measure) ?? { values: [] };
    widget.set(measure, { values: [...values, value], budget });
  });
}
console.log(`Node ${process.version}, median of ${rounds} rounds [min–max]`);
if (samples.size > 0) report();
if (widget.size > 0) reportWidget();

async function measureServers(): Promise<void> {
  for (let round = 1; round <= rounds; round += 1) {
    // Each round begins with another one, so that none always meets the machine fresh.
    for (let n = 0; n < SERVERS.length; n += 1) {
      const name = SERVERS[(n + round) % SERVERS.length] as ServerName;
      process.stderr.write(`round ${round} of ${rounds}: ${name}\n`);
      await measured(name, measureOne);
      await measured(name, measureMany);
    }
  }
  for (let round = 1; round <= rounds; round += 1) {
    process.stderr.write(`round ${round} of ${rounds}: a model\n`);
    const model = await measureModel({ times: quick ? 200 : 1000, runs: 500 });
    note('first token of a model, 1 client, ms', 'raw', model.bareMs);
    note('first token of a model, 1 client, ms', 'clew', model.clewMs);
    note('… what Clew adds, p50, ms', 'clew', model.addedMs);
    note('500 runs with a tool at once: seconds', 'clew', model.seconds);
    note('… events lost', 'clew', model.lost);
  }
}

async function measured(name: ServerName, measure: (server: BenchServer) => Promise<void>): Promise<void> {
  const server = await startServer(name);
  try {
    await measure(server);
  } finally {
    await server.stop();
  }
}

async function measureOne(server: BenchServer): Promise<void> {
  const { name } = server;
  note('ready after start, ms', name, server.readyMs);
  note('memory at boot, MB', name, server.rss() / 1e6);
  note('time to first event, 1 client, ms', name, await measureFirstEvent(server, quick ? 200 : 1000));
  const result = await measureRuns(server, { clients: 64, seconds });
  note('runs a second, 64 clients', name, result.runsPerSecond);
  note('server CPU a run, µs', name, result.cpuMicrosPerRun);
  if (name !== 'clew') return;
  const acp = await measureRuns(server, { clients: 64, seconds, request: acpBurst(7, 0) });
  note('ACP runs a second, 64 clients (sync)', name, acp.runsPerSecond);
  note('ACP runs a second, as a part of those over the chat API', name, acp.runsPerSecond / result.runsPerSecond);
  note('replay of 10,000 events, events a second', name, await measureReplay(server, { events: 10_000, times: 20 }));
  for (const parts of [100, 1_000, 10_000]) {
    const ms = await measureAcpStream(server, { parts, times: quick ? 1 : 3 });
    note(`ACP run of ${parts.toLocaleString('en-US')} parts, stream mode, ms`, name, ms);
  }
}

async function measureMany(server: BenchServer): Promise<void> {
  const { name } = server;
  const result = await measureStreams(server, { streams: 1000, perSecond: 20, seconds: quick ? 3 : 10 });
  note('1,000 streams: deltas delivered, %', name, result.delivered * 100);
  note('1,000 streams: delay p50, ms', name, result.delayP50);
  note('1,000 streams: delay p99, ms', name, result.delayP99);
  note('1,000 streams: memory a stream, kB', name, result.bytesPerStream / 1000);
}

function report(): void {
  const lines = [['measure', ...SERVERS, 'clew / raw-durable']];
  for (const [measure, byServer] of samples) {
    const cells = SERVERS.map((name) => shown(byServer.get(name)));
    const [ours, durable] = [median(byServer.get('clew')), median(byServer.get('raw-durable'))];
    lines.push([measure, ...cells, ours !== undefined && durable ? (ours / durable).toFixed(2) : '–']);
  }
  print(lines);
}

function reportWidget(): void {
  const lines = [['the chat on a page', 'budget', 'measured', '']];
  for (const [measure, { values, budget }] of widget) {
    const over = budget !== undefined && !((median(values) ?? Number.NaN) <= budget);
    if (over) process.exitCode = 1;
    lines.push([measure, budget?.toLocaleString('en-US') ?? '–', shown(values), over ? 'OVER' : '']);
  }
  print(lines);
}
