import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningPostgres, startPostgres } from '../kit/postgres.ts';
import type { ServedProcess } from '../kit/server.ts';
import { pause, until } from '../kit/until.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { expectDatabase } from './outcome.ts';
import { startTraffic } from './traffic.ts';

const LEASE_MS = 3_000;
const GRACE_MS = 1_000;
/** A statement that nobody answers takes 30 s, and a server that waits for one takes longer than that. What it may take is some five seconds. */
const SOON_MS = 20_000;

let postgres: RunningPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const cluster = (nodes: number, graceMs = GRACE_MS) =>
  startCluster({ nodes, leaseMs: LEASE_MS, postgres, args: ['--drain-ms', '500', '--grace-ms', String(graceMs)] });

/** How a server ends that was sent the signal; undefined if it is still there after `SOON_MS`. */
function stopped(server: ServedProcess, signal: 'SIGTERM' | 'SIGINT') {
  return Promise.race([server.stop(signal), pause(SOON_MS).then(() => undefined)]);
}

/** Begins something that does not end by itself. */
async function sleep({ query }: Cluster, { url }: ServedProcess): Promise<void> {
  const response = await fetch(`${url}/api/v1/orchestrate/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ agent_id: 'sleeper', message: { role: 'user', content: 'wait' } }),
  });
  expect(response.status).toBe(200);
  await until(async () => (await query(`SELECT 1 FROM clew.events WHERE type = 'message.delta'`)).length > 0);
}

it.each([
  ['a moment ago', 0],
  ['for longer than a lease', LEASE_MS + 1_000],
])('a node that was cut off from the database %s ends soon when it is told to, and others go on', async (_when, ms) => {
  const all = await cluster(2);
  const traffic = startTraffic(all.balancer.url, { answerMs: 2_000 });
  await until(() => traffic.ended >= 5);
  const { server, network } = all.node(0);
  network.cut();
  await pause(ms);
  expect(await stopped(server, 'SIGTERM')).toEqual({ code: 0, signal: null });
  const { begun } = traffic;
  await until(() => traffic.ended >= begun);
  await traffic.stop();
  await expectDatabase(all.look, all.ledger());
});

it('a second Ctrl-C ends a node that is cut off at once', async () => {
  const graceMs = 10_000;
  const all = await cluster(1, graceMs);
  const { server, network } = all.node(0);
  await sleep(all, server);
  network.cut();
  server.process.kill('SIGINT');
  await until(() => server.output().includes('Letting runs end.'));
  const asked = Date.now();
  expect(await stopped(server, 'SIGINT')).toEqual({ code: 130, signal: null });
  expect(Date.now() - asked, 'without the rest of the grace').toBeLessThan(graceMs / 2);
});

it('a node whose database is slow still hands its runs over when it is told to stop', async () => {
  const all = await cluster(1);
  const { server, network } = all.node(0);
  await sleep(all, server);
  network.slow(200);
  expect(await stopped(server, 'SIGTERM')).toEqual({ code: 0, signal: null });
  expect(await all.query('SELECT status, worker FROM clew.runs')).toEqual([{ status: 'queued', worker: null }]);
});

it('a node that cannot reach its database ends as it is told, and its lease runs out by itself', async () => {
  const all = await cluster(1);
  const { server, network } = all.node(0);
  await sleep(all, server);
  await network.close();
  expect(await stopped(server, 'SIGTERM')).toEqual({ code: 0, signal: null });
  const left = `SELECT status, lease_until < $1 AS over FROM clew.runs`;
  expect(await all.query(left, Date.now() + LEASE_MS)).toEqual([{ status: 'running', over: true }]);
});
