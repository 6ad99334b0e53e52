import { expect, it, onTestFinished } from 'vitest';
import { findPgBouncer, startPgBouncer } from '../kit/pgbouncer.ts';
import { startPostgres } from '../kit/postgres.ts';
import { pause } from '../kit/until.ts';
import { startCluster } from './cluster.ts';
import { faultsOf } from './faults.ts';
import { expectDatabase, randomFrom, SEED } from './outcome.ts';
import { startTraffic } from './traffic.ts';

const program = findPgBouncer();
const WITH = program ? `PgBouncer ${program.version}` : 'skipped: pgbouncer is not in PATH';
const NODES = 3;
const ROUNDS = 2;
const LEASE_MS = 2_000;

it.skipIf(program === undefined)(
  `three nodes behind a pooler in transaction mode lose, double and repeat nothing when nodes are killed and frozen and the pooler restarts (${WITH}, CLEW_TEST_SEED=${SEED})`,
  async () => {
    const random = randomFrom(SEED);
    const postgres = await startPostgres();
    onTestFinished(() => postgres.stop());
    const pooler = await startPgBouncer(postgres.url, { prepared: program?.prepares === true });
    onTestFinished(() => pooler.stop());
    const env = { CLEW_DATABASE_PREPARE: String(program?.prepares === true) };
    const cluster = await startCluster({ nodes: NODES, leaseMs: LEASE_MS, postgres, pooler, env });
    const faults = faultsOf(cluster, { leaseMs: LEASE_MS, random });
    const traffic = startTraffic(cluster.balancer.url, { everyMs: 150 });
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [place, fault] of [faults.kill, faults.freeze, pooler.restart].entries()) {
        await pause(300 + random() * 400);
        await fault((round + place) % NODES);
      }
    }
    await traffic.stop();
    await expectDatabase(cluster.look, cluster.ledger());
    expect(await cluster.stop()).toEqual([0, 0, 0]);
  },
);
