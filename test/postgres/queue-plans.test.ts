import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDatabase, type Database } from '../../packages/server/src/storage/postgres/database.ts';
import { CLAIM } from '../../packages/server/src/storage/postgres/operations/claim-run.ts';
import { createStore } from '../../packages/server/src/storage/postgres/store.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { T0 } from '../ports/store/kit.ts';

/** What a claim costs when there is much to choose from, and much behind it. */

const LANES = 50;
const QUEUED = 10_000;
const ENDED = 60_000;

let test: TestDatabase;
let database: Database;
beforeAll(async () => {
  test = await createTestDatabase();
  database = createDatabase({ url: test.url, connections: 2, prepare: true });
  // What has ended, what is queued in turn over the lanes, what waits for another run of its thread, and what is worked on.
  await test.query(
    `INSERT INTO clew.runs (id, tenant_id, user_id, user_name, thread_id, agent_id, agent_name, status, message_id, context, options, inputs, epoch,
       worker, lease_until, created_at, lane, turn, behind)
     SELECT gen_random_uuid(), 't', 'u', 'u', 'thread ' || k, 'a', 'a',
       CASE WHEN k <= $1 THEN 'completed' WHEN k > $1 + $2::int * 2 THEN 'running' ELSE 'queued' END, 'm', '{}', '{}', 1, 0,
       CASE WHEN k > $1 + $2::int * 2 THEN 'somebody' END, CASE WHEN k > $1 + $2::int * 2 THEN $3::bigint + 10000 END,
       $3, 'lane ' || (k % $4), CASE WHEN k BETWEEN $1 + 1 AND $1 + $2 THEN k / $4 ELSE -1 END, k BETWEEN $1 + $2 + 1 AND $1 + $2::int * 2
     FROM generate_series(1, $1::int + $2::int * 2 + 2000) AS k`,
    ENDED,
    QUEUED,
    T0,
    LANES,
  );
  await test.query(
    `INSERT INTO clew.events (run_n, seq, type, at, data) SELECT n, 1, 'run.created', created_at, '{}' FROM clew.runs WHERE status = 'queued'`,
  );
  await test.query('ANALYZE clew.runs');
});
afterAll(async () => {
  await database.close();
  await test.drop();
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly Plan[];
}

/** The plan of a claim as it was carried out, by somebody whose claim is undone. */
async function explainClaim(): Promise<{ indexes: string[]; scans: string[]; blocks: number }> {
  const undo = new Error('undo');
  let plan: Plan | undefined;
  await database
    .transaction(async (session) => {
      const row = await session.row(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${CLAIM}`, T0 + 1, 'me', T0 + 1_000, [
        'a',
      ]);
      plan = (row as [[{ Plan: Plan }]])[0][0].Plan;
      throw undo;
    })
    .catch((error) => {
      if (error !== undo) throw error;
    });
  const all = (one: Plan): Plan[] => [one, ...(one.Plans ?? []).flatMap(all)];
  const nodes = plan ? all(plan) : [];
  return {
    indexes: nodes.flatMap((node) => node['Index Name'] ?? []).sort(),
    scans: nodes.map((node) => node['Node Type']).filter((type) => /Seq Scan|Sort|Bitmap/.test(type)),
    blocks: plan ? plan['Shared Hit Blocks'] + plan['Shared Read Blocks'] : Number.NaN,
  };
}

it('is the first entry of an index, however long the queue is and however much has ended', async () => {
  await explainClaim();
  const { indexes, scans, blocks } = await explainClaim();
  expect(indexes).toContain('runs_claimable');
  expect(indexes).toContain('runs_leased');
  expect(scans).toEqual([]);
  expect(blocks).toBeLessThan(100);
});

it('does not grow with what has been claimed before it', async () => {
  const store = createStore(createDatabase({ url: test.url, connections: 4, prepare: true }));
  const claim = { worker: 'me', ttlMs: 60_000 };
  const before = await explainClaim();
  for (let n = 0; n < 300; n += 1) expect(await store.claimRun(claim, T0 + 1)).toBeDefined();
  await explainClaim();
  const after = await explainClaim();
  expect(after.indexes).toEqual(before.indexes);
  expect(after.blocks).toBeLessThan(before.blocks + 40);
  const { queued, running } = await store.measureQueue();
  expect({ queued, mine: running.find(({ worker }) => worker === 'me')?.runs }).toEqual({
    queued: QUEUED * 2 - 300,
    mine: 300,
  });
  await store.close();
});
