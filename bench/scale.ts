/**
 * What a conversation costs, and whether the model of docs/scale.md is right:
 *
 *   npm run bench -- --scale            measures the constants, then a mixed load on one node and on three, beside what the simulation says (four minutes)
 *   npm run bench -- --scale --quick    the same, shorter
 *   npm run bench -- --scale --write    keeps the constants in bench/scale/constants.json
 *   npm run bench -- --scale --keep     takes those that are kept and measures the mixed load alone
 *   npm run bench -- --scale --tables   prints the tables of docs/scale.md from the constants that are kept
 *
 * The exit code is 1 when what was measured is more than twice, or less than half, of what the model says. CPU and bytes are compared, and not delays: nodes, database and clients share
 * the cores of one machine here, which a cluster does not.
 */
import { writeFileSync } from 'node:fs';
import { CONSTANTS_FILE, type Constants, readConstants } from './scale/constants.ts';
import { commitsOf, countStreams, measureConstants, type Sample, sample, waitOf } from './scale/measure.ts';
import { simulate } from './scale/simulate.ts';
import { tables } from './scale/tables.ts';
import { startCluster } from './servers/cluster.ts';
import { startBenchPostgres } from './servers/database.ts';
import { print } from './table.ts';

const has = (flag: string) => process.argv.includes(`--${flag}`);
/** A load that none of the constants was measured with. */
const MIXED = { streams: 120, perSecond: 12, seconds: has('quick') ? 5 : 10 };
const APART = 2;

if (has('tables')) console.log(tables(readConstants()));
else await check();

async function check(): Promise<void> {
  const postgres = await startBenchPostgres();
  const say = (line: string) => process.stderr.write(`${line}\n`);
  try {
    const constants = has('keep')
      ? readConstants()
      : await measureConstants({ postgres, seconds: has('quick') ? 3 : 8, say });
    if (has('write')) writeFileSync(CONSTANTS_FILE, `${JSON.stringify(constants, null, 2)}\n`);
    console.log(JSON.stringify(constants, null, 2));
    // How long a transaction waits is that of a machine on which everything crowds, at this moment: taken from one node, it has to be right for three.
    let waitMs: number | undefined;
    for (const nodes of [1, 3]) {
      say(`mixed load, ${nodes} nodes`);
      const cluster = await startCluster({ postgres, nodes });
      const measured = await sample(cluster, (one) => countStreams(one, MIXED));
      waitMs ??= waitOf(measured, constants.database);
      compare({ ...constants, commitMs: waitMs }, nodes, measured);
    }
  } finally {
    await postgres.stop();
  }
}

function compare(constants: Constants, nodes: number, measured: Sample): void {
  const { streams, perSecond, seconds } = MIXED;
  const said = simulate(constants, {
    nodes,
    databaseCores: 2,
    runsPerSecond: streams / seconds,
    answerSeconds: seconds,
    deltasPerSecond: measured.deltas / streams / seconds,
    elsewhere: 0,
    seconds: 60,
    seed: 1,
  });
  // The simulation is a load that goes on; the measured one is `streams` answers.
  const share = streams / (said.runs || 1);
  const rows: [string, number, number][] = [
    [
      'CPU of the nodes, s',
      said.nodeUse * nodes * 60 * share + (measured.seconds * constants.node.second) / 1e6,
      measured.nodeSeconds,
    ],
    [
      'CPU of the database, s',
      said.databaseUse * 2 * 60 * share + (measured.seconds * constants.database.second) / 1e6,
      measured.work.cpuSeconds,
    ],
    ['transactions', said.commits * share, commitsOf(measured)],
    [
      'write-ahead log, MB',
      (measured.runs * constants.wal.run + measured.deltas * constants.wal.delta) / 1e6,
      measured.work.walBytes / 1e6,
    ],
    [
      'stored, MB',
      (measured.runs * constants.stored.run + measured.deltas * constants.stored.delta) / 1e6,
      measured.work.bytes / 1e6,
    ],
  ];
  const lines = [
    [
      `${streams} answers at ${perSecond} deltas/s, ${nodes} ${nodes === 1 ? 'node' : 'nodes'} (deltas of ${perSecond} a second joined where the machine is slow)`,
      'model',
      'measured',
      'measured / model',
    ],
  ];
  for (const [label, model, real] of rows) {
    const ratio = real / model;
    if (!(ratio <= APART && ratio >= 1 / APART)) process.exitCode = 1;
    lines.push([label, model.toFixed(2), real.toFixed(2), ratio.toFixed(2)]);
  }
  print(lines);
}
