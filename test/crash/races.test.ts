import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type RunningPostgres, startPostgres } from '../kit/postgres.ts';
import { until } from '../kit/until.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { randomFrom, SEED } from './outcome.ts';

/** What is asked of two nodes at the same moment. No fault of the machine is needed for these. */

const random = randomFrom(SEED);
const RUNS = '/api/v1/orchestrate/runs';

let postgres: RunningPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

let cluster: Cluster;
beforeEach(async () => {
  cluster = await startCluster({ nodes: 2, postgres, env: { CLEW_TEST_PACE_MS: '3' } });
});

interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every kind
  readonly body: any;
}

const urlOf = (place: number) => cluster.node(place % cluster.nodes.length).server.url;

/** A request to one of the nodes. An answer that says that the server is at fault fails the test, whatever it asked for. */
async function call(place: number, method: string, path: string, body?: unknown): Promise<Reply> {
  const response = await fetch(`${urlOf(place)}${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  expect(response.status, `${method} ${path}: ${text}`).toBeLessThan(500);
  expect(text).not.toContain('route_not_found');
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

function message(content: string, change: { agent?: string; threadId?: string; id?: string } = {}) {
  const { agent = 'asker', threadId, id = crypto.randomUUID() } = change;
  return { agent_id: agent, message: { id, role: 'user', content }, ...(threadId ? { thread_id: threadId } : {}) };
}

/** Begins a run that asks, and waits until it does. */
async function question(place: number): Promise<{ runId: string; threadId: string }> {
  const { body } = await call(place, 'POST', RUNS, message('ask'));
  await until(async () => (await statuses(body.run_id))[0] === 'waiting');
  return { runId: body.run_id, threadId: body.thread_id };
}

async function statuses(...ids: string[]): Promise<string[]> {
  const rows = await cluster.query<{ status: string }>(
    'SELECT status FROM clew.runs WHERE id = ANY ($1) ORDER BY n',
    ids,
  );
  return rows.map(({ status }) => status);
}

/** Everything ends, and then every log has one end, which is that of its run, no gap, and each answer once. */
async function expectEnded(): Promise<void> {
  for (const { id } of await cluster.query<{ id: string }>(`SELECT id FROM clew.runs WHERE status = 'waiting'`))
    await call(0, 'POST', `${RUNS}/cancel/${id}`);
  await until(
    async () =>
      (await cluster.query(`SELECT 1 FROM clew.runs WHERE status IN ('queued', 'running', 'waiting') LIMIT 1`))
        .length === 0,
  );
  const odd = await cluster.query(`
    SELECT runs.id, runs.status, log.* FROM clew.runs LEFT JOIN LATERAL (
      SELECT count(*) AS events, max(seq) AS last, min(seq) AS first,
        array_agg(type ORDER BY seq) FILTER (WHERE type IN ('run.completed', 'run.failed', 'run.cancelled')) AS ends,
        (array_agg(type ORDER BY seq DESC))[1] AS end,
        count(*) FILTER (WHERE type = 'run.waiting') AS asked, count(*) FILTER (WHERE type = 'run.resumed') AS answered,
        count(*) FILTER (WHERE type = 'message.completed') AS said,
        (SELECT count(*) FROM clew.messages WHERE run_id = runs.id AND role = 'assistant') AS kept
      FROM clew.events WHERE run_n = runs.n
    ) log ON true
    WHERE first IS DISTINCT FROM 1 OR last <> events OR ends IS DISTINCT FROM ARRAY['run.' || runs.status] OR log.end <> ends[1]
      OR answered > asked OR said <> kept`);
  expect(odd).toEqual([]);
  // Whoever meets another in the wrong order has lost a second.
  const [waited] = await cluster.query(
    `SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()`,
  );
  expect(waited).toEqual({ deadlocks: 0 });
  for (const { server } of cluster.nodes) expect(server.output()).not.toMatch(/"level":"error"|\bERROR\b/);
}

it('a message that comes to both nodes at once is one message, two hundred times', async () => {
  const { body: begun } = await call(0, 'POST', RUNS, message('hello'));
  const ids = new Set<string>();
  for (let n = 0; n < 200; n += 10) {
    await Promise.all(
      Array.from({ length: 10 }, async (_, k) => {
        // Half of them in one thread, where they also have to queue; the others make a thread each.
        const sent = message(`m${n + k}`, k % 2 === 0 ? { threadId: begun.thread_id } : {});
        const [one, two] = await Promise.all([call(0, 'POST', RUNS, sent), call(1, 'POST', RUNS, sent)]);
        expect([one.status, two.status]).toEqual([200, 200]);
        expect(two.body).toMatchObject({ run_id: one.body.run_id, thread_id: one.body.thread_id });
        ids.add(one.body.run_id);
      }),
    );
  }
  await expectEnded();
  expect(ids.size).toBe(200);
  const [counts] = await cluster.query(`
    SELECT (SELECT count(*)::int FROM clew.runs) AS runs, (SELECT count(*)::int FROM clew.threads) AS threads,
      (SELECT count(*)::int FROM clew.messages WHERE role = 'user') AS sent,
      (SELECT count(*)::int FROM clew.messages WHERE role = 'assistant') AS answers`);
  expect(counts).toEqual({ runs: 201, threads: 101, sent: 201, answers: 201 });
});

it('of two answers to one question at two nodes one counts', async () => {
  for (let n = 0; n < 30; n += 1) {
    const { runId } = await question(n);
    const answer = (place: number) =>
      call(place, 'POST', `/runs/${runId}`, {
        run_id: runId,
        mode: 'sync',
        await_resume: { type: 'message', message: { role: 'user', parts: [{ content: `by ${place}` }] } },
      });
    const replies = await Promise.all([answer(0), answer(1)]);
    const taken = replies.findIndex(({ status }) => status === 200);
    expect(replies.map(({ status }) => status).toSorted(), JSON.stringify(replies)).toEqual([200, 403]);
    expect(replies[taken]?.body.output.at(-1).parts[0].content).toBe(`Took by ${taken}.`);
  }
  await expectEnded();
});

it(`a message, its cancel and its answer go their ways from different nodes (CLEW_TEST_SEED=${SEED})`, async () => {
  for (let n = 0; n < 30; n += 1) {
    const asks = n % 2 === 0;
    const { runId, threadId } = asks ? await question(n) : await begin(n);
    const place = Math.floor(random() * 2);
    await Promise.all([
      call(place, 'POST', `${RUNS}/cancel/${runId}`),
      call(place + 1, 'POST', RUNS, message('this', { threadId })),
      call(place, 'POST', RUNS, message('that', { threadId })),
      call(place + 1, 'POST', `${RUNS}/cancel/${runId}`),
    ]);
  }
  await expectEnded();
  const twice = await cluster.query(`
    SELECT thread_id, parts::text FROM clew.messages WHERE role = 'user' GROUP BY 1, 2 HAVING count(*) > 1`);
  expect(twice).toEqual([]);

  async function begin(at: number) {
    const { body } = await call(at, 'POST', RUNS, message('ask'));
    return { runId: body.run_id as string, threadId: body.thread_id as string };
  }
});

it('a thread that is deleted at one node is gone, though another one works on it and gets a message for it', async () => {
  for (let n = 0; n < 20; n += 1) {
    const stream = await fetch(`${urlOf(n)}${RUNS}?stream=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message(`w${n}`, { agent: 'pacer' })),
    });
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    const first = JSON.parse(new TextDecoder().decode((await reader.read()).value).split('\n')[0] ?? '');
    const threadId = first.data.thread_id as string;
    const replies = await Promise.all([
      call(n + 1, 'DELETE', `/api/v1/threads/${threadId}`),
      call(n, 'POST', RUNS, message('late', { agent: 'pacer', threadId })),
      call(n + 1, 'POST', RUNS, message('later', { agent: 'pacer', threadId })),
    ]);
    for (const { status } of replies.slice(1)) expect([200, 404]).toContain(status);
    expect(replies[0].status).toBeLessThan(300);
    // Ends by itself: nobody leaves the reader waiting.
    while (!(await reader.read()).done);
    expect((await call(n, 'GET', `/api/v1/threads/${threadId}`)).status).toBe(404);
    expect((await call(n, 'GET', `${RUNS}/${first.data.run_id}`)).status).toBe(404);
  }
  const [left] = await cluster.query(`
    SELECT (SELECT count(*)::int FROM clew.threads) AS threads, (SELECT count(*)::int FROM clew.messages) AS messages,
      (SELECT count(*)::int FROM clew.runs) AS runs, (SELECT count(*)::int FROM clew.events) AS events,
      (SELECT count(*)::int FROM clew.sent) AS sent`);
  expect(left).toEqual({ threads: 0, messages: 0, runs: 0, events: 0, sent: 0 });
  await expectEnded();
});

