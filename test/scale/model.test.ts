import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Constants, readConstants } from '../../bench/scale/constants.ts';
import { leastSquares } from '../../bench/scale/least-squares.ts';
import {
  bottleneck,
  demand,
  FLIGHTS,
  groupSize,
  LARGE,
  type Load,
  MOST_TOGETHER,
  size,
  TYPICAL,
} from '../../bench/scale/model.ts';
import { Clock, Group } from '../../bench/scale/queues.ts';
import { type Scene, simulate } from '../../bench/scale/simulate.ts';
import { tables } from '../../bench/scale/tables.ts';
import { PATIENCE_MS } from '../../packages/server/src/storage/postgres/groups.ts';
import { ROOT } from '../kit/server.ts';

/** Round numbers, near those that were measured once. */
const CONSTANTS: Constants = {
  measured: 'made up',
  node: { run: 500, delta: 100, commit: 300, farDelta: 80, second: 1_000 },
  database: { run: 400, delta: 20, commit: 500, farDelta: 15, second: 1_000 },
  commitsPerRun: 2,
  stored: { run: 5_000, delta: 300 },
  wal: { run: 7_000, delta: 430 },
  commitMs: 2,
  notify: { send: 80, perListener: 10, mostPerSecond: 5_000 },
  streamBytes: 250_000,
};

const SCENE: Scene = {
  ...{ nodes: 2, databaseCores: 4, runsPerSecond: 8, answerSeconds: 5, deltasPerSecond: 20 },
  ...{ elsewhere: 0.2, seconds: 20, seed: 7 },
};

describe('the simulation', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(simulate(CONSTANTS, SCENE)).toEqual(simulate(CONSTANTS, SCENE));
    expect(simulate(CONSTANTS, { ...SCENE, seed: 8 }).near).not.toEqual(simulate(CONSTANTS, SCENE).near);
  });

  test('does as much work as the averages say', () => {
    const found = simulate(CONSTANTS, SCENE);
    expect(found.runs / SCENE.seconds).toBeGreaterThan(SCENE.runsPerSecond * 0.8);
    expect(found.runs / SCENE.seconds).toBeLessThan(SCENE.runsPerSecond * 1.2);
    const deltas = found.deltas / SCENE.seconds;
    const facts = (found.runs * CONSTANTS.commitsPerRun) / SCENE.seconds;
    const commits = found.commits / SCENE.seconds;
    const { node } = CONSTANTS;
    const expected =
      (found.runs / SCENE.seconds) * node.run +
      deltas * node.delta +
      commits * node.commit +
      (deltas + facts) * SCENE.elsewhere * node.farDelta;
    expect((found.nodeUse * SCENE.nodes * 1e6) / expected).toBeGreaterThan(0.9);
    expect((found.nodeUse * SCENE.nodes * 1e6) / expected).toBeLessThan(1.1);
  });

  test('a busier cluster commits more together, and is later', () => {
    const calm = simulate(CONSTANTS, { ...SCENE, runsPerSecond: 1 });
    const busy = simulate(CONSTANTS, { ...SCENE, runsPerSecond: 40, seconds: 8 });
    expect(calm.groupSize).toBeLessThan(1.5);
    expect(busy.groupSize).toBeGreaterThan(2 * calm.groupSize);
    expect(busy.near.p99).toBeGreaterThan(calm.near.p99);
    expect(busy.commits / busy.deltas).toBeLessThan(calm.commits / calm.deltas);
  });

  test('a piece comes later at another node than at its own, and no sooner than a commit takes', () => {
    const { near, far } = simulate(CONSTANTS, SCENE);
    expect(near.p50).toBeGreaterThan(CONSTANTS.commitMs);
    expect(far.p50).toBeGreaterThan(near.p50);
  });

  test('a cluster that is too small falls behind', () => {
    const small = { ...SCENE, nodes: 1, elsewhere: 0, runsPerSecond: 60, seconds: 4, answerSeconds: 4 };
    const found = simulate({ ...CONSTANTS, node: { ...CONSTANTS.node, delta: 400 } }, small);
    expect(found.nodeUse).toBeGreaterThan(0.99);
    expect(found.near.p99).toBeGreaterThan(1_000);
  });
});

