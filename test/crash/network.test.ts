import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningPostgres, startPostgres } from '../kit/postgres.ts';
import { until } from '../kit/until.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { expectDatabase } from './outcome.ts';
import { converse } from './patient-client.ts';
import { startTraffic } from './traffic.ts';

const LEASE_MS = 3_000;
/** What a run takes on a busy machine after it was taken over, and what it takes to notice that. */
const SLACK_MS = 5_000;

let postgres: RunningPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const cluster = () => startCluster({ leaseMs: LEASE_MS, postgres });

/** How many nodes work on something. */
async function workersOf({ query }: Cluster): Promise<number> {
  return (await query(`SELECT DISTINCT worker FROM clew.runs WHERE status = 'running'`)).length;
}

it('a node is cut off from the database without a word: others go on, and it comes back', async () => {
  const all = await cluster();
  // Clients give up requests that nobody answers: the cut node cannot say that it is.
  const traffic = startTraffic(all.balancer.url, { answerMs: 2_000 });
  // Connections of clients stay where they are, so that the first one gets nothing to do when it is back.
  for (const [place, how, working] of [
    [0, 'resume', 3],
    [1, 'reset', 2],
  ] as const) {
    const before = traffic.ended;
    await until(async () => traffic.ended >= before + 5 && (await workersOf(all)) >= working);
    const { server, network } = all.node(place);
    const { begun } = traffic;
    const cutAt = Date.now();
    network.cut();
    await all.until(place, 'out');
    const health = await fetch(`${server.url}/health`);
    expect([health.status, await health.json()]).toEqual([503, expect.objectContaining({ status: 'unavailable' })]);
    // Everybody who had begun by then reads to the end while it is still cut off: those who read there, too.
    await until(() => traffic.ended >= begun);
    network.restore(how);
    await all.until(place, 'in');
    const late = await all.query(
      `SELECT id, ended_at - $1 AS after FROM clew.runs WHERE created_at <= $1 AND ended_at > $1 + $2`,
      cutAt,
      2 * LEASE_MS + SLACK_MS,
    );
    expect(late, 'no run is without an end after twice the lease').toEqual([]);
    const here = await converse(server.url, { agent: 'pacer', text: 'back' });
    expect(here.at(-1)?.event).toBe('done');
  }
  await traffic.stop();
  await expectDatabase(all.look, all.ledger());
});

it('the database is slow: everything takes longer, and nothing else', async () => {
  const all = await cluster();
  const traffic = startTraffic(all.balancer.url);
  await until(() => traffic.ended >= 3);
  for (const { network } of all.nodes) network.slow(100);
  const before = traffic.begun;
  await until(() => traffic.ended >= before + 20);
  for (const { network } of all.nodes) network.slow(0);
  await traffic.stop();
  expect(traffic.again, 'no message had to be sent again').toEqual([]);
  await expectDatabase(all.look, all.ledger(), { hit: false });
});

it('notifications are lost: readers, cancels and the queue are found by polling, and the log says so', async () => {
  const all = await cluster();
  const { nodes, balancer } = all;
  for (const { network } of nodes) network.loseNotifications(true);
  const traffic = startTraffic(balancer.url, { everyMs: 300 });
  await until(() => traffic.ended >= 10);
  await until(() => nodes.every(({ server }) => server.output().includes('the connection that listens')));
  const [one, two] = nodes.map(({ server }) => server.url);
  const response = await fetch(`${one}/api/v1/orchestrate/runs?stream=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ agent_id: 'sleeper', message: { role: 'user', content: 'wait' } }),
  });
  const frames = response.text();
  await until(async () => (await all.query(`SELECT 1 FROM clew.runs WHERE agent_name = 'sleeper'`)).length > 0);
  const [run] = await all.query<{ id: string }>(`SELECT id FROM clew.runs WHERE agent_name = 'sleeper'`);
  const cancelled = await fetch(`${two}/api/v1/orchestrate/runs/cancel/${run?.id}`, { method: 'POST' });
  expect(cancelled.status).toBeLessThan(300);
  expect(await frames).toContain('run.cancelled');
  await traffic.stop();
  await all.query('DELETE FROM clew.runs WHERE id = $1', run?.id);
  for (const { network } of nodes) network.loseNotifications(false);
  await expectDatabase(all.look, all.ledger(), { hit: false });
});

it('the connections that listen are closed: they come back, and nobody misses anything', async () => {
  const all = await cluster();
  const traffic = startTraffic(all.balancer.url);
  for (let n = 1; n <= 3; n += 1) {
    await until(() => traffic.ended >= n * 5);
    const close = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query ~ 'LISTEN|pg_notify' AND application_name = 'clew'`;
    // They come back when they can.
    await until(async () => (await all.query(close)).length > 0);
  }
  await traffic.stop();
  expect(traffic.again, 'no message had to be sent again').toEqual([]);
  await expectDatabase(all.look, all.ledger(), { hit: false });
});

it.runIf(process.env.DATABASE_URL === undefined)('the database restarts: what was at work goes on', async () => {
  const all = await cluster();
  const traffic = startTraffic(all.balancer.url);
  await until(async () => traffic.ended >= 5 && (await workersOf(all)) > 0);
  await postgres.restart?.();
  const before = traffic.begun;
  await until(() => traffic.ended >= before);
  await traffic.stop();
  // A refusal says what it is.
  for (const why of traffic.again) expect(why).toMatch(/^503 .*database_unavailable|fetch failed|terminated/);
  await expectDatabase(all.look, all.ledger());
});
