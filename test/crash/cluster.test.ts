import { expect, it } from 'vitest';
import { pause } from '../kit/until.ts';
import { startCluster } from './cluster.ts';
import { faultsOf } from './faults.ts';
import { expectDatabase, randomFrom, SEED } from './outcome.ts';
import { startTraffic } from './traffic.ts';

const NODES = 3;
const FAILURES = 12;
const LEASE_MS = 2_000;

it(`three nodes on one PostgreSQL lose, double and repeat nothing over ${FAILURES} failures (CLEW_TEST_SEED=${SEED})`, async () => {
  const random = randomFrom(SEED);
  const cluster = await startCluster({ nodes: NODES, leaseMs: LEASE_MS });
  const faults = faultsOf(cluster, { leaseMs: LEASE_MS, random });
  const traffic = startTraffic(cluster.balancer.url);
  for (let n = 0; n < FAILURES; n += 1) {
    await pause(random() * 400);
    const which = (['kill', 'freeze', 'disconnect'] as const)[Math.floor(random() * 3)] ?? 'kill';
    await faults[which](n % NODES);
  }
  const calm = Date.now();
  await traffic.stop();
  const ended = await cluster.query<{ at: string }>('SELECT max(ended_at) AS at FROM clew.runs');
  await expectDatabase(cluster.look, cluster.ledger());
  expect(await cluster.stop()).toEqual(cluster.nodes.map(() => 0));
  const recovered = Number(ended[0]?.at) - calm;
  expect(recovered, 'every run ends within twice the lease after the last failure').toBeLessThan(2 * LEASE_MS + 1_000);
});
