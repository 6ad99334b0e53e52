import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pinnedNode, ROOT, run, Stop, say } from './process.mjs';

/** The tasks of the checkout by name. Each takes its arguments and gives back an exit code. */
export const TASKS = { start, lab, build, check, test, bench, fuzz, audit, soak };

const CLI = 'packages/server/dist/cli.js';

async function start(args) {
  await built();
  say('Serving examples/starter …');
  return node([CLI, 'dev', '--project', 'examples/starter', ...args]);
}

async function lab(args) {
  await built();
  say('Serving examples/lab …');
  return node([CLI, 'dev', '--project', 'examples/lab', ...args]);
}

/** Everything that belongs into the package, with type declarations. */
function build(args) {
  return node(['packages/server/build.mjs', '--types', ...args]);
}

async function bench(args) {
  if (!args.includes('--help')) await built();
  return node(['--conditions=clew-source', 'bench/run.ts', ...args]);
}

/** The quick part: types, lint, walls and unit tests. */
function check(args) {
  return verify(['walls', 'unit'], args);
}

/** Everything. */
async function test(args) {
  await built();
  return verify([], args);
}

/** Property tests with many inputs, new ones each time: `--runs 20000` says how many (5,000). Further arguments go to Vitest. */
function fuzz(args) {
  const at = args.indexOf('--runs');
  const runs = at === -1 ? (process.env.FUZZ_RUNS ?? '5000') : args[at + 1];
  if (!/^[1-9]\d*$/.test(runs ?? '')) throw new Stop('Say how many inputs to try: --runs 20000.', 2);
  const rest = at === -1 ? args : args.toSpliced(at, 2);
  return node(['node_modules/vitest/vitest.mjs', 'run', '--project', 'wires', 'test/fuzz', ...rest], {
    FUZZ_RUNS: runs,
  });
}

/** Random faults on three nodes for `SOAK_MINUTES` (10), with a report, which is also in `test-output/soak.json`. Arguments go to Vitest. */
function soak(args) {
  const minutes = process.env.SOAK_MINUTES ?? '10';
  if (!(Number(minutes) > 0)) throw new Stop('SOAK_MINUTES is a number of minutes, for instance 10.', 2);
  say(`Soaking for ${minutes} minutes …`);
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'soak', '--disable-console-intercept'];
  return node([...vitest, ...args], { SOAK_MINUTES: minutes });
}

/** Whether anything that comes with the package has a known weakness. Fails from `high` on; without the registry it says so and passes. */
async function audit(args) {
  if (args.length > 0) throw new Stop('npm run audit takes no options.', 2);
  // Loaded here: it is not needed to install.
  const { audit: ask } = await import('../packages/server/supply.mjs');
  const { weak = [], unreachable } = ask(ROOT);
  if (unreachable !== undefined) {
    say(`Skipped the audit: the registry cannot be asked (${unreachable.split('\n')[0]}).`);
    return 0;
  }
  for (const { severity, name, title } of weak) say(`${severity}: ${name}: ${title}`);
  const bad = weak.filter(({ severity }) => severity === 'high' || severity === 'critical');
  say(
    bad.length > 0
      ? `${bad.length} must be repaired before a release.`
      : 'The audit found nothing that holds a release up.',
  );
  return bad.length > 0 ? 1 : 0;
}

async function built() {
  const code = await node(['packages/server/build.mjs']);
  if (code !== 0) throw new Stop('The build failed; the lines above say why.', code);
}

/**
 * Checks types and lint, runs the tests of these projects of `vitest.config.ts` (none named: all), and counts. With arguments, which go
 * to Vitest, only tests are run.
 */
async function verify(projects, args) {
  const tally = { passed: 0, failed: 0, skipped: 0 };
  if (args.length === 0) {
    await count(tally, 'types', ['node_modules/typescript/bin/tsc', '-p', '.']);
    await count(tally, 'lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '.']);
  }
  say(`Testing ${projects.join(', ') || 'everything'} …`);
  const report = join(ROOT, 'test-output', 'vitest.json');
  rmSync(report, { force: true });
  mkdirSync(dirname(report), { recursive: true });
  const code = await node([
    'node_modules/vitest/vitest.mjs',
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...args,
  ]);
  addTests(tally, report, code);
  if (tally.skipped > 0) say(`${tally.skipped} skipped.`);
  process.stdout.write(`${tally.passed} passed, ${tally.failed} failed\n`);
  return tally.failed === 0 ? 0 : 1;
}

async function count(tally, what, args) {
  say(`Checking ${what} …`);
  const code = await node(args);
  tally[code === 0 ? 'passed' : 'failed'] += 1;
}

function addTests(tally, report, code) {
  const result = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
  const failedBefore = tally.failed;
  if (result) {
    tally.passed += result.numPassedTests;
    tally.skipped += result.numPendingTests + result.numTodoTests;
    tally.failed += result.numFailedTests;
    // A file that cannot be loaded, or whose set-up fails, has no tests to count.
    const broken = (file) => file.status === 'failed' && !file.assertionResults.some((one) => one.status === 'failed');
    tally.failed += result.testResults.filter(broken).length;
  }
  // Whatever else made the run fail (an unhandled rejection, a crash of the runner) counts as one.
  if (code !== 0 && tally.failed === failedBefore) tally.failed += 1;
}

async function node(args, env = {}) {
  const { code } = await run(pinnedNode(), args, { env });
  return code;
}