it(`readers who come back to any node, again and again, all get the same bytes (CLEW_TEST_SEED=${SEED})`, async () => {
  for (let n = 0; n < 6; n += 1) {
    const { body } = await call(n, 'POST', RUNS, message(`r${n}`, { agent: 'pacer' }));
    const read = await Promise.all(Array.from({ length: 12 }, () => restless(body.run_id)));
    const whole = await Promise.all([0, 1].map((place) => linesOf(place, body.run_id, '')));
    expect(whole[0]?.length).toBeGreaterThan(10);
    expect(whole[1]).toEqual(whole[0]);
    for (const lines of read) expect(lines).toEqual(whole[0]);
  }
  await expectEnded();
});

/** Reads a run to its end, a few lines at a time from a node by chance. */
async function restless(runId: string): Promise<string[]> {
  const lines: string[] = [];
  for (;;) {
    const last = lines.at(-1);
    if (last && JSON.parse(last).event === 'done') return lines;
    const cursor = last === undefined ? '' : `?after=${JSON.parse(last).id}`;
    lines.push(...(await linesOf(Math.floor(random() * 2), runId, cursor, 1 + Math.floor(random() * 6))));
  }
}

/** Whole lines of the stream of a run, no more than so many reads give. */
async function linesOf(
  place: number,
  runId: string,
  query: string,
  reads = Number.POSITIVE_INFINITY,
): Promise<string[]> {
  const response = await fetch(`${urlOf(place)}${RUNS}/${runId}/events${query}`, {
    headers: { accept: 'application/x-ndjson' },
  });
  expect(response.status).toBe(200);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let n = 0; n < reads; n += 1) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text.split('\n').slice(0, -1);
}
