import { expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { startCluster } from './cluster.ts';
import { expectDatabase } from './outcome.ts';
import { startTraffic } from './traffic.ts';

const ATTEMPTS = 2;
/** Before that it is worked on beside others. */
const BESIDE = 2;

it(`a run that kills each node it comes to ends after ${BESIDE + ATTEMPTS} of them, and all others go on`, async () => {
  const cluster = await startCluster({ nodes: 2, leaseMs: 1_000, args: ['--attempts', String(ATTEMPTS)] });
  const traffic = startTraffic(cluster.balancer.url);
  await until(() => traffic.ended >= 5);
  const { url } = cluster.node(0).server;
  // Its answer does not come: the node is gone.
  await fetch(`${url}/api/v1/orchestrate/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ agent_id: 'poison', message: { role: 'user', content: 'Try this.' } }),
  }).catch(() => {});
  const run = async () =>
    (
      await cluster.query<{ id: string; status: string; epoch: number; code: string }>(
        `SELECT id, status, epoch, error ->> 'code' AS code FROM clew.runs WHERE agent_name = 'poison'`,
      )
    )[0];
  let killed = 0;
  await until(async () => {
    for (const [place, { server }] of cluster.nodes.entries()) {
      if (server.process.signalCode !== 'SIGKILL') continue;
      killed += 1;
      await cluster.renew(place);
    }
    return (await run())?.status === 'failed';
  });
  const poison = await run();
  expect(poison).toMatchObject({ code: 'run_abandoned', epoch: BESIDE + ATTEMPTS + 1 });
  expect(killed).toBe(BESIDE + ATTEMPTS);
  const said = cluster.nodes.map(({ server }) => server.output()).join('');
  expect(said).toContain(
    `The agent poison had just begun when the server stopped without a word, ${BESIDE + ATTEMPTS} times in a row`,
  );
  const before = traffic.ended;
  await until(() => traffic.ended >= before + 5);
  await traffic.stop();
  const others = async () => (await cluster.look.runs()).filter(({ id }) => id !== poison?.id);
  await expectDatabase({ ...cluster.look, runs: others }, cluster.ledger());
  expect(await cluster.stop()).toEqual([0, 0]);
});
