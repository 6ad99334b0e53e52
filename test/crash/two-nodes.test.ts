import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { solve } from '../../packages/server/test/http/solve.ts';
import { site } from '../identity/start.ts';
import { type RunningPostgres, startPostgres } from '../kit/postgres.ts';
import { until } from '../kit/until.ts';
import { type Cluster, startCluster } from './cluster.ts';

/** What may happen once, happens once, whichever node is asked. */

/** How long a question without an end of its own may wait; each node looks for those that are over four times as often. */
const WAIT_MS = 10_000;
const RUNS = '/orchestrate/runs';

let postgres: RunningPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** Two nodes of a shop, and how to call the API of each. */
async function shop(waitMs = WAIT_MS) {
  const cluster = await startCluster({
    nodes: 2,
    postgres,
    project: join(import.meta.dirname, 'shop'),
    args: ['--wait-ms', String(waitMs)],
  });
  const callOf =
    (place: number) =>
    async (path: string, options: Calling = {}) => {
      const { server } = cluster.node(place);
      const { body, token, ...headers } = options;
      const response = await fetch(`${server.url}/api/v1${path}`, {
        method: 'POST',
        headers: {
          ...headers,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(options.method === undefined ? {} : { method: options.method }),
      });
      const text = await response.text();
      // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every kind
      return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as any };
    };
  return { cluster, one: callOf(0), two: callOf(1) };
}

interface Calling {
  readonly method?: string;
  readonly token?: string;
  readonly origin?: string;
  readonly body?: unknown;
}

type Shop = Awaited<ReturnType<typeof shop>>;

/** Begins a run that asks a person, on either node in turn; its id. */
async function ask({ one, two }: Pick<Shop, 'one' | 'two'>, tool: string, n = 0): Promise<string> {
  const call = n % 2 === 0 ? one : two;
  const { body } = await call(RUNS, { body: { agent_id: 'buyer', message: { role: 'user', content: tool } } });
  return body.run_id;
}

async function untilEnded({ query }: Cluster): Promise<void> {
  const open = `SELECT 1 FROM clew.runs WHERE status NOT IN ('completed', 'failed')`;
  await until(async () => (await query(open)).length === 0);
}

/** What became of each run: its last status, and the events that end its question. */
async function ends({ query }: Cluster): Promise<{ tool: string; status: string; ended: string; said: string }[]> {
  return query(
    `SELECT question.parts->0->>'text' AS tool, runs.status, string_agg(events.type, ' ' ORDER BY events.seq) AS ended,
       (SELECT parts->0->>'text' FROM clew.messages WHERE run_id = runs.id AND role = 'assistant' ORDER BY n DESC LIMIT 1) AS said
     FROM clew.runs JOIN clew.events ON events.run_n = runs.n JOIN clew.messages question ON question.id = runs.message_id
     WHERE events.type IN ('run.waiting', 'run.resumed', 'run.failed', 'run.completed') GROUP BY 1, 2, runs.id, runs.n ORDER BY runs.n`,
  );
}

it('a question that has an end is ended once, though both nodes look for it, and by the other one when the one that asked is gone', async () => {
  const all = await shop();
  const { cluster } = all;
  const tools = Array.from({ length: 12 }, (_, n) => ['buy_soon', 'buy_or_fail'][Math.floor(n / 2) % 2] as string);
  await Promise.all(tools.map((tool, n) => ask(all, tool, n)));
  await untilEnded(cluster);
  const late = await Promise.all(['buy_soon', 'buy_or_fail'].map((tool) => ask(all, tool)));
  const asked = `SELECT 1 FROM clew.events JOIN clew.runs ON n = run_n WHERE type = 'run.waiting' AND id = ANY ($1)`;
  await until(async () => (await cluster.query(asked, late)).length === late.length);
  await cluster.node(0).server.stop('SIGKILL');
  await untilEnded(cluster);
  const found = await ends(cluster);
  expect(found).toHaveLength(tools.length + late.length);
  for (const { tool, ...end } of found)
    expect(end).toEqual(
      tool === 'buy_soon'
        ? {
            status: 'completed',
            ended: 'run.waiting run.resumed run.completed',
            said: expect.stringMatching(/^Refused: .*in time/),
          }
        : { status: 'failed', ended: 'run.waiting run.failed', said: expect.any(String) },
    );
  expect(cluster.ledger(), 'nothing was bought').toEqual([]);
});

it('a link to approve a call is used up on both nodes by whoever decides first', async () => {
  // Longer than this takes on any machine: nobody is late.
  const all = await shop(600_000);
  const { cluster, one, two } = all;
  const id = await ask(all, 'buy');
  const asked = async () => (await two(`${RUNS}/${id}`, { method: 'GET' })).body.status;
  await expect.poll(asked, { timeout: 10_000 }).toBe('requires_input');
  const link = await one(`${RUNS}/${id}/approval/link`, { body: { name: 'Ann' } });
  expect(link.status).toBe(200);
  const decide = async (place: number, decision: string) => {
    const { url } = cluster.node(place).server;
    const body = new URLSearchParams({ decision });
    const at = `${url}/approve${new URL(link.body.url).search}`;
    return (await fetch(at, { method: 'POST', body, headers: { origin: url } })).status;
  };
  const all4 = await Promise.all([
    decide(0, 'approve'),
    decide(1, 'approve'),
    decide(0, 'approve'),
    decide(1, 'approve'),
  ]);
  expect(all4.sort()).toEqual([200, 409, 409, 409]);
  expect([await decide(0, 'reject'), await decide(1, 'reject')]).toEqual([409, 409]);
  await untilEnded(cluster);
  expect(await ends(cluster)).toMatchObject([{ ended: 'run.waiting run.resumed run.completed', said: 'Bought.' }]);
  expect(cluster.ledger(), 'bought once').toMatchObject([{ runId: id }]);
});

it('a proof of work that was shown to one node is refused by the other', async () => {
  const { one, two } = await shop();
  const origin = 'https://guarded.example.com';
  const visit = (call: Shop['one'], altcha?: string) =>
    call('/auth/visitor', { origin, ...(altcha === undefined ? {} : { body: { altcha } }) });
  const prove = async () => solve((await visit(one)).body.challenge);
  const altcha = await prove();
  expect((await visit(two, altcha)).status, 'a challenge of the other node').toBe(200);
  for (const call of [one, two])
    expect(await visit(call, altcha)).toMatchObject({ status: 403, body: { code: 'proof_required' } });
  const again = await prove();
  const statuses = await Promise.all([one, two, one, two].map(async (call) => (await visit(call, again)).status));
  expect(statuses.sort(), 'both at the same time').toEqual([200, 403, 403, 403]);
});

it('a token that was given back at one node is refused by the other', async () => {
  const { one, two } = await shop();
  const origin = 'https://counter.example.com';
  const visitor = (await one('/auth/visitor', { origin })).body.access_token as string;
  const users = site();
  const told = await one('/private/embed/config', { body: { client_public_key: users.publicKey } });
  expect(told.status).toBe(200);
  const user = await users.sign({ sub: 'ann' });
  for (const given of [{ origin, token: visitor }, { token: user }]) {
    const threads = (call: Shop['one']) => call('/threads', { ...given, method: 'GET' });
    // The other node knows it, and that it is good.
    expect((await threads(two)).status).toBe(200);
    expect((await one('/auth/logout', given)).status).toBe(204);
    expect((await threads(one)).status).toBe(401);
    await expect.poll(async () => (await threads(two)).status, { timeout: 10_000 }).toBe(401);
  }
});
