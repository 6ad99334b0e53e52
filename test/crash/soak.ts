import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../kit/server.ts';
import { pause } from '../kit/until.ts';
import { startCluster } from './cluster.ts';
import { type Fault, faultsOf } from './faults.ts';
import { expectDatabase, randomFrom, SEED } from './outcome.ts';
import { startTraffic } from './traffic.ts';

/** `npm run soak`: whatever can happen to a cluster happens to it, in any order, for as long as somebody likes. */

const MINUTES = Number(process.env.SOAK_MINUTES);
const LEASE_MS = 3_000;

it(`three nodes bear ${MINUTES} minutes of whatever can happen (CLEW_TEST_SEED=${SEED})`, {
  timeout: MINUTES * 60_000 * 2 + 600_000,
}, async () => {
  const random = randomFrom(SEED);
  const cluster = await startCluster({ leaseMs: LEASE_MS, args: ['--drain-ms', '1000', '--grace-ms', '500'] });
  const faults = faultsOf(cluster, { leaseMs: LEASE_MS, random });
  const names = (Object.keys(faults) as Fault[]).filter(
    (name) => name !== 'database restart' || cluster.postgres.restart !== undefined,
  );
  const traffic = startTraffic(cluster.balancer.url, { everyMs: 100, most: 40, answerMs: 5_000 });
  const happened: Partial<Record<Fault, number>> = {};
  const end = Date.now() + MINUTES * 60_000;
  while (Date.now() < end) {
    await pause(random() * 2_000);
    const name = names[Math.floor(random() * names.length)] as Fault;
    await faults[name](Math.floor(random() * cluster.nodes.length));
    happened[name] = (happened[name] ?? 0) + 1;
  }
  await traffic.stop();
  await expectDatabase(cluster.look, cluster.ledger());
  const [measured] = await cluster.query<Record<string, number>>(
    `SELECT count(*)::int AS runs, sum(epoch)::int AS attempts, (SELECT count(*)::int FROM clew.events) AS events,
         percentile_disc(0.5) WITHIN GROUP (ORDER BY ended_at - created_at)::int AS p50_ms,
         percentile_disc(0.99) WITHIN GROUP (ORDER BY ended_at - created_at)::int AS p99_ms,
         max(ended_at - created_at)::int AS longest_ms FROM clew.runs`,
  );
  const report = {
    minutes: MINUTES,
    seed: SEED,
    leaseMs: LEASE_MS,
    faults: happened,
    ...measured,
    again: count(traffic.again),
  };
  mkdirSync(join(ROOT, 'test-output'), { recursive: true });
  writeFileSync(join(ROOT, 'test-output', 'soak.json'), `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  expect(await cluster.stop()).toEqual(cluster.nodes.map(() => 0));
});

/** How often each reason was given; ids in it do not make another one. */
function count(reasons: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reason of reasons) {
    const kind = reason.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…');
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}