describe('jobs that go together', () => {
  test('wait for each other no longer than they should, also when those before them land at once', () => {
    const clock = new Clock();
    const began: number[] = [];
    const group = new Group(clock, (_, landed) => {
      began.push(clock.now);
      clock.at(clock.now + 1, landed);
    });
    const add = (patient: boolean) => group.add({ micros: 0, patient, done: () => {} });
    // All flights are under way when two come that may wait; nothing comes after them.
    for (let flight = 0; flight < FLIGHTS; flight += 1) add(false);
    for (let waiting = 0; waiting < 2; waiting += 1) add(true);
    clock.run(100);
    expect(began).toEqual([...Array(FLIGHTS).fill(0), PATIENCE_MS]);
  });
});

describe('the model', () => {
  const load = (more: Partial<Load> = {}): Load => ({ ...TYPICAL, conversations: 100_000, ...more });

  test('appends go alone on an idle node, and never more than a statement takes together', () => {
    expect(groupSize(CONSTANTS, 10)).toBe(1);
    expect(groupSize(CONSTANTS, 5_000)).toBeGreaterThan(3);
    expect(groupSize(CONSTANTS, 1e9)).toBe(MOST_TOGETHER);
  });

  test('what is said, stored and logged grows as the conversations do', () => {
    const at = { nodes: 50, databases: 1 };
    const [one, two] = [demand(CONSTANTS, load(), at), demand(CONSTANTS, load({ conversations: 200_000 }), at)];
    for (const what of ['runs', 'deltas', 'streams', 'walBytes', 'bytesADay'] as const)
      expect(two[what] / one[what], what).toBeCloseTo(2);
    expect(two.databaseCores / one.databaseCores, 'more goes together').toBeLessThan(2);
  });

  test('what it finds carries the load, and nothing smaller does', () => {
    for (const conversations of [100, 10_000, 1_000_000]) {
      const found = size(CONSTANTS, load({ conversations }), LARGE);
      expect(bottleneck(CONSTANTS, load({ conversations }), found, LARGE)).toBeUndefined();
      if (found.databases > 1) {
        const fewer = { ...found, databases: found.databases - 1 };
        expect(bottleneck(CONSTANTS, load({ conversations }), fewer, LARGE)).toBeDefined();
      }
    }
    expect(size(CONSTANTS, load({ conversations: 100 }), LARGE)).toEqual({ nodes: 1, databases: 1 });
  });

  test('joining more moves the limit', () => {
    const million = load({ conversations: 1_000_000 });
    const joined = { ...million, coalesceMs: 200 };
    expect(size(CONSTANTS, joined, LARGE).nodes).toBeLessThan(size(CONSTANTS, million, LARGE).nodes);
    const at = { nodes: 500, databases: 4 };
    expect(demand(CONSTANTS, joined, at).bytesADay).toBeLessThan(demand(CONSTANTS, million, at).bytesADay);
  });
});

test('costs are found again that made what was used, and none is below nothing', () => {
  const costs = [500, 20, 900];
  const rows = [
    [100, 0, 200],
    [4_000, 0, 300],
    [10, 5_000, 900],
    [200, 9_000, 100],
  ].map((counts) => ({ counts, used: counts.reduce((sum, count, n) => sum + count * (costs[n] as number), 0) }));
  for (const [n, found] of leastSquares(rows).entries()) expect(found / (costs[n] as number)).toBeCloseTo(1, 2);
  const less = rows.map(({ counts, used }) => ({ counts, used: used - 10 * (counts[1] as number) * 3 }));
  expect(Math.min(...leastSquares(less.filter(({ used }) => used > 0)))).toBeGreaterThanOrEqual(0);
});

test('docs/scale.md has the tables of the constants that were measured', () => {
  const page = readFileSync(join(ROOT, 'docs/scale.md'), 'utf8');
  for (const table of tables(readConstants()).split('\n\n'))
    expect(page, 'npm run bench -- --scale --tables').toContain(table);
});
