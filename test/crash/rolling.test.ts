import { expect, it } from 'vitest';
import { pause } from '../kit/until.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { expectDatabase, expectWhole, TASKS } from './outcome.ts';
import { converse, type Frame } from './patient-client.ts';

/** As many as the issue of a restart has in practice: each is a person who says something, reads the answer and says the next thing. */
const CONVERSATIONS = Number(process.env.CLEW_TEST_CONVERSATIONS ?? 200);
/** What a person needs to read and to write, at most. */
const THINK_MS = 15_000;
/** Time enough for a busy machine to see that a node drains, and to ask it what it says meanwhile. */
const DRAIN_MS = 3_000;

it(`three nodes are restarted one after the other under ${CONVERSATIONS} conversations: no message fails, each reader gets the whole log`, async () => {
  const cluster = await startCluster({ args: ['--drain-ms', String(DRAIN_MS), '--grace-ms', '300'] });
  const { nodes, balancer } = cluster;
  const failed: string[] = [];
  let over = false;
  const said: { frames: Frame[]; answer: string }[] = [];
  const person = async (n: number) => {
    let threadId: string | undefined;
    const { agent, text, answer } = TASKS[n % TASKS.length] as (typeof TASKS)[number];
    // They do not all speak at once.
    await pause((THINK_MS * n) / CONVERSATIONS);
    for (let turn = 0; turn === 0 || !over; turn += 1) {
      const words = text(n * 1_000 + turn);
      const utterance = { agent, text: words, ...(threadId ? { threadId } : {}) };
      const frames = await converse(balancer.url, utterance, { onAgain: (why) => void failed.push(why) });
      threadId = frames[0]?.data.thread_id;
      said.push({ frames, answer: answer(words) });
      if (!over) await pause(THINK_MS);
    }
  };
  const people = Array.from({ length: CONVERSATIONS }, (_, n) => person(n));
  for (const place of nodes.keys()) await restart(cluster, place);
  over = true;
  await Promise.all(people);

  expect(failed, 'messages that had to be sent again').toEqual([]);
  for (const { frames, answer } of said) await expectWhole(balancer.url, frames, answer);
  await expectDatabase(cluster.look, cluster.ledger(), { hit: false });
  expect(await cluster.stop()).toEqual([0, 0, 0]);
});

/** As whoever operates it does: says stop, waits for the end, starts the next version, and goes on when that is ready. */
async function restart(cluster: Cluster, place: number): Promise<void> {
  const { server } = cluster.node(place);
  const stopped = server.stop('SIGTERM');
  await cluster.until(place, 'out');
  const health = await fetch(`${server.url}/health`);
  expect([health.status, await health.json()]).toEqual([503, expect.objectContaining({ status: 'draining' })]);
  const ready = await fetch(`${server.url}/api/v1/health/ready`);
  expect(ready.status).toBe(503);
  const threads = await fetch(`${server.url}/api/v1/threads`);
  expect([threads.status, threads.headers.get('connection')], 'it still answers').toEqual([200, 'close']);
  await threads.text();
  expect((await stopped).code).toBe(0);
  await cluster.renew(place);
  await cluster.until(place, 'in');
}
