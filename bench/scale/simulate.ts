import { quantile } from '../table.ts';
import type { Constants } from './constants.ts';
import { Clock, Cores, Group, type Job } from './queues.ts';

/** What is simulated. */
export interface Scene {
  readonly nodes: number;
  /** Cores of the database; each node has one. */
  readonly databaseCores: number;
  readonly runsPerSecond: number;
  readonly answerSeconds: number;
  /** Of one answer, after coalescing. */
  readonly deltasPerSecond: number;
  /** Share of streams that are read at another node, too, 0 to 1. */
  readonly elsewhere: number;
  /** Simulated seconds; the first answer's length is not counted. */
  readonly seconds: number;
  /** The same seed gives the same result. */
  readonly seed: number;
}

/** What came of it. Delays are milliseconds from the making of a piece until it is written. */
export interface Outcome {
  readonly deltas: number;
  readonly runs: number;
  readonly commits: number;
  readonly near: { readonly p50: number; readonly p99: number };
  readonly far: { readonly p50: number; readonly p99: number };
  /** Share of the time that a core works, 0 to 1: mean over the nodes, and over the cores of the database. */
  readonly nodeUse: number;
  readonly databaseUse: number;
  /** Appends that went together. */
  readonly groupSize: number;
}

/**
 * A discrete-event simulation of a cluster: nodes are queues with one server, the database one with as many as it has cores, appends of a node are committed in groups,
 * rings go out one batch at a time, and readers elsewhere read in groups. What each step costs is measured (`constants.json`).
 */
export function simulate(constants: Constants, scene: Scene): Outcome {
  const { node, database, notify, commitMs, commitsPerRun } = constants;
  const clock = new Clock();
  const random = randomFrom(scene.seed);
  const db = new Cores(clock, scene.databaseCores);
  const nodes = Array.from({ length: scene.nodes }, () => makeNode());
  const from = scene.answerSeconds * 1_000;
  const until = from + scene.seconds * 1_000;
  const [near, far]: [number[], number[]] = [[], []];
  let runs = 0;

  function makeNode() {
    const cpu = new Cores(clock, 1);
    const sum = (jobs: readonly Job[]) => jobs.reduce((all, { micros }) => all + micros, 0);
    const appends = new Group(clock, (jobs, landed) => {
      db.work(database.commit + sum(jobs), () => clock.at(clock.now + commitMs, () => cpu.work(node.commit, landed)));
    });
    const bell = new Group(clock, (_, landed) => db.work(notify.send + notify.perListener * scene.nodes, landed), 1);
    const reads = new Group(clock, (jobs, landed) => db.work(sum(jobs), landed));
    return { cpu, appends, bell, reads };
  }

  const counts = (at: number) => at >= from && at < until;

  /** A fact or a piece of a run: made, committed, written to its reader here, and to one elsewhere. */
  function say(home: number, away: number | undefined, cost: { node: number; database: number; delta: boolean }): void {
    const at = nodes[home] as ReturnType<typeof makeNode>;
    const madeAt = clock.now;
    at.cpu.work(cost.node / 2, () => {
      at.appends.add({
        micros: cost.database,
        patient: cost.delta,
        done: () => {
          at.cpu.work(cost.node / 2, () => {
            if (cost.delta && counts(madeAt)) near.push(clock.now - madeAt);
          });
          at.bell.add({
            micros: 0,
            done: () => {
              if (away === undefined) return;
              const other = nodes[away] as ReturnType<typeof makeNode>;
              other.reads.add({
                micros: database.farDelta,
                done: () =>
                  other.cpu.work(node.farDelta, () => {
                    if (cost.delta && counts(madeAt)) far.push(clock.now - madeAt);
                  }),
              });
            },
          });
        },
      });
    });
  }

  const facts = Math.max(1, Math.round(commitsPerRun));
  const fact = { node: node.run / facts, database: database.run / facts, delta: false };
  const piece = { node: node.delta, database: database.delta, delta: true };

  function startRun(): void {
    const home = Math.floor(random() * scene.nodes);
    const read = scene.nodes > 1 && random() < scene.elsewhere;
    const away = read ? (home + 1 + Math.floor(random() * (scene.nodes - 1))) % scene.nodes : undefined;
    if (counts(clock.now)) runs += 1;
    const began = clock.now;
    const interval = 1_000 / scene.deltasPerSecond;
    const pieces = Math.round(scene.answerSeconds * scene.deltasPerSecond);
    for (let n = 0; n < facts; n += 1)
      clock.at(began + (n === facts - 1 ? pieces * interval : n), () => say(home, away, fact));
    const next = (n: number) => {
      say(home, away, piece);
      if (n + 1 < pieces) clock.at(began + (n + 1) * interval, () => next(n + 1));
    };
    if (pieces > 0) next(0);
  }

  const arrive = (): void => {
    startRun();
    clock.at(clock.now + (-Math.log(1 - random()) * 1_000) / scene.runsPerSecond, arrive);
  };
  clock.at(0, arrive);
  clock.run(from);
  const start = totals();
  clock.run(until);
  const end = totals();
  const span = until - from;
  near.sort((a, b) => a - b);
  far.sort((a, b) => a - b);
  return {
    deltas: near.length,
    runs,
    commits: end.flown - start.flown,
    near: { p50: quantile(near, 0.5), p99: quantile(near, 0.99) },
    far: { p50: quantile(far, 0.5), p99: quantile(far, 0.99) },
    nodeUse: (end.node - start.node) / span / scene.nodes,
    databaseUse: (end.database - start.database) / span / scene.databaseCores,
    groupSize: (end.taken - start.taken) / Math.max(1, end.flown - start.flown),
  };

  function totals() {
    const sum = (of: (one: ReturnType<typeof makeNode>) => number) => nodes.reduce((all, one) => all + of(one), 0);
    return {
      node: sum(({ cpu }) => cpu.busy),
      database: db.busy,
      flown: sum(({ appends }) => appends.flown),
      taken: sum(({ appends }) => appends.taken),
    };
  }
}

/** Mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
